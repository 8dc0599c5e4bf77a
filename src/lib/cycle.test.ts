import { describe, expect, test } from "bun:test";
import { CADENCE_NAMES } from "./cadence.ts";
import { cycleWindow, lastMending, overdueCadences, type CycleEntry } from "./cycle.ts";
import type { Signal } from "./metrics.ts";

const NOW = "2026-03-31T00:00:00.000Z";
const FROM = "2026-03-24T00:00:00.000Z";

test.each([
  ["weekly", "2026-03-24T00:00:00.000Z"],
  ["monthly", "2026-03-01T00:00:00.000Z"],
  ["quarterly", "2025-12-31T00:00:00.000Z"],
] as const)("a %s cycle looks back to %s", (cadence, from) => {
  expect(cycleWindow(cadence, NOW)).toEqual({ from, to: NOW });
});

function entry(id: string, at: string, cadence: CycleEntry["cadence"], signals?: Signal[]): CycleEntry {
  const remediation = signals ? { remediation: { signals, modules: [], tasks: [] } } : {};
  return {
    id,
    cadence,
    at,
    window: { from: at, to: at },
    decision: "intervene",
    rule: "otherwise",
    reason: "",
    tracks: { visibility: "flat", quality: "flat" },
    signals: [],
    incidents: [],
    scale: "blocked",
    scale_reasons: [],
    actions: [],
    effects: [],
    recovery: [],
    report: "r.md",
    ledger_head: "",
    rules_version: 1,
    ...remediation,
  };
}

test("what is being mended is what the last intervention named, and nothing older", () => {
  const earlier = [
    entry("c1", FROM, "weekly", ["conversion_assist"]),
    entry("c2", FROM, "weekly", ["non_brand_visibility"]),
    entry("c3", FROM, "weekly"),
  ];
  expect(lastMending(earlier)).toEqual({ cycle: "c2", signals: ["non_brand_visibility"] });
  expect(lastMending(earlier.slice(2))).toBeUndefined();
});

describe("overdue cadences", () => {
  test.each([
    ["nothing runs yet", [], undefined, []],
    ["a fresh campaign", [], "2026-03-30T00:00:00.000Z", []],
    ["7 days to the millisecond", [], "2026-03-24T00:00:00.000Z", []],
    ["a millisecond more", [], "2026-03-23T23:59:59.999Z", ["weekly"]],
    ["100 days", [], "2025-12-21T00:00:00.000Z", [...CADENCE_NAMES]],
    [
      "a weekly cycle yesterday",
      [entry("c", "2026-03-30T00:00:00.000Z", "weekly")],
      "2025-12-21T00:00:00.000Z",
      ["monthly", "quarterly"],
    ],
  ] as const)("%s", (_what, cycles, since, expected) => {
    expect(overdueCadences(cycles, since, NOW).map((one) => one.cadence)).toEqual([...expected]);
  });
});
