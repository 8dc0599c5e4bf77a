import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_CONFIG } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import { newId } from "../../lib/names.ts";
import { openStore } from "../../store/open.ts";
import type { Store, Transaction } from "../../store/store.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { assetManifest } from "./asset-manifest.ts";
import { competitorProfile } from "./competitor-profile.ts";
import { testWorld } from "../../testing/provider-world.ts";
import type { OhmymktTool, ToolContext, ToolOutcome } from "./define.ts";
import { researchBrief } from "./research-brief.ts";
import { savePositioning } from "./save-positioning.ts";

const FINDING = {
  source: "https://example.com",
  finding: "Demand doubled",
  relevance: "core query",
  action: "write the page",
};
const LIMIT = 8192;

let workspace: Workspace;
let store: Store;
let clock: number;

beforeEach(() => {
  workspace = makeWorkspace();
  clock = Date.parse("2026-03-01T09:00:00.000Z");
  store = openStore({ directory: workspace.directory, sync: "off", now: () => new Date((clock += 1000)) });
});

afterEach(async () => {
  await store.close();
  workspace.dispose();
});

function fakeContext(agent: string): ToolContext {
  let ids = 0;
  return {
    store,
    actor: { host: "opencode", agent, session: "ses_1" },
    config: DEFAULT_CONFIG,
    signal: new AbortController().signal,
    newId: (prefix) => newId(prefix, () => String((ids += 1))),
    approve: () => Promise.reject(new Error("these tools ask nobody")),
    decide: () => Promise.reject(new Error("these tools ask nobody")),
    team: [],
    world: testWorld(),
    directory: workspace.directory,
    allows: () => ({ ok: true }),
  };
}

const call = (tool: OhmymktTool, args: unknown, agent = "research-agent"): Promise<ToolOutcome> =>
  tool.call(args, fakeContext(agent));
const text = async (tool: OhmymktTool, args: unknown): Promise<string> => (await call(tool, args)).text;
const look = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
  store.transaction({ actor: { host: "library" }, tool: "test" }, work);
const file = (path: string): string => join(workspace.directory, ".ohmymkt", path);
const json = (path: string): unknown => JSON.parse(readFileSync(file(path), "utf8"));

async function refusal(tool: OhmymktTool, args: unknown): Promise<OhmymktError> {
  const outcome = await call(tool, args).catch((error: unknown) => error);
  if (outcome instanceof OhmymktError) return outcome;
  throw new Error(`expected a refusal, got ${JSON.stringify(outcome)}`);
}

const TOOLS = [researchBrief, competitorProfile, savePositioning, assetManifest] as const;

describe("every research tool", () => {
  test.each(TOOLS.map((tool) => [tool.name, tool] as const))(
    "%s says so when there is nothing yet",
    async (_name, tool) => {
      const action = tool === researchBrief || tool === competitorProfile ? "list" : "read";
      expect(await text(tool, { action })).toMatch(/no .* yet|0 of 0 assets/);
    },
  );

  test.each(TOOLS.map((tool) => [tool.name, tool] as const))(
    "%s refuses unknown actions and members",
    async (_name, tool) => {
      expect((await refusal(tool, { action: "destroy" })).code).toBe("invalid_arguments");
      expect((await refusal(tool, { action: "read", colour: "red" })).code).toBe("invalid_arguments");
      expect((await refusal(tool, {})).code).toBe("invalid_arguments");
    },
  );

  test.each([
    ["a brief", researchBrief, { action: "create", title: "T", findings: "[]" }],
    ["a profile", competitorProfile, { action: "save", name: "A", url: "javascript:alert(1)" }],
    ["an angle", savePositioning, { action: "save", name: "A", statement: "s", selected: true }],
    ["an asset", assetManifest, { action: "add", name: "A", type: "image", path: "../../etc/passwd" }],
  ] as const)("leaves nothing behind when %s is refused", async (_what, tool, args) => {
    await refusal(tool, args);
    const written = await look(async (tx) => tx.ledger.list({ kind: "document.*" }));
    expect(written).toEqual([]);
  });
});

