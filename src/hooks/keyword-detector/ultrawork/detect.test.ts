import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CORPUS } from "./testing/corpus.ts";
import { detectUltrawork } from "./detect.ts";
import { ADVERSARIAL } from "./testing/holdout.ts";
import { LATER_REALISTIC } from "./testing/realistic-later.ts";
import { REALISTIC } from "./testing/realistic.ts";

const groups = Map.groupBy(
  [...CORPUS, ...ADVERSARIAL, ...REALISTIC, ...LATER_REALISTIC],
  ({ category, language, active }) => `${category} (${language}) → ${active ? "on" : "off"}`,
);

describe("labelled prompts", () => {
  test("are many, in many languages", () => {
    expect(new Set(CORPUS.map(({ text }) => text)).size).toBeGreaterThanOrEqual(320);
    expect(new Set(CORPUS.map(({ language }) => language)).size).toBeGreaterThanOrEqual(11);
    expect(ADVERSARIAL.length).toBeGreaterThanOrEqual(400);
    expect(REALISTIC.length + LATER_REALISTIC.length).toBeGreaterThanOrEqual(2000);
  });

  test.each([...groups])("%s", (_, prompts) => {
    const wrong = prompts.filter(({ text, active }) => detectUltrawork(text) !== active).map(({ text }) => text);
    expect(wrong).toEqual([]);
  });
});

describe("any text", () => {
  const pieces = fc.constantFrom(
    "ulw",
    "ultrawork",
    " ",
    "\n",
    "```",
    "~~~",
    "`",
    '"',
    "'",
    "“",
    "”",
    "<",
    ">",
    "<a>",
    "</a>",
    "<system-reminder>",
    "don't",
    "what",
    "is",
    "?",
    ".",
    "用",
    "で",
    "/",
    "-",
    "a",
    "\u{1F600}",
    "\uD800",
  );
  const noisy = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(""));

  test("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(noisy, fc.string({ unit: "binary" })), (text) => typeof detectUltrawork(text) === "boolean"),
      { numRuns: 300 },
    );
  });

  test("is off inside a fence that it cannot close", () => {
    fc.assert(
      fc.property(noisy, fc.constantFrom("`", "~"), fc.boolean(), (text, mark, closed) => {
        const longest = Math.max(2, ...[...text.matchAll(/`+|~+/g)].map(([run]) => run.length));
        const fence = mark.repeat(longest + 1);
        return !detectUltrawork(`${fence}\n${text} ulw build it\n${closed ? fence : ""}`);
      }),
      { numRuns: 300 },
    );
  });

  test("a leading command stays on whatever fenced code follows", () => {
    fc.assert(
      fc.property(noisy, (text) => detectUltrawork(`ulw fix this\n\`\`\`\`\`\`\`\`\n${text.replaceAll("`", "")}`)),
      { numRuns: 200 },
    );
  });
});

describe("time", () => {
  const MEGABYTE = 1_000_000;
  const hostile = [
    "`",
    "``` ",
    "`a",
    "```\n",
    "~~~\n",
    "`` ` ``` ",
    "<",
    "<a ",
    "<a>",
    "<a><b>",
    "</a>",
    "<!--",
    "<system-reminder>",
    '"',
    '"a ',
    "“",
    "„",
    "«",
    "'a ",
    "'a\n",
    '"a\n\n',
    "“a ",
    "‘a ",
    "‘",
    "'",
    "ulw ",
    "ulw,",
    "ulw",
    "don't ulw ",
    "not ",
    "/",
    "a/ulw",
    "[",
    "(",
    "> ",
    " ",
    "\n",
    "\n\n",
    "- ",
    "不",
    "ulwは",
    "а",
    "...",
    "ｕ",
    "no no ",
  ];

  test.each(hostile)("a megabyte of %p takes linear time", (unit) => {
    const text = unit.repeat(Math.ceil(MEGABYTE / unit.length));
    const started = performance.now();
    detectUltrawork(`ulw? ${text} ulw`);
    expect(performance.now() - started).toBeLessThan(1500);
  });

  test("a normal prompt is judged within 50 µs", () => {
    const prompts = CORPUS.filter(({ category }) => category !== "no keyword").map(({ text }) => text);
    const round = (): number => {
      const started = performance.now();
      for (const text of prompts) detectUltrawork(text);
      return ((performance.now() - started) * 1000) / prompts.length;
    };
    const best = Math.min(...Array.from({ length: 20 }, round));
    expect(best).toBeLessThan(50);
  });
});
