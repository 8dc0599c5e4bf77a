import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DEFAULT_CONFIG } from "../../config.ts";
import { sampleExports } from "../../features/metric-imports/testing/sample-exports.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { toolBench, WHOLE_PLAN, type ToolBench } from "../../testing/tool-bench.ts";

const DAY = 86_400_000;
const MAP = `query,cluster,priority,owner,url
field service software,software,yes,intent-ops,/
job scheduling app,scheduling,yes,intent-ops,/scheduling
technician route planner,routing,yes,intent-ops,
`;
const INPUTS = [
  { metric: "clicks", owner: "seo-engineer", source: "gsc" },
  { metric: "leads", owner: "growth-analyst", source: "crm" },
];

let workspace: Workspace;
let bench: ToolBench;

beforeEach(async () => {
  workspace = makeWorkspace();
  bench = toolBench({
    directory: workspace.directory,
    now: Date.parse("2026-10-20T18:00:00.000Z"),
    config: { measurement: { ...DEFAULT_CONFIG.measurement, brand_pattern: "fieldwise" } },
  });
  const kpi_tree = { north_star: "pipeline", drivers: [{ name: "demand", inputs: INPUTS }] };
  await bench.call("plan_growth", { ...WHOLE_PLAN, kpi_tree });
  put(".ohmymkt/research/query-map.csv", MAP);
  put("gsc.csv", sampleExports().gscDaily);
  put("gsc.zip", sampleExports().gscZip);
});
afterEach(async () => {
  await bench.store.close();
  workspace.dispose();
});

function put(path: string, content: string | Uint8Array): void {
  const full = join(workspace.directory, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
}
const load = (file: string): Promise<unknown> => bench.call("import_metrics", { file }, "growth-analyst");
const set = (gate: string, field: string, value: boolean | number) => ({
  updates: [{ gate, field, value, evidence: "measured" }],
});

test("before any import, each measurable field says what is missing", async () => {
  const text = await bench.text("check_gates");
  expect(text).toContain(
    "strategy_gate.kpi_tree_bound = false: no fresh data: clicks from gsc (no observation), leads from crm",
  );
  expect(text).toContain("capacity_gate.rolling_weeks_feasible cannot be measured yet: no open work");
  expect(text).toContain(
    "ownership_gate.priority_query_coverage cannot be measured yet: no impressions of a priority query",
  );
  const refused = await bench.refusal("update_gates", set("ownership_gate", "priority_query_coverage", 0.9));
  expect(refused.message).toContain("cannot be measured now");
});

test.each(["measured: 990 of 1000 impressions", " Measured : all", "\u200bｍeasured： all 2 inputs"])(
  "evidence that only looks computed is refused: %p",
  async (evidence) => {
    const update = { gate: "ownership_gate", field: "priority_query_coverage", value: 0.99, evidence };
    const refused = await bench.refusal("update_gates", { updates: [update] });
    expect([refused.code, refused.hint]).toEqual(["invalid_arguments", expect.stringContaining('"measured"')]);
    expect(bench.questions).toEqual([]);
  },
);

test("figures that changed between the question and the answer open nothing", async () => {
  await load("gsc.csv");
  put(".ohmymkt/research/query-map.csv", MAP.replace("intent-ops,\n", "intent-ops,/routing\n"));
  const answer = bench.answer;
  Object.defineProperty(bench, "answer", {
    get() {
      put(
        ".ohmymkt/research/query-map.csv",
        MAP.replace("intent-ops,\n", "intent-ops,/routing\n").replace(",/scheduling", ","),
      );
      return answer;
    },
  });
  const refused = await bench.refusal("update_gates", set("ownership_gate", "priority_query_coverage", 1));
  expect(refused.message).toMatch(/measures 0\.\d+, got 1/);
  expect(await bench.text("check_gates")).toContain("| ownership_gate | priority_query_coverage | 0 | FAIL |");
});

test("coverage is the share of priority impressions with one owner, and its evidence is the figures", async () => {
  await load("gsc.csv");
  const text = await bench.text("check_gates");
  expect(text).toMatch(
    /priority_query_coverage = 0\.8\d*: \d+ of \d+ impressions[^]*without one owner URL: technician route planner/,
  );
  expect((await bench.refusal("update_gates", set("ownership_gate", "priority_query_coverage", 0.95))).message).toMatch(
    /measures 0\.8\d*, got 0\.95/,
  );
  put(".ohmymkt/research/query-map.csv", MAP.replace("intent-ops,\n", "intent-ops,/routing\n"));
  expect(await bench.text("check_gates")).toContain('value: 1, evidence: "measured"');
  await bench.call("update_gates", set("ownership_gate", "priority_query_coverage", 1));
  expect(bench.questions.at(-1)).toContain("gate: ownership_gate.priority_query_coverage = 1 (measured: ");
  expect(await bench.text("check_gates")).toContain(
    "| ownership_gate | priority_query_coverage | 1 | pass | measured: ",
  );
});

test("the KPI tree is bound once every input has fresh data, and not a fortnight later", async () => {
  await load("gsc.zip");
  await bench.call(
    "update_metrics",
    { track: "quality_track", metric: "leads", value: 12, source: "crm" },
    "growth-analyst",
  );
  expect(await bench.text("check_gates")).toContain("strategy_gate.kpi_tree_bound = true: all 2 inputs");
  await bench.call("update_gates", set("strategy_gate", "kpi_tree_bound", true));
  bench.now += 15 * DAY;
  const refused = await bench.refusal("update_gates", set("strategy_gate", "kpi_tree_bound", true));
  expect(refused.message).toContain("measures false, got true");
});

test("feasible weeks follow from what was finished and what is due", async () => {
  const owner = "seo-engineer";
  for (let week = 8; week > 0; week -= 1) {
    bench.now -= week * 7 * DAY;
    await bench.look(async (tx) => {
      for (const n of [1, 2]) {
        const id = `done-${week}-${n}`;
        await tx.tasks.create([{ id, title: id, objective: "o", owner, acceptance_criteria: [] }]);
        await tx.tasks.transition(id, "in_progress", { agent: owner });
        await tx.tasks.transition(id, "completed");
      }
    });
    bench.now += week * 7 * DAY;
  }
  const due = (weeks: number): string => new Date(bench.now + (weeks * 7 - 1) * DAY).toISOString().slice(0, 10);
  await bench.look((tx) =>
    tx.tasks.create(
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((week) => ({
        title: `w${week}`,
        objective: "o",
        owner,
        acceptance_criteria: ["1"],
        due_date: due(week),
      })),
    ),
  );
  expect(await bench.text("check_gates")).toContain("capacity_gate.rolling_weeks_feasible = 9: 9 open items");
  await bench.call("update_gates", set("capacity_gate", "rolling_weeks_feasible", 9));
});

test("what nobody can measure keeps needing evidence", async () => {
  expect((await bench.refusal("update_gates", set("data_gate", "reconcilable", true))).message).toContain(
    "data_gate.reconcilable cannot be measured; these can: strategy_gate.kpi_tree_bound",
  );
});