describe("ohmymkt_research_brief", () => {
  test("keeps revisions, and the earlier one stays in the history", async () => {
    await call(researchBrief, { action: "create", title: "DACH market", findings: [FINDING], gaps: ["pricing"] });
    const second = await call(
      researchBrief,
      { action: "create", id: "dach-market", gaps: [], objectives: null },
      "growth-analyst",
    );
    expect(second.text).toBe(
      "Saved brief dach-market, revision 2, in .ohmymkt/research/briefs/dach-market.json; findings: 1, gaps: 0.",
    );
    expect(json("research/briefs/dach-market.json")).toMatchObject({
      revision: 2,
      findings: [FINDING],
      gaps: [],
      revisions: [
        { revision: 1, by: "research-agent (opencode)" },
        { revision: 2, by: "growth-analyst (opencode)" },
      ],
    });
    const history = await look((tx) => tx.documents.history("research/briefs/dach-market.json"));
    expect(history.map((each) => JSON.parse(each.content).gaps)).toEqual(expect.arrayContaining([["pricing"]]));
  });

  test("finds the same title again, and gives another title its own id", async () => {
    await call(researchBrief, { action: "create", title: "A-B tests" });
    expect(await text(researchBrief, { action: "create", title: "a-b TESTS" })).toContain("a-b-tests, revision 2");
    expect(await text(researchBrief, { action: "create", title: "A B tests" })).toContain("a-b-tests-2, revision 1");
  });

  test("keeps text and titles of any script, apart and inside their folder", async () => {
    const titles = ["市場調査", "市場分析", "بحث السوق", "🔥", "🚀", "../../../escape", "..", "CON", "a\u0000b"];
    for (const title of titles)
      await call(researchBrief, { action: "create", title, objectives: [`${title} – café \u202e עברית`] });
    expect(readdirSync(file("research/briefs")).filter((name) => name.endsWith(".json"))).toHaveLength(titles.length);
    expect(readdirSync(workspace.directory)).toEqual([".ohmymkt"]);
    for (const title of titles) {
      const { value } = await call(researchBrief, { action: "read", title });
      expect(value).toMatchObject({ brief: { title, objectives: [`${title} – café \u202e עברית`] } });
    }
  });

  test.each(["../../state/gates", "a/b", "a\\b", "a\0", "nul", "..", ".hidden", "x".repeat(500)])(
    "refuses the id %p",
    async (id) => {
      expect((await refusal(researchBrief, { action: "read", id })).code).toBe("invalid_id");
      expect((await refusal(researchBrief, { action: "create", id, title: "T" })).code).toBe("invalid_id");
    },
  );

  test("names what there is when nothing fits", async () => {
    await call(researchBrief, { action: "create", title: "One" });
    expect(await refusal(researchBrief, { action: "read", id: "two" })).toMatchObject({
      code: "not_found",
      hint: "the ids are one",
    });
    expect((await refusal(researchBrief, { action: "create", findings: [FINDING] })).code).toBe("invalid_arguments");
  });

  test("shows a torn file in the list, and never writes over it", async () => {
    await call(researchBrief, { action: "create", title: "Torn" });
    await call(researchBrief, { action: "create", title: "Whole" });
    writeFileSync(file("research/briefs/torn.json"), '{"schema_version": 1, "id"');
    expect(await text(researchBrief, { action: "list" })).toMatch(
      /^- torn: unreadable: .*torn\.json:1:\d+.*\n- whole: Whole/,
    );
    for (const action of ["read", "create"])
      expect((await refusal(researchBrief, { action, title: "Torn" })).code).toBe("corrupt_document");
    expect(readFileSync(file("research/briefs/torn.json"), "utf8")).toBe('{"schema_version": 1, "id"');
  });

  test("marks what a person changed by hand", async () => {
    await call(researchBrief, { action: "create", title: "Hand" });
    writeFileSync(
      file("research/briefs/hand.json"),
      readFileSync(file("research/briefs/hand.json"), "utf8").replace('"Hand"', '"Hands"'),
    );
    expect(await text(researchBrief, { action: "read", id: "hand" })).toEndWith(
      "Not written by a tool, so not confirmed.",
    );
  });

  test("lists newest first", async () => {
    for (const title of ["One", "Two", "One"]) await call(researchBrief, { action: "create", title });
    expect(await text(researchBrief, { action: "list" })).toMatch(
      /^- one: One, revision 2 of 2026-03-01, findings: 0, gaps: 0\n- two:/,
    );
  });
});

