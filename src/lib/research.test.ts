import { describe, expect, test } from "bun:test";
import { OhmymktError } from "../errors.ts";
import {
  Brief,
  BriefInput,
  briefLines,
  entryToWrite,
  findEntry,
  fitLines,
  freeId,
  listText,
  named,
  oneLine,
  RESULT_LIMIT,
  reviseBrief,
  type Entry,
} from "./research.ts";

const WRITE = { id: "market", at: "2026-03-01T09:00:00.000Z", by: "research-agent (opencode)" };
const LATER = { id: "market", at: "2026-03-08T09:00:00.000Z", by: "growth-analyst (opencode)" };
const FINDING = {
  source: "https://example.com/report",
  finding: "Search for X doubled",
  relevance: "our core query",
  action: "write the X page",
};

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof OhmymktError) return error.code;
    throw error;
  }
  return "no error";
}

describe("a research brief", () => {
  test("starts at revision 1 with what was stated, and fits its schema", () => {
    const brief = reviseBrief(undefined, { title: "市場", findings: [FINDING] }, WRITE);
    expect(Brief.parse(brief)).toEqual({
      schema_version: 1,
      id: "market",
      title: "市場",
      objectives: [],
      competitors: [],
      findings: [FINDING],
      gaps: [],
      revision: 1,
      revisions: [{ revision: 1, at: WRITE.at, by: WRITE.by }],
    });
  });

  test("keeps in a revision what the call leaves out, and lists every revision", () => {
    const first = reviseBrief(undefined, { title: "Market", findings: [FINDING], gaps: ["pricing"] }, WRITE);
    const second = reviseBrief(first, { gaps: [] }, LATER);
    expect(second.findings).toEqual([FINDING]);
    expect(second.gaps).toEqual([]);
    expect(second.title).toBe("Market");
    expect(second.revisions.map((each) => [each.revision, each.by])).toEqual([
      [1, WRITE.by],
      [2, LATER.by],
    ]);
    expect(second.revision).toBe(2);
  });

  test("needs a title at first", () => {
    expect(code(() => reviseBrief(undefined, { gaps: ["all"] }, WRITE))).toBe("invalid_arguments");
  });

  test.each([
    ["a finding without source", { findings: [{ ...FINDING, source: " " }] }],
    ["a finding with another member", { findings: [{ ...FINDING, url: "x" }] }],
    ["an empty objective", { objectives: [""] }],
    ["a list as text", { gaps: '["pricing"]' }],
  ])("refuses %s", (_what, input) => {
    expect(BriefInput.safeParse(input).success).toBe(false);
  });

  test("reads as Markdown in which text cannot forge a heading", () => {
    const brief = reviseBrief(
      undefined,
      { title: "A\n## Gaps", findings: [{ ...FINDING, finding: "x\n# y", category: "SEO", confidence: "high" }] },
      WRITE,
    );
    const lines = briefLines(brief);
    expect(lines).toContain("# A ## Gaps");
    expect(lines.filter((line) => line.startsWith("# "))).toHaveLength(1);
    expect(lines).toContain(
      "- x # y [SEO, confidence high] Why: our core query Do: write the X page Source: https://example.com/report",
    );
    expect(lines.slice(-2)).toEqual(["## Gaps", "none"]);
  });
});

