import { describe, expect, test } from "bun:test";
import {
  beginCampaign,
  CAMPAIGN_TRANSITIONS,
  campaignObstacles,
  Execution,
  moveCampaign,
  NO_CAMPAIGN,
  type CampaignState,
} from "./campaign.ts";
import type { FieldStatus, GateReport } from "./gate-report.ts";
import type { IncidentFact } from "./incidents.ts";

const BY = { at: "2026-03-01T00:00:00.000Z", by: "person (cli)", reason: "r" };
const STATES: CampaignState[] = ["none", "active", "paused", "rolled_back", "ended"];
const ALLOWED = new Set([
  "none active",
  "active paused",
  "active rolled_back",
  "active ended",
  "paused active",
  "paused rolled_back",
  "paused ended",
  "rolled_back active",
  "rolled_back ended",
  "ended active",
]);
const PAIRS = STATES.flatMap((from) => STATES.map((to) => [from, to, ALLOWED.has(`${from} ${to}`)] as const));

describe("the states of a campaign", () => {
  test.each(PAIRS)("%s → %s: %p", (from, to, allowed) => {
    const execution: Execution = { ...NO_CAMPAIGN, state: from, plan: "alpha" };
    if (!allowed)
      return expect(() => moveCampaign(execution, to, BY)).toThrow(
        expect.objectContaining({ code: "invalid_transition", hint: expect.stringMatching(/may become|start one/) }),
      );
    const moved = moveCampaign(execution, to, BY);
    expect(moved).toMatchObject({ state: to, history: [{ from, to, ...BY, plan: "alpha" }] });
    expect(Object.values(moved.tracks)).toEqual(to === "active" ? ["active", "active"] : ["inactive", "inactive"]);
    expect(Execution.safeParse(moved).success).toBe(true);
  });

  test("the table names every state", () => {
    expect(Object.keys(CAMPAIGN_TRANSITIONS).toSorted()).toEqual(STATES.toSorted());
  });

  test("a new campaign keeps the history of the one before", () => {
    const first = moveCampaign(beginCampaign(NO_CAMPAIGN, { name: "alpha", hash: "a" }, BY), "ended", BY);
    const second = beginCampaign(first, { name: "beta", hash: "b" }, { ...BY, at: "2026-04-01T00:00:00.000Z" });
    expect(second).toMatchObject({ plan: "beta", plan_hash: "b", started_at: "2026-04-01T00:00:00.000Z" });
    expect(second.history.map(({ from, to, plan }) => `${from} ${to} ${plan}`)).toEqual([
      "none active alpha",
      "active ended alpha",
      "ended active beta",
    ]);
  });
});

describe("what stands against a start or a resume", () => {
  const gates = (status: FieldStatus): GateReport => ({
    overall: status === "pass" ? "PASS" : "BLOCKED",
    gates: [
      {
        gate: "data_gate",
        pass: status === "pass",
        remedies: [],
        fields: [{ gate: "data_gate", field: "reconcilable", value: true, status, why: `it is ${status}` }],
      },
    ],
  });
  const fact = (
    severity: IncidentFact["severity"],
    status: IncidentFact["status"],
    postmortem = false,
  ): IncidentFact => ({
    id: "i1",
    severity,
    status,
    module: "general",
    summary: "s",
    created_at: "2026-01-01T00:00:00.000Z",
    postmortem,
  });

  test.each([
    ["all is well", "pass", [], false, []],
    ["a closed field", "fail", [], false, ["data_gate.reconcilable: it is fail"]],
    ["expired evidence", "expired", [], false, ["data_gate.reconcilable: it is expired"]],
    ["a hand edit", "unconfirmed", [], false, ["data_gate.reconcilable: it is unconfirmed"]],
    ["a stale approval", "stale_plan", [], false, ["data_gate.reconcilable: it is stale_plan"]],
    ["another plan's approval", "other_plan", [], false, ["data_gate.reconcilable: it is other_plan"]],
    ["an open P0", "pass", [fact("P0", "open")], false, ["P0 i1 is open: s"]],
    ["a mitigated P0", "pass", [fact("P0", "mitigated", true)], true, ["P0 i1 is open: s"]],
    ["P1 and P2", "pass", [fact("P1", "open"), fact("P2", "open")], true, []],
    ["a resolved P0 without postmortem, resuming", "pass", [fact("P0", "resolved")], true, ["P0 i1 has no postmortem"]],
    ["a resolved P0 without postmortem, starting", "pass", [fact("P0", "resolved")], false, []],
    ["a resolved P0 with postmortem", "pass", [fact("P0", "resolved", true)], true, []],
  ] as const)("%s", (_what, status, incidents, resuming, expected) => {
    expect(campaignObstacles({ gates: gates(status), incidents, resuming })).toEqual([...expected]);
  });
});