describe("ohmymkt_competitor_profile", () => {
  test("merges what a save names and says what is not researched", async () => {
    await call(competitorProfile, { action: "save", name: "Acme", url: "https://acme.example", strengths: ["brand"] });
    const saved = await call(competitorProfile, { action: "save", name: "ACME", pricing: "99 EUR" });
    expect(saved.text).toStartWith(
      "Saved profile acme in .ohmymkt/research/competitors/acme.json: changed name, pricing. Not researched: positioning,",
    );
    expect(json("research/competitors/acme.json")).toMatchObject({
      name: "ACME",
      url: "https://acme.example",
      strengths: ["brand"],
      pricing: "99 EUR",
    });
    expect(await text(competitorProfile, { action: "list" })).toBe(
      "- acme: ACME, 2026-03-01, not researched: positioning, target_audience, weaknesses, features, differentiators, threats, opportunities",
    );
  });

  test("makes a battlecard that answers with the selected angle, and only with that", async () => {
    await call(competitorProfile, { action: "save", name: "Acme", weaknesses: ["slow"] });
    await call(savePositioning, {
      action: "save",
      name: "Speed",
      headline: "Live in a day",
      proof_points: ["12 customers"],
    });
    const before = await text(competitorProfile, { action: "battlecard", id: "acme" });
    expect(before).toContain("## How to answer\nnot researched: no positioning angle is selected");
    expect(before).toContain("## Strengths\nnot researched\n## Weaknesses\n- slow");
    await call(savePositioning, { action: "save", name: "Speed", selected: true, rationale: "fits" });
    expect(await text(competitorProfile, { action: "battlecard", name: "acme" })).toContain(
      "- Our angle Speed: Live in a day\n- Proof: 12 customers\n",
    );
  });

  test("reads one profile with its gaps", async () => {
    await call(competitorProfile, { action: "save", name: "対抗", positioning: "最速" });
    const read = await text(competitorProfile, { action: "read", name: "対抗" });
    expect(read).toStartWith(
      "# 対抗\nProfile 対抗, 2026-03-01 by research-agent (opencode)\n- positioning: 最速\nNot researched: url,",
    );
  });
});

describe("ohmymkt_save_positioning", () => {
  test("records each selection once, with the reason and what it replaced", async () => {
    await call(savePositioning, { action: "save", name: "Speed", statement: "fast", score: { reach: 6, proof: 7.5 } });
    await call(savePositioning, { action: "save", name: "Speed", selected: true, rationale: "fits the ICP" });
    await call(savePositioning, { action: "save", name: "Speed", selected: true, risks: ["copied"] });
    const saved = await call(savePositioning, {
      action: "save",
      name: "Trust",
      statement: "safe",
      score: { reach: 4 },
      selected: true,
      rationale: "proof counts",
    });
    expect(saved.text).toBe(
      "Saved in .ohmymkt/research/positioning.json.\nSelected: Trust (4)\nScored higher, not selected: Speed (13.5)\n- Trust (selected), total 4 of 10\n- Speed, total 13.5 of 20",
    );
    const rows = await look((tx) => tx.ledger.list({ kind: "positioning.selected" }));
    expect(
      rows.map(({ subject, reason, before, after, actor }) => ({ subject, reason, before, after, agent: actor.agent })),
    ).toEqual([
      { subject: "Trust", reason: "proof counts", before: "Speed", after: "Trust", agent: "research-agent" },
      { subject: "Speed", reason: "fits the ICP", before: undefined, after: "Speed", agent: "research-agent" },
    ]);
    expect(rows[1]?.evidence).toEqual({ score: { reach: 6, proof: 7.5 }, total: 13.5 });
  });

  test("never leaves none or two selected", async () => {
    await call(savePositioning, { action: "save", name: "A", statement: "a", selected: true, rationale: "r" });
    expect((await refusal(savePositioning, { action: "save", name: "A", selected: false })).code).toBe(
      "invalid_transition",
    );
    const two = { ...(json("research/positioning.json") as { angles: Record<string, object> }) };
    two.angles["B"] = { ...two.angles["A"] };
    writeFileSync(file("research/positioning.json"), JSON.stringify(two));
    expect(await refusal(savePositioning, { action: "read" })).toMatchObject({
      code: "corrupt_document",
      message: expect.stringContaining("one selected angle, got A, B"),
    });
  });

  test("reads one angle or all", async () => {
    for (const name of ["速い", "🔥"]) await call(savePositioning, { action: "save", name, statement: name });
    expect(await text(savePositioning, { action: "read", name: "🔥" })).toBe(
      "No angle is selected yet.\n## 🔥, not scored\n- Statement: 🔥",
    );
    expect(await text(savePositioning, { action: "read" })).toContain("## 速い, not scored\n- Statement: 速い");
    expect(await refusal(savePositioning, { action: "read", name: "x" })).toMatchObject({
      code: "not_found",
      hint: "the angles are 速い, 🔥",
    });
  });
});

