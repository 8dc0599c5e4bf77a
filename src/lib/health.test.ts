import { describe, expect, test } from "bun:test";
import { NO_CAMPAIGN, type Boulder, type Execution } from "./campaign.ts";
import type { CycleEntry } from "./cycle.ts";
import type { GateReport } from "./gate-report.ts";
import { healthChecks, type HealthFacts } from "./health.ts";
import type { SprintBoard } from "./sprint-board.ts";

const NOW = "2026-03-08T00:00:00.000Z";
const BOULDER: Boulder = {
  schema_version: 1,
  active_plan: "alpha",
  plan_path: ".ohmymkt/plans/alpha.md",
  started_at: "2026-03-01T00:00:00.000Z",
};
const EXECUTION: Execution = {
  ...NO_CAMPAIGN,
  state: "active",
  plan: "alpha",
  started_at: "2026-03-01T00:00:00.000Z",
  tracks: { visibility: "active", quality: "active" },
};
const ITEM: SprintBoard["items"][number] = {
  id: "T01",
  title: "t",
  objective: "o",
  module: "m",
  track: "quality",
  owner: "x",
  due_date: "2026-03-09",
  kpi_impact: "k",
  rollback_condition: "r",
  acceptance_criteria: [],
  depends_on: [],
};
const BOARD: SprintBoard = { schema_version: 1, plan: "alpha", created_at: "2026-03-01T00:00:00.000Z", items: [ITEM] };

function gates(pass: boolean): GateReport {
  return { overall: pass ? "PASS" : "BLOCKED", gates: [{ gate: "data_gate", pass, fields: [], remedies: [] }] };
}

function cycle(at: string, due: string, status: "open" | "done" | "deferred" = "open"): CycleEntry {
  const action = { id: "c1-a1", title: "t", owner: "o", due_date: due, status };
  return {
    id: "c1",
    cadence: "weekly",
    at,
    window: { from: at, to: at },
    decision: "continue",
    rule: "both_up",
    reason: "",
    tracks: { visibility: "up", quality: "up" },
    signals: [],
    incidents: [],
    scale: "open",
    scale_reasons: [],
    actions: [action],
    effects: [],
    recovery: [],
    report: "r.md",
    ledger_head: "",
    rules_version: 1,
  };
}

const WELL: HealthFacts = {
  now: NOW,
  gates: gates(true),
  boulder: BOULDER,
  execution: EXECUTION,
  board: BOARD,
  cycles: [cycle("2026-03-07T00:00:00.000Z", "2026-03-08")],
  unreadableIncidents: [],
};
const failing = (change: Partial<HealthFacts>): string[] =>
  healthChecks({ ...WELL, ...change }).flatMap((check) => (check.ok ? [] : [`${check.key}: ${check.detail}`]));

describe("the operator's seven points", () => {
  test("all hold when all is well", () => {
    expect(failing({})).toEqual([]);
    expect(healthChecks(WELL)).toHaveLength(7);
  });

  test.each([
    ["a failing gate", { gates: gates(false) }, ["gates: failing: data_gate"]],
    ["no boulder", { boulder: undefined }, ["active_plan: boulder.json names no plan"]],
    [
      "a boulder without plan",
      { boulder: { ...BOULDER, active_plan: null } },
      ["active_plan: boulder.json names no plan"],
    ],
    [
      "a paused campaign",
      { execution: { ...EXECUTION, state: "paused", tracks: { visibility: "inactive", quality: "inactive" } } },
      ["tracks: visibility inactive, quality inactive, campaign paused"],
    ],
    [
      "one track alone",
      { execution: { ...EXECUTION, tracks: { visibility: "active", quality: "inactive" } } },
      ["tracks: visibility active, quality inactive, campaign active"],
    ],
    ["no board", { board: undefined }, ["board: there is no sprint board"]],
    [
      "an item without owner and day",
      { board: { ...BOARD, items: [{ ...ITEM, owner: "", due_date: "" }] } },
      ["board: incomplete: T01 (owner, due_date)"],
    ],
    ["no cycle", { cycles: [] }, ["cycles: no cycle has run"]],
    [
      "an overdue cadence",
      { now: "2026-03-14T00:00:00.001Z", cycles: [cycle("2026-03-07T00:00:00.000Z", "2026-03-14")] },
      ["cycles: overdue: weekly"],
    ],
    ["an unreadable incident", { unreadableIncidents: ["i1"] }, ["incidents: unreadable, counted as open P0: i1"]],
    [
      "an action past its day",
      { cycles: [cycle("2026-03-07T00:00:00.000Z", "2026-03-07")] },
      ["recommendations: past their day: c1-a1"],
    ],
  ] satisfies [string, Partial<HealthFacts>, string[]][])("%s", (_what, change, expected) => {
    expect(failing(change)).toEqual(expected);
  });

  test.each(["done", "deferred"] as const)("an action that is %s is acted on, whatever its day", (status) => {
    expect(failing({ cycles: [cycle("2026-03-07T00:00:00.000Z", "2026-03-01", status)] })).toEqual([]);
  });
});
