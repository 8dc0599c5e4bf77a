import { expect, test } from "bun:test";
import type { MeasuredTrend } from "./measured-trend.ts";
import { combine, type MeasuredSignal } from "./signal-reading.ts";
import type { Conflict, SignalReading } from "./trends.ts";

const declared: SignalReading = {
  signal: "high_intent_session",
  track: "quality_track",
  trend: "up",
  basis: "declared",
  observations: ["obs-1"],
  why: "declared up by person",
};
const figures: NonNullable<MeasuredTrend["test"]> = {
  slope: 1,
  slopeLow: 1,
  slopeHigh: 1,
  level: 100,
  levelAt: "2026-01-28T00:00:00.000Z",
  change: -0.2,
  changeLow: -0.3,
  changeHigh: -0.1,
  p: 0.001,
  adjustedP: 0.004,
  autocorrelation: 0,
};
const measured = (trend: MeasuredTrend["trend"], found?: MeasuredTrend["test"]): MeasuredSignal => ({
  source: "ga4",
  observations: ["obs-2…obs-9 (56)"],
  trend: {
    trend,
    why: `${trend}: figures`,
    step: "day",
    from: "2026-01-01",
    to: "2026-02-25",
    points: [],
    leftOut: [],
    ...(found && { test: found }),
  },
});
const conflict: Conflict = {
  track: "quality_track",
  metric: "high_intent_session",
  kind: "value",
  observed_at: "2026-02-01T00:00:00.000Z",
  claims: [
    { source: "ga4", value: 10, observed_at: "", recorded_at: "", observation: "obs-5" },
    { source: "crm", value: 20, observed_at: "", recorded_at: "", observation: "obs-6" },
  ],
};

test.each<[string, MeasuredSignal | undefined, Conflict[], string, string]>([
  ["nothing measured", undefined, [], "declared", "up"],
  ["too little to test", measured("unknown"), [], "declared", "up"],
  ["too little to test, and a dispute", measured("unknown"), [conflict], "declared", "up"],
  ["measured down", measured("down", figures), [], "measured", "down"],
  ["tested without a result", measured("unknown", figures), [], "measured", "unknown"],
  ["measured, and sources that disagree", measured("down", figures), [conflict], "none", "unknown"],
  ["a dispute that the order settles", measured("down", figures), [{ ...conflict, used: "ga4" }], "measured", "down"],
  ["a dispute about a part", measured("down", figures), [{ ...conflict, scope: "page=/" }], "measured", "down"],
  [
    "a dispute about another metric",
    measured("down", figures),
    [{ ...conflict, metric: "clicks" }],
    "measured",
    "down",
  ],
])("%s", (_what, one, conflicts, basis, trend) => {
  expect(combine(declared, one, conflicts)).toMatchObject({ basis, trend });
});

test("a signal without values says so", () => {
  const none: SignalReading = {
    ...declared,
    trend: "unknown",
    basis: "none",
    why: "no declared trend inside the window",
  };
  expect(combine(none, undefined, []).why).toBe("no declared trend inside the window, and no values to measure it by");
});

test("what is unknown says what is missing or who disagrees", () => {
  expect(combine(declared, measured("unknown"), []).why).toBe("declared up by person; ga4 unknown: figures");
  expect(combine(declared, measured("down", figures), [conflict]).why).toBe(
    "sources disagree (ga4: 10, crm: 20 on 2026-02-01) and the source order names none of them",
  );
});