describe("ohmymkt_asset_manifest", () => {
  test("adds, updates what is named, and warns of a missing alt text", async () => {
    await call(assetManifest, { action: "add", name: "Hero", type: "image", notes: "blue" });
    const done = await call(assetManifest, { action: "update", id: "hero", status: "done", path: "img/hero.png" });
    expect(done.text).toBe(
      "Updated:\n- hero: Hero, image, done; img/hero.png; notes: blue\nWarning: hero: alt_text is missing",
    );
    expect((await refusal(assetManifest, { action: "update", id: "hero", status: "published" })).message).toContain(
      "cannot be set to published by hand",
    );
    await call(assetManifest, { action: "add", name: "Launch mail", type: "email" });
    expect(await text(assetManifest, { action: "read", status: "done" })).toBe(
      "1 of 2 assets (1 done)\n- hero: Hero, image, done; img/hero.png; notes: blue\nWarning: hero: alt_text is missing",
    );
  });

  test("gives two that share a name their own ids, and writes nothing when nothing changes", async () => {
    await call(assetManifest, { action: "add", name: "首页", type: "landing_page" });
    await call(assetManifest, { action: "add", name: "首页", type: "landing page", notes: "B variant" });
    expect(await text(assetManifest, { action: "add", name: "首页", type: "landing_page" })).toStartWith(
      "Already so, nothing changed:\n- 首页:",
    );
    expect(json("research/asset-manifest.json")).toMatchObject({
      assets: [{ id: "首页" }, { id: "首页-2", notes: "B variant" }],
    });
    expect(await look(async (tx) => (await tx.documents.history("research/asset-manifest.json")).length)).toBe(2);
  });

  test("loses none of the assets that two stores add at once", async () => {
    const other = openStore({ directory: workspace.directory, sync: "off" });
    const add = (context: ToolContext, name: string) =>
      assetManifest.call({ action: "add", name, type: "ad" }, context);
    const names = Array.from({ length: 20 }, (_, index) => `ad ${index}`);
    await Promise.all(
      names.map((name, index) => add({ ...fakeContext("content-ops"), store: index % 2 ? store : other }, name)),
    );
    await other.close();
    expect((json("research/asset-manifest.json") as { assets: unknown[] }).assets).toHaveLength(20);
  });
});

describe("results", () => {
  const long = "漢字 text ".repeat(300);

  test("of large documents stay below 8 KB and say where the rest is", async () => {
    await call(researchBrief, {
      action: "create",
      title: "Large",
      findings: Array.from({ length: 60 }, () => ({ ...FINDING, finding: long })),
    });
    await call(competitorProfile, { action: "save", name: "Large", strengths: Array.from({ length: 60 }, () => long) });
    for (let index = 0; index < 12; index += 1)
      await call(savePositioning, { action: "save", name: `angle ${index}`, statement: long, rationale: long });
    const texts = [
      await text(researchBrief, { action: "read", id: "large" }),
      await text(competitorProfile, { action: "read", id: "large" }),
      await text(competitorProfile, { action: "battlecard", id: "large" }),
      await text(savePositioning, { action: "read" }),
    ];
    for (const shown of texts) {
      expect(Buffer.byteLength(shown)).toBeLessThan(LIMIT);
      expect(shown).toMatch(/… \d+ more lines; all of it: \.ohmymkt\/research\//);
    }
  });

  test("of long lists stay below 8 KB", async () => {
    for (let index = 0; index < 120; index += 1) {
      await call(assetManifest, { action: "add", name: `asset ${index}`, type: "post", notes: "n".repeat(150) });
    }
    const shown = await text(assetManifest, { action: "read" });
    expect(Buffer.byteLength(shown)).toBeLessThan(LIMIT);
    expect(shown).toStartWith("120 of 120 assets (120 planned)\n- asset-0:");
    expect(shown).toMatch(/… \d+ more lines; all of it: .*asset-manifest\.json, or read by status, type or name$/);
  });
});

test("files put there without their database are read and marked", async () => {
  await call(researchBrief, { action: "create", title: "Cloned" });
  await store.close();
  for (const name of readdirSync(file("")).filter((each) => each.startsWith("ohmymkt.db"))) rmSync(file(name));
  store = openStore({ directory: workspace.directory, sync: "off" });
  expect(await text(researchBrief, { action: "read", id: "cloned" })).toEndWith(
    "Not written by a tool, so not confirmed.",
  );
});
