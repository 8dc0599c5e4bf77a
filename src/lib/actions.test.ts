import { describe, expect, test } from "bun:test";
import { planActions, updateActions, type Action, type ActionTemplate } from "./actions.ts";
import type { z } from "zod";

const TEMPLATES: z.infer<typeof ActionTemplate>[] = [
  {
    title: "Contain",
    owner: "execution-manager",
    due_days: 0,
    cadences: ["weekly", "monthly", "quarterly"],
    decisions: ["rollback"],
  },
  {
    title: "Go on",
    owner: "content-ops",
    due_days: 7,
    cadences: ["weekly", "monthly", "quarterly"],
    decisions: ["continue", "intervene"],
  },
  {
    title: "Rebalance clusters",
    owner: "growth-analyst",
    due_days: 30,
    cadences: ["monthly"],
    decisions: ["continue", "intervene", "rollback"],
  },
  {
    title: "Review architecture",
    owner: "seo-engineer",
    due_days: 14,
    cadences: ["quarterly"],
    decisions: ["continue", "intervene", "rollback"],
  },
];
const NOW = "2026-02-27T23:30:00.000Z";

describe("planActions", () => {
  test.each([
    ["weekly", "continue", ["Go on"]],
    ["weekly", "rollback", ["Contain"]],
    ["monthly", "continue", ["Go on", "Rebalance clusters"]],
    ["monthly", "rollback", ["Contain", "Rebalance clusters"]],
    ["quarterly", "intervene", ["Go on", "Review architecture"]],
  ] as const)("%s, %s", (cadence, decision, titles) => {
    const actions = planActions({ cycle: "c1", cadence, decision, now: NOW, blocked: [] }, TEMPLATES);
    expect(actions.map((action) => action.title)).toEqual([...titles]);
    expect(new Set(actions.map((action) => action.status))).toEqual(new Set(["open"]));
  });

  test("says first why nothing may scale, numbers all actions, and counts days in UTC", () => {
    const actions = planActions(
      {
        cycle: "c1",
        cadence: "weekly",
        decision: "continue",
        now: NOW,
        blocked: ["1 P0 open", "failing gates: data_gate"],
      },
      TEMPLATES,
    );
    expect(actions).toEqual([
      {
        id: "c1-a1",
        title: "Do not scale: 1 P0 open",
        owner: "execution-manager",
        due_date: "2026-02-27",
        status: "open",
      },
      {
        id: "c1-a2",
        title: "Do not scale: failing gates: data_gate",
        owner: "execution-manager",
        due_date: "2026-02-27",
        status: "open",
      },
      { id: "c1-a3", title: "Go on", owner: "content-ops", due_date: "2026-03-06", status: "open" },
    ]);
  });
});

describe("updateActions", () => {
  const action = (id: string, status: Action["status"] = "open"): Action => ({
    id,
    title: id,
    owner: "o",
    due_date: "2026-03-01",
    status,
  });
  const entries = [
    { id: "c1", actions: [action("c1-a1"), action("c1-a2")] },
    { id: "c2", actions: [action("c2-a1", "deferred")] },
  ];

  test("closes and defers wherever the action stands, and leaves the rest as it is", () => {
    const updated = updateActions(entries, [
      { id: "c1-a2", status: "deferred", reason: "no capacity" },
      { id: "c2-a1", status: "done" },
    ]);
    expect(
      updated.flatMap((entry) =>
        entry.actions.map(({ id, status, reason }) => `${id} ${status} ${reason ?? ""}`.trim()),
      ),
    ).toEqual(["c1-a1 open", "c1-a2 deferred no capacity", "c2-a1 done"]);
    expect(entries[0]?.actions[1]?.status).toBe("open");
  });

  test.each([
    ["an unknown id", [{ id: "c9-a1", status: "done" }], "not_found"],
    ["a deferral without reason", [{ id: "c1-a1", status: "deferred" }], "invalid_arguments"],
    ["a deferral with a blank reason", [{ id: "c1-a1", status: "deferred", reason: "  " }], "invalid_arguments"],
    [
      "one bad change among good ones",
      [
        { id: "c1-a1", status: "done" },
        { id: "nope", status: "done" },
      ],
      "not_found",
    ],
  ] as const)("refuses %s", (_what, changes, code) => {
    expect(() => updateActions(entries, changes)).toThrow(expect.objectContaining({ code }));
  });

  test("no changes change nothing", () => {
    expect(updateActions(entries, [])).toEqual(entries);
  });
});
