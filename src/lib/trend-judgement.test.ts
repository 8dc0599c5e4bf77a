import { describe, expect, test } from "bun:test";
import { seededChance, simulateTraffic } from "../testing/simulated-traffic.ts";
import { dayNumber, dayOf } from "./days.ts";
import type { MeasuredTrend } from "./measured-trend.ts";
import { judgeTrends } from "./trend-judgement.ts";
import type { TrendSeries } from "./trend-window.ts";

/** A Sunday. */
const TO = "2026-11-15";
const MONTHLY = { to: TO, cadence: "monthly" } as const;

/** A series that ends on `TO`; null is a day without a value. */
function series(values: readonly (number | null)[], rest: Partial<TrendSeries> = {}): TrendSeries {
  const first = dayNumber(TO) - values.length + 1;
  const points = values.flatMap((value, n) => (value === null ? [] : [{ day: dayOf(first + n), value }]));
  return { kind: "count", points, ...rest };
}

function judgeOne(one: TrendSeries, options: Parameters<typeof judgeTrends>[1] = MONTHLY): MeasuredTrend {
  const [judged] = judgeTrends([one], options);
  if (!judged) throw new Error("one series, one trend");
  return judged;
}

/** The day that lies so many days before `TO`. */
const before = (days: number): string => dayOf(dayNumber(TO) - days);

/** Noise of a few units without memory, the same on every run. */
function noisy(days: number, level: (day: number) => number, spread = 4): number[] {
  const chance = seededChance(5);
  return Array.from({ length: days }, (_, day) => level(day) + spread * (chance() - 0.5));
}

describe("verdicts", () => {
  const rising = noisy(84, (day) => 100 + day * 0.25);
  test.each([
    ["up", rising],
    ["down", rising.toReversed()],
    ["flat", noisy(84, () => 100)],
    ["flat", Array.from({ length: 84 }, () => 100)],
    // Certain, but too small to be worth a name.
    ["flat", noisy(84, (day) => 100 + day * 0.02, 1)],
    // Large, but not certain.
    ["unknown", noisy(84, () => 100, 150)],
  ] as const)("%s", (trend, values) => {
    expect(judgeOne(series(values)).trend).toBe(trend);
  });

  test("a share is judged by the same rules, with few events no obstacle", () => {
    const shares = rising.map((value) => value / 1000);
    expect(judgeOne(series(shares, { kind: "share" }))).toMatchObject({ trend: "up", step: "day" });
  });

  test("the figures fit together", () => {
    const { test: figures, points } = judgeOne(series(rising));
    expect(points).toHaveLength(84);
    expect(figures?.slope).toBeCloseTo(0.25, 1);
    expect(figures?.level).toBeCloseTo(110.4, 0);
    expect(figures?.change).toBeCloseTo((0.25 * 84) / 110.4, 1);
    expect(figures?.changeLow).toBeCloseTo(((figures?.slopeLow ?? 0) * 84) / 110.4, 1);
    expect(figures?.changeHigh).toBeGreaterThan(figures?.change ?? 0);
  });

  test("trends judged together need more to be named", () => {
    const chance = seededChance(2);
    const grown = (growth: number): TrendSeries =>
      series(simulateTraffic({ days: 84, base: 200, growth, phi: 0 }, chance));
    const weak = Array.from({ length: 40 }, () => grown(0.12)).find(
      (one) => Math.abs((judgeOne(one).test?.p ?? 0) - 0.03) < 0.015 && judgeOne(one).trend === "up",
    );
    expect(weak).toBeDefined();
    if (!weak) return;
    const still = series(Array.from({ length: 84 }, () => 100));
    const family = judgeTrends([still, weak, series([]), still, still], MONTHLY);
    expect(family.map((one) => one.test !== undefined)).toEqual([true, true, false, true, true]);
    expect(family[1]).toMatchObject({ trend: "unknown", test: { p: judgeOne(weak).test?.p } });
    expect(family[1]?.test?.adjustedP).toBeCloseTo(4 * (family[1]?.test?.p ?? 0), 12);
    expect(family[1]?.why).toContain("after 4 tests");
  });
});