describe("ids", () => {
  const entries: Entry[] = [
    { id: "acme", name: "Acme" },
    { id: "acme-2", name: "Ac/me" },
    { id: "twin-a", name: "Twin" },
    { id: "twin-b", name: "Twin" },
  ];
  const broken = { id: "torn", error: new OhmymktError("corrupt_document", "torn.json: is not JSON") };

  test.each([
    ["by id", { id: "acme" }, "acme"],
    ["by id in another case", { id: "ACME" }, "acme"],
    ["by name in another case and width", { name: " ＡＣＭＥ " }, "acme"],
    ["by id before name", { id: "acme-2", name: "Acme" }, "acme-2"],
  ])("are found %s", (_how, asked, id) => {
    expect(findEntry(asked, entries, "thing").id).toBe(id);
    expect(entryToWrite(asked, entries, "thing", []).before?.id).toBe(id);
  });

  test.each([
    ["not_found", { id: "nobody" }],
    ["not_found", { name: "Nobody" }],
    ["ambiguous", { name: "twin" }],
    ["invalid_arguments", {}],
    ["invalid_id", { id: "../../etc" }],
    ["invalid_id", { id: "a/b" }],
    ["invalid_id", { id: "a\0" }],
    ["invalid_id", { id: "nul" }],
    ["corrupt_document", { id: "torn" }],
    ["corrupt_document", { name: "Torn" }],
  ])("give %s for %p", (expected, asked) => {
    expect(code(() => findEntry(asked, entries, "thing", [broken]))).toBe(expected);
  });

  test("say which ones there are when none fits", () => {
    expect(() => findEntry({ id: "x" }, entries, "thing")).toThrow(
      expect.objectContaining({ hint: "the ids are acme, acme-2, twin-a, twin-b" }),
    );
    expect(() => findEntry({ id: "x" }, [], "thing")).toThrow(expect.objectContaining({ hint: "there is none yet" }));
  });

  test("of new entries never meet another's, nor an unreadable file", () => {
    expect(entryToWrite({ name: "Ac me" }, [{ id: "ac-me", name: "Ac/me" }], "thing", []).id).toBe("ac-me-2");
    expect(code(() => entryToWrite({ name: "Torn" }, entries, "thing", [broken]))).toBe("corrupt_document");
    expect(freeId("Acme", entries, "thing")).toBe("acme-3");
    expect(entryToWrite({ id: "own", name: "New" }, entries, "thing", []).id).toBe("own");
  });

  test("of names in any script are contained and distinct", () => {
    const names = [
      "市場調査",
      "市場分析",
      "بحث السوق",
      "🔥",
      "🚀",
      "..",
      "../../x",
      "a\0b",
      "CON",
      "nul.json",
      "Ünïcode",
    ];
    const ids = names.map((name) => freeId(name, [], "thing"));
    expect(new Set(ids).size).toBe(names.length);
    for (const id of ids) expect(id).toMatch(/^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}_-]*$/u);
  });
});

describe("text of results", () => {
  test("stays on one line and is cut between characters", () => {
    expect(oneLine(" a\n\tb\u0000\u2028c ")).toBe("a b c");
    expect(oneLine("😀😀😀", 2)).toBe("😀…");
    expect(oneLine("😀😀", 2)).toBe("😀😀");
  });

  test("is as it is while it fits", () => {
    expect(fitLines(["a", "", "b"], "x.json")).toBe("a\n\nb");
  });

  test.each([
    ["many short lines", Array.from({ length: 2000 }, (_, index) => `- line ${index}`)],
    ["many long lines", Array.from({ length: 50 }, () => "漢".repeat(4000))],
    ["one huge line", ["x".repeat(100_000)]],
  ])("stays under its limit with %s", (_what, lines) => {
    const text = fitLines(lines, "x.json");
    expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(RESULT_LIMIT);
    expect(text.length).toBeGreaterThan(500);
    if (lines.length > 1) expect(text).toMatch(/… \d+ more lines?; all of it: x\.json$/);
  });

  test("counts what it leaves out", () => {
    const lines = Array.from({ length: 2000 }, () => "0123456789");
    const shown = fitLines(lines, "x").split("\n");
    expect(shown.at(-1)).toBe(`… ${2000 - (shown.length - 1)} more lines; all of it: x`);
  });

  test("of a listing never leaves out what cannot be read", () => {
    const lines = Array.from({ length: 2000 }, (_, index) => `entry ${index}`);
    expect(listText(lines, [{ id: "torn", problem: "is not JSON" }], { none: "-", where: "x" })).toStartWith(
      "- torn: unreadable: is not JSON\n- entry 0",
    );
    expect(listText([], [], { none: "nothing yet", where: "x" })).toBe("nothing yet");
  });
});

test("a call names only what it states", () => {
  expect(Object.keys(named({ a: undefined, b: [], c: false }))).toEqual(["b", "c"]);
});
