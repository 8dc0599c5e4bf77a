import { beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { z } from "zod";
import { Config } from "../config.ts";
import { brokenLinks } from "../../scripts/docs/links.ts";
import { examine, generatedPages, type Findings, type Repository } from "../../scripts/docs/documentation.ts";
import { anchors } from "../../scripts/docs/markdown.ts";
import { unknownNames, worldOf } from "../../scripts/docs/mentions.ts";
import { readRepository, readSource } from "../../scripts/docs/repository.ts";
import { membersOf } from "../../scripts/docs/schema.ts";
import { ledgerKinds, raisedCodes } from "../../scripts/docs/source-scan.ts";
import { productSources, type Sources } from "../../scripts/docs/sources.ts";

const ROOT = join(import.meta.dir, "../..");
let sources: Sources;
let committed: Repository;
/** The repository as it is once the pages are written. */
let fresh: Repository;

beforeAll(async () => {
  [sources, committed] = [await productSources(await readSource(ROOT)), await readRepository(ROOT)];
  fresh = withPages(
    committed,
    Object.fromEntries(generatedPages(sources, committed).map(({ path, text }) => [path, text])),
  );
});

function withPages(repository: Repository, pages: Record<string, string>): Repository {
  return { ...repository, pages: { ...repository.pages, ...pages } };
}

/** The fresh repository with one page changed by hand. */
function edited(path: string, change: (text: string) => string): Repository {
  const before = fresh.pages[path] ?? "";
  const after = change(before);
  if (after === before) throw new Error(`the change did not touch ${path}`);
  return withPages(fresh, { [path]: after });
}

function first<T>(list: readonly T[]): T {
  const [one] = list;
  if (one === undefined) throw new Error("expected at least one");
  return one;
}

function withoutLines(pattern: RegExp): (text: string) => string {
  return (text) =>
    text
      .split("\n")
      .filter((line) => !pattern.test(line))
      .join("\n");
}

describe("the committed pages", () => {
  test("are current, complete and name only what exists", () => {
    const { remarks: _, ...findings } = examine(sources, committed);
    expect(findings).toEqual({ drift: [], stale: [], undocumented: [], broken: [] });
  });

  test("are written the same way twice", async () => {
    const again = generatedPages(await productSources(await readSource(ROOT)), fresh);
    expect(again.map(({ text }) => text)).toEqual(generatedPages(sources, committed).map(({ text }) => text));
  });
});

describe("drift", () => {
  test.each([
    ["tool ohmymkt_run_cycle", "docs/reference/tools.md", /^## ohmymkt_run_cycle$/],
    ["gate field capacity_gate.rolling_weeks_feasible", "docs/reference/gates.md", /^\| `rolling_weeks_feasible`/],
    ["agent link-specialist", "docs/reference/agents.md", /^## link-specialist$/],
    ["error code stale", "docs/reference/errors.md", /^\| `stale`/],
    ["config key timezone", "docs/configurations.md", /^\| `timezone`/],
    ["state file state/gates.json", "docs/reference/state.md", /^\| `\.ohmymkt\/state\/gates\.json`/],
    ["command verify", "docs/reference/cli.md", /^## verify$/],
    ["decision rule visibility_only", "docs/reference/rules.md", /^\| 2 \|/],
    ["signal formula conversion_assist", "docs/reference/rules.md", /^\| `conversion_assist` \| `ga4`/],
    [
      "measurable field ownership_gate.priority_query_coverage",
      "docs/reference/rules.md",
      /^\| \[`ownership_gate\.priority_query_coverage`/,
    ],
    ["state machine Incident", "docs/reference/rules.md", /^### Incident$/],
  ])("names %s when it is gone from its page", (item, path, line) => {
    const { drift } = examine(sources, edited(path, withoutLines(line)));
    expect(drift).toHaveLength(1);
    expect(drift[0]).toStartWith(`${path}: `);
    expect(drift[0]).toContain(item);
  });

  test("names the first line that differs, a missing page and a page that nothing writes", () => {
    const changed = edited("docs/reference/gates.md", (text) => text.replace("10 days", "11 days"));
    expect(examine(sources, changed).drift).toEqual([
      expect.stringMatching(/^docs\/reference\/gates\.md: out of date, differs from line \d+;/),
    ]);
    const { "docs/reference/errors.md": _, ...rest } = fresh.pages;
    expect(examine(sources, { ...fresh, pages: rest }).drift).toEqual([
      expect.stringContaining("docs/reference/errors.md: missing"),
    ]);
    expect(examine(sources, withPages(fresh, { "docs/reference/old.md": "# Old\n" })).stale).toEqual([
      expect.stringContaining("docs/reference/old.md: no longer generated"),
    ]);
  });

  test("leaves the hand-written part of the settings page alone", () => {
    const page = edited("docs/configurations.md", (text) => text.replace(/^## .*$/gm, "$&\n\nA new sentence."));
    expect(examine(sources, page).drift).toEqual([]);
  });
});

describe("the settings page", () => {
  test("gets the table at its end when the two comments are missing", () => {
    const bare = withPages(fresh, { "docs/configurations.md": "# Configuration\n" });
    const { drift } = examine(sources, bare);
    expect(drift).toEqual([expect.stringMatching(/^docs\/configurations\.md: .*config key source_order/)]);
    const page = generatedPages(sources, bare).find(({ path }) => path === "docs/configurations.md");
    expect(page?.text).toMatch(/^# Configuration\n\n<!-- settings[^]*`source_order`[^]*<!-- end of settings -->\n$/);
  });
});

describe("something new", () => {
  const tool = { name: "ohmymkt_new", summary: "", args: { id: z.string() }, asks: false };
  const cases: [string, keyof Pick<Findings, "drift" | "undocumented">, string, (now: Sources) => Partial<Sources>][] =
    [
      [
        "a tool without a summary",
        "undocumented",
        "tool ohmymkt_new has no summary",
        ({ tools }) => ({ tools: [...tools, tool] }),
      ],
      [
        "a tool that is not on its page",
        "drift",
        "tool ohmymkt_new",
        ({ tools }) => ({ tools: [...tools, { ...tool, summary: "New." }] }),
      ],
      [
        "a tool that is not in TOOLS",
        "undocumented",
        "tool ohmymkt_new is defined",
        ({ code }) => ({ code: { ...code, "src/tools/ohmymkt/new.ts": 'defineTool({\n  name: "ohmymkt_new",' } }),
      ],
      [
        "an error code without text",
        "undocumented",
        "error code odd has no text",
        ({ errors }) => ({ errors: { ...errors, odd: "" } }),
      ],
      ["an error code", "drift", "error code odd", ({ errors }) => ({ errors: { ...errors, odd: "Odd." } })],
      [
        "a config key without a description",
        "undocumented",
        "config key colour has no",
        ({ config }) => ({ config: { ...config, schema: Config.extend({ colour: z.string().default("red") }) } }),
      ],
      [
        "a config key",
        "drift",
        "config key colour",
        ({ config }) => ({
          config: { ...config, schema: Config.extend({ colour: z.string().default("red").describe("A colour") }) },
        }),
      ],
      [
        "an agent without a description",
        "undocumented",
        "agent new-writer has no",
        ({ agents }) => ({ agents: [...agents, { ...first(agents), name: "new-writer", description: " " }] }),
      ],
      [
        "an agent",
        "drift",
        "agent new-writer",
        ({ agents }) => ({ agents: [...agents, { ...first(agents), name: "new-writer" }] }),
      ],
      [
        "an agent file that is not loaded",
        "undocumented",
        "agents/new-writer.md",
        ({ agentFiles }) => ({ agentFiles: [...agentFiles, "new-writer.md"] }),
      ],
      [
        "a gate field without a remedy",
        "undocumented",
        "gate field new_gate.done has no",
        ({ gates }) => ({
          gates: {
            ...gates,
            new_gate: { lifetimeDays: 1, fields: { done: { type: "boolean", need: "it is done", remedy: "" } } },
          },
        }),
      ],
      [
        "a gate field",
        "drift",
        "gate field new_gate.done",
        ({ gates }) => ({
          gates: {
            ...gates,
            new_gate: { lifetimeDays: 1, fields: { done: { type: "boolean", need: "it is done", remedy: "do it" } } },
          },
        }),
      ],
      [
        "a state file without a trigger",
        "undocumented",
        "state file state/new.json has no",
        ({ files }) => ({ files: [...files, { ...first(files), path: "state/new.json", trigger: "" }] }),
      ],
      [
        "a state file",
        "drift",
        "state file state/new.json",
        ({ files }) => ({ files: [...files, { ...first(files), path: "state/new.json" }] }),
      ],
      [
        "a document outside the registry",
        "undocumented",
        'state document "new" is defined',
        ({ code }) => ({ code: { ...code, "src/lib/new.ts": 'defineDocument({ name: "new", path: "x.json" })' } }),
      ],
      [
        "a state machine",
        "undocumented",
        "NEW_TRANSITIONS",
        ({ code }) => ({ code: { ...code, "src/lib/new.ts": "export const NEW_TRANSITIONS = {}" } }),
      ],
      [
        "a decision rule without words",
        "undocumented",
        "decision rule new",
        ({ rules }) => ({ rules: [...rules, { id: "new", says: "", decision: "continue" }] }),
      ],
      [
        "a signal without words for its formula",
        "undocumented",
        "signal reach has no formula",
        ({ formulas }) => ({
          formulas: { ...formulas, reach: { source: "gsc", needs: { metric: "clicks", dimension: "page" }, says: "" } },
        }),
      ],
      [
        "a changed trend window",
        "drift",
        "differs from line",
        ({ trendWindows }) => ({ trendWindows: { ...trendWindows, weekly: { step: "day", steps: 57 } } }),
      ],
      [
        "a measurable field of no gate",
        "undocumented",
        "measurable field capacity_gate.speed is no gate field",
        ({ measurable }) => ({ measurable: [...measurable, { gate: "capacity_gate", field: "speed", counts: "x" }] }),
      ],
      [
        "a command that help lists",
        "undocumented",
        "command tidy",
        ({ cli }) => ({ cli: { ...cli, listed: [...cli.listed, "tidy"] } }),
      ],
    ];

  test.each(cases)("%s is noticed as %s: %s", (_what, where, says, change) => {
    const found = examine({ ...sources, ...change(sources) }, fresh)[where];
    expect(found.join("\n")).toContain(says);
  });

  test("an error code that nothing raises is a remark", () => {
    const { remarks, undocumented } = examine({ ...sources, errors: { ...sources.errors, odd: "Odd." } }, fresh);
    expect(remarks).toContain("error code odd is raised nowhere in src/");
    expect(undocumented).toEqual([]);
  });

  test("the command line that is documented is the one that help lists", () => {
    expect(sources.cli.listed.toSorted()).toEqual(sources.cli.commands.map(({ name }) => name).toSorted());
    expect(sources.cli.exits.map(({ code }) => code)).toEqual(["0", "1", "2", "130"]);
  });
});

describe("names in hand-written pages", () => {
  test.each([
    ["call `ohmymkt_run_cycle` or any ohmymkt_* tool", []],
    ["call ohmymkt_run_circle", ["tool ohmymkt_run_circle"]],
    ["growth-manager starts the growth-hacking-writer", ["agent growth-hacking-writer"]],
    ["a user-agent, src/features/claude-code-agent-loader and [x](#a-content-writer)", []],
    ["`.ohmymkt/state/gates.json`, `.ohmymkt/plans/<slug>.md`, .ohmymkt/incidents/inc-1.json and `.ohmymkt/`.", []],
    [
      "`.ohmymkt/state/gate.json` and `state/other.json`",
      ["state file state/gate.json", "state file state/other.json"],
    ],
    ["`.ohmymkt/research/query-map.csv` and `.ohmymkt/research/`", []],
    ["`.ohmymkt/research/query-list.csv`", ["state file research/query-list.csv"]],
    ["`.ohmymkt/statistics/<id>.json`", ["state file statistics/<id>.json"]],
    ["`ohmymkt run-cycle weekly`; ohmymkt helps", []],
    ["`ohmymkt run-circle weekly`", ["command ohmymkt run-circle"]],
    ["```text\nnpx ohmymkt frobnicate\n```", ["command ohmymkt frobnicate"]],
    ["see `src/lib/gates.ts` and `src/lib/<name>.ts`.", []],
    ["see src/lib/gatez.ts.", ["path src/lib/gatez.ts"]],
  ])("%j", (text, wrong) => {
    const found = unknownNames("p.md", text, worldOf(sources, committed.exists));
    expect(found).toEqual(
      wrong.map((what) => expect.stringMatching(new RegExp(`^p\\.md:\\d+: ${RegExp.escape(what)} does not exist$`))),
    );
  });
});

describe("links", () => {
  const pages = {
    "docs/a.md": "# Über uns: `x_y` & more\n\n## Twice\n\n## Twice\n\n```md\n# not one\n```\n",
    "README.md": "",
  };

  test.each([
    ["[a](docs/a.md), [b](docs/a.md#über-uns-x_y--more), [c](docs/a.md#twice-1), [d](https://x.test/y#z)", 0],
    ["`[a](nowhere.md)` is code", 0],
    ["```md\n[a](nowhere.md)\n```\n[b](nowhere.md)", 1],
    ["[a](docs/b.md)", 1],
    ["[a](docs/a.md#not-one) and [b](docs/a.md#twice-2)", 2],
    ["[a](#here)", 1],
  ])("%j has %i broken", (text, count) => {
    expect(brokenLinks("README.md", text, { ...pages, "README.md": text }, () => false)).toHaveLength(count);
  });

  test("anchors are the ones of GitHub", () => {
    expect([...anchors(pages["docs/a.md"])]).toEqual(["über-uns-x_y--more", "twice", "twice-1"]);
  });
});

describe("reading sources", () => {
  test("every member of a schema has its type, bounds and default", () => {
    const schema = z.strictObject({
      mode: z.enum(["a", "b"]).default("a"),
      days: z.int().min(1).max(9).optional().describe("how long"),
      tags: z.array(z.string().min(1)).max(3),
      by: z.record(z.string(), z.strictObject({ at: z.iso.date() })),
      old: z.union([z.boolean(), z.number()]).optional().meta({ hidden: true }),
    });
    const base = { required: false, fallback: "", limits: "", description: "", hidden: false };
    expect(membersOf(schema, "input")).toEqual([
      { ...base, path: "mode", type: "`a`, `b`", fallback: '"a"' },
      { ...base, path: "days", type: "whole number", limits: "1 to 9", description: "how long" },
      { ...base, path: "tags", type: "list of text", required: true, limits: "at most 3 entries; each not empty" },
      { ...base, path: "by", type: "map of object", required: true },
      { ...base, path: "by.<key>.at", type: "date", required: true },
      { ...base, path: "old", type: "true or false or number", hidden: true },
    ]);
  });

  test("ledger kinds are read from literals, constants, templates and helpers", () => {
    const text = [
      'const KEPT = "thing.kept";',
      'tx.ledger.append({ kind: "a.plain", subject: id });',
      "tx.ledger.append({ kind: KEPT, subject: `(${id}` });",
      'tx.ledger.append({ kind: `move.${after.to === before.to ? "same" : after.to}`, subject });',
      "function note(context: Context, kind: string): void {\n  appendLedger(context, { kind, subject });\n}",
      'note(context, "b.helped");',
    ].join("\n");
    expect(ledgerKinds({ "src/x.ts": text }).map(({ kind }) => kind)).toEqual([
      "a.plain",
      "b.helped",
      "move.<to>",
      "move.same",
      "thing.kept",
    ]);
  });

  test("an error code counts as raised when a throw can carry it, not when it is only compared", () => {
    const text =
      'new OhmymktError(many ? "ambiguous" : "not_found", "busy");\nif (error.code === "stale") {}\nfunction refuse() {\n  const code = old ? "storage" : "x";\n  return new OhmymktError(code, "m");\n}\n';
    expect([...raisedCodes({ "src/x.ts": text }, ["ambiguous", "busy", "not_found", "stale", "storage"])]).toEqual([
      "ambiguous",
      "not_found",
      "storage",
    ]);
  });
});