describe("what is said", () => {
  const level = Array.from({ length: 84 }, () => 100);
  const low = (events: number): number[] => Array.from({ length: 84 }, (_, day) => (day % 7 < events ? 1 : 0));
  test.each<[TrendSeries, string]>([
    [series(noisy(84, (day) => 100 + day * 0.25)), "up: +19 % over 84 days (95 % +19 to +20), p < 0.0001 after 1 test"],
    [series(level), "flat: 0 % over 84 days (95 % 0 to 0), p 1 after 1 test"],
    [series([]), "unknown: 0 of 84 days have a value, at least 59 are needed"],
    [series([100, 120]), "unknown: 2 of 84 days have a value, at least 59 are needed"],
    [series(level.slice(26)), "unknown: 58 of 84 days have a value, at least 59 are needed"],
    [series(level, { kind: "share" }), "flat: 0 % over 84 days (95 % 0 to 0), p 1 after 1 test"],
    [
      series(
        level.map(() => 0),
        { kind: "share" },
      ),
      "unknown: the median is 0, so that a change cannot be a share of it",
    ],
    [
      series(
        level.map(() => -3),
        { kind: "share" },
      ),
      "unknown: the median is -3, so that a change cannot be a share of it",
    ],
    [series(low(0)), "unknown: the median week has 0 events, at least 5 are needed"],
    [series(low(4)), "unknown: the median week has 4 events, at least 5 are needed"],
    [series(low(5)), "flat: 0 % over 12 weeks (95 % 0 to 0), p 1 after 1 test"],
    [
      series(low(5).map((value, day) => (day < 40 && day % 7 < 3 ? null : value))),
      "unknown: 6 of 12 whole weeks have a value on 5 days or more, at least 9 are needed",
    ],
    [
      series(level, { cuts: [{ day: before(26), why: "new consent banner" }] }),
      "unknown: only 27 days since the cut on 2026-10-20 (new consent banner), at least 28 are needed",
    ],
    [
      series(level, { cuts: [{ day: before(27), why: "new consent banner" }] }),
      "flat: 0 % over 28 days since the cut on 2026-10-19 (new consent banner) (95 % 0 to 0), p 1 after 1 test",
    ],
    [
      series(
        level.map((value, day) => (day > 80 ? null : value)),
        { cuts: [{ day: before(29), why: "new consent banner" }] },
      ),
      "unknown: 27 of 30 days since the cut on 2026-10-17 (new consent banner) have a value, at least 28 are needed",
    ],
    [
      series(low(5), { cuts: [{ day: before(41), why: "new consent banner" }] }),
      "unknown: 6 of 6 whole weeks since the cut on 2026-10-05 (new consent banner) have a value on 5 days or more, at least 7 are needed",
    ],
  ])("%#", (one, why) => {
    expect(judgeOne(one).why).toBe(why);
  });

  test("a series that is all memory does not bound its slope", () => {
    const chance = seededChance(4);
    let walk = 1000;
    const values = Array.from({ length: 28 }, () => (walk += chance() - 0.5));
    const judged = judgeOne(series(values, { cuts: [{ day: before(27), why: "x" }] }));
    expect(judged).toMatchObject({ trend: "unknown", why: expect.stringContaining("do not bound the slope") });
    expect(judged.test).toBeUndefined();
  });
});

describe("windows", () => {
  const year = Array.from({ length: 400 }, () => 100);
  test.each([
    ["weekly", TO, "day", "2026-09-21", TO, 56],
    ["monthly", TO, "day", "2026-08-24", TO, 84],
    ["quarterly", TO, "week", "2025-11-17", TO, 52],
    // A window of weeks ends with the last Sunday.
    ["quarterly", "2026-11-21", "week", "2025-11-17", TO, 52],
    ["quarterly", "2026-11-14", "week", "2025-11-10", "2026-11-08", 52],
  ] as const)("%s to %s: %ss from %s to %s", (cadence, to, step, from, end, count) => {
    const judged = judgeOne(series(year), { cadence, to });
    expect(judged).toMatchObject({ step, from, to: end });
    expect(judged.points).toHaveLength(count);
    expect(judged.points[0]?.day).toBe(from);
  });

  test("only what stands from the last cut on counts, and a jump at the cut is no trend", () => {
    const jump = noisy(84, (day) => (day < 40 ? 100 : 150));
    expect(judgeOne(series(jump)).trend).not.toBe("flat");
    const cuts = [
      { day: before(43), why: "server-side tagging" },
      { day: before(200), why: "long ago" },
      { day: before(60), why: "earlier" },
      { day: before(-1), why: "tomorrow" },
    ];
    const judged = judgeOne(series(jump, { cuts }));
    expect(judged).toMatchObject({ trend: "flat", from: before(83), cut: cuts[0] });
    expect(judged.points).toHaveLength(44);
  });

  test("days of an incident do not count", () => {
    const outage = noisy(84, (day) => (day >= 64 ? 20 : 100));
    const leftOut = [
      { from: before(19), to: before(0), why: "checkout down" },
      { from: before(300), to: before(290), why: "long ago" },
    ];
    expect(judgeOne(series(outage)).trend).not.toBe("flat");
    const judged = judgeOne(series(outage, { leftOut }));
    expect(judged).toMatchObject({ trend: "flat", leftOut: leftOut.slice(0, 1) });
    expect(judged.points).toHaveLength(64);
  });

  test("gaps are days without a value, not zeros", () => {
    const gaps = noisy(84, (day) => 100 + day * 0.25).map((value, day) => (day % 5 === 2 ? null : value));
    expect(judgeOne(series(gaps))).toMatchObject({ trend: "up" });
  });
});

describe("refused", () => {
  const points = (...days: string[]): TrendSeries => ({
    kind: "count",
    points: days.map((day) => ({ day, value: 1 })),
  });
  test.each<[TrendSeries, RegExp]>([
    [points("2026-11-02", "2026-11-01"), /ascending days with one value each, got 2026-11-01 after 2026-11-02/],
    [points("2026-11-01", "2026-11-01"), /got 2026-11-01 after 2026-11-01/],
    [points("2026-02-30"), /expected a calendar day as YYYY-MM-DD, got "2026-02-30"/],
    [points("2026-11-01T00:00:00Z"), /expected a calendar day/],
    [
      { kind: "count", points: [{ day: "2026-11-01", value: Number.NaN }] },
      /the value of 2026-11-01 expected a number/,
    ],
    [{ ...points(), cuts: [{ day: "soon", why: "" }] }, /expected a calendar day/],
    [{ ...points(), leftOut: [{ from: "2026-11-02", to: "2026-11-01", why: "" }] }, /end on or after 2026-11-02/],
  ])("%#", (one, message) => {
    expect(() => judgeTrends([one], MONTHLY)).toThrow(
      expect.objectContaining({ code: "invalid_arguments", message: expect.stringMatching(message) }),
    );
  });

  test("no series, no trends", () => {
    expect(judgeTrends([], MONTHLY)).toEqual([]);
  });
});
