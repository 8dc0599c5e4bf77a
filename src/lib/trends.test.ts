import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { TRENDS, type Trend } from "./metrics.ts";
import type { Observation } from "./observations.ts";
import { findConflicts, readSignal, readSignals, trackTrend, VALUE_TOLERANCE } from "./trends.ts";

const WINDOW = { from: "2026-03-01T00:00:00.000Z", now: "2026-03-08T00:00:00.000Z" };
const ACTOR = { host: "cli" } as const;
let count = 0;

function seen(
  source: string,
  said: { trend?: "up" | "down" | "flat"; value?: number },
  at = "2026-03-05T00:00:00.000Z",
  extra: Partial<Observation> = {},
): Observation {
  return {
    id: `o${(count += 1)}`,
    track: "visibility_track",
    metric: "non_brand_visibility",
    source,
    observed_at: at,
    recorded_at: at,
    actor: ACTOR,
    ...said,
    ...extra,
  };
}

/** visibility, quality of each pair of signals, told by the contract. */
const PAIRS: Record<string, [Trend, Trend]> = {
  "up up": ["up", "up"],
  "up down": ["flat", "flat"],
  "up flat": ["up", "up"],
  "up unknown": ["up", "unknown"],
  "down down": ["down", "down"],
  "down flat": ["down", "down"],
  "down unknown": ["down", "down"],
  "flat flat": ["flat", "flat"],
  "flat unknown": ["unknown", "unknown"],
  "unknown unknown": ["unknown", "unknown"],
};

describe("a track from its two signals", () => {
  test.each(TRENDS.flatMap((a) => TRENDS.map((b) => [a, b] as const)))("%s and %s", (a, b) => {
    const [visibility, quality] = PAIRS[`${a} ${b}`] ?? PAIRS[`${b} ${a}`] ?? [];
    expect(visibility).toBeDefined();
    expect<Trend | undefined>(trackTrend("visibility_track", [a, b])).toBe(visibility);
    expect<Trend | undefined>(trackTrend("quality_track", [a, b])).toBe(quality);
  });
});

describe("the reading of a signal", () => {
  const read = (observations: Observation[], order: string[] = []) =>
    readSignal("non_brand_visibility", observations, WINDOW, order);
  test.each([
    ["nothing", [], "unknown", "none"],
    ["one declaration", [seen("ga4", { trend: "up" })], "up", "declared"],
    [
      "values alone",
      [seen("ga4", { value: 1 }), seen("ga4", { value: 9 }, "2026-03-07T00:00:00.000Z")],
      "unknown",
      "none",
    ],
    ["at the start of the window", [seen("ga4", { trend: "up" }, WINDOW.from)], "up", "declared"],
    ["a millisecond too old", [seen("ga4", { trend: "up" }, "2026-02-28T23:59:59.999Z")], "unknown", "none"],
    ["at its end", [seen("ga4", { trend: "up" }, WINDOW.now)], "up", "declared"],
    ["in the future", [seen("ga4", { trend: "up" }, "2026-03-08T00:00:00.001Z")], "unknown", "none"],
    ["another metric", [seen("ga4", { trend: "up" }, undefined, { metric: "brand_mentions" })], "unknown", "none"],
    [
      "the newest of one source",
      [seen("ga4", { trend: "up" }), seen("ga4", { trend: "down" }, "2026-03-06T00:00:00.000Z")],
      "down",
      "declared",
    ],
    [
      "the newest, told first",
      [seen("ga4", { trend: "down" }, "2026-03-06T00:00:00.000Z"), seen("ga4", { trend: "up" })],
      "down",
      "declared",
    ],
    ["two sources that agree", [seen("ga4", { trend: "up" }), seen("gsc", { trend: "up" })], "up", "declared"],
    ["two that disagree", [seen("ga4", { trend: "up" }), seen("gsc", { trend: "down" })], "unknown", "none"],
  ] as const)("%s", (_what, observations, trend, basis) => {
    expect(read([...observations])).toMatchObject({
      trend,
      basis,
      observations: trend === "unknown" && !_what.includes("disagree") ? [] : expect.anything(),
    });
  });

  test.each([
    [["gsc", "ga4"], "down"],
    [["ga4", "gsc"], "up"],
    [["crm", "gsc"], "down"],
    [["crm"], "unknown"],
  ] as const)("with the source order %p the disagreement reads %s", (order, trend) => {
    const claims = [seen("ga4", { trend: "up" }), seen("gsc", { trend: "down" })];
    const reading = read(claims, [...order]);
    expect(reading).toMatchObject({ trend, observations: claims.map((claim) => claim.id) });
    expect(reading.why).toContain("ga4: up, gsc: down");
  });

  test("all four signals are read, and only they", () => {
    expect(readSignals([], WINDOW, []).map((reading) => `${reading.track} ${reading.signal} ${reading.trend}`)).toEqual(
      [
        "visibility_track non_brand_visibility unknown",
        "visibility_track query_cluster_coverage unknown",
        "quality_track high_intent_session unknown",
        "quality_track conversion_assist unknown",
      ],
    );
  });
});

describe("conflicts", () => {
  const find = (observations: Observation[], order: string[] = []) => findConflicts(observations, WINDOW, order);
  test.each([
    ["100 and 105", 100, 105, false],
    ["95 and 100, exactly at the tolerance", 95, 100, false],
    ["94.99 and 100", 94.99, 100, true],
    ["0 and 0", 0, 0, false],
    ["0 and 0.001", 0, 0.001, true],
    ["-100 and -95", -100, -95, false],
    ["-100 and 100", -100, 100, true],
  ])("values %s", (_what, a, b, differ) => {
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const)
      expect(find([seen("ga4", { value: first }), seen("gsc", { value: second })])).toHaveLength(differ ? 1 : 0);
  });

  test("keep both values with provenance and times, and name the source that counts", () => {
    const claims = [seen("ga4", { value: 100 }), seen("gsc", { value: 120 })];
    const [conflict] = find(claims, ["gsc"]);
    expect(conflict).toMatchObject({
      track: "visibility_track",
      metric: "non_brand_visibility",
      kind: "value",
      used: "gsc",
    });
    expect(conflict?.claims).toEqual(
      claims.map(({ source, value = 0, observed_at, recorded_at, id }) => ({
        source,
        value,
        observed_at,
        recorded_at,
        observation: id,
      })),
    );
    expect(find(claims)[0]?.used).toBeUndefined();
  });

  test.each([
    ["the same source on one day", [seen("ga4", { value: 1 }), seen("ga4", { value: 9 })], []],
    ["other days", [seen("ga4", { value: 1 }), seen("gsc", { value: 9 }, "2026-03-06T00:00:00.000Z")], []],
    ["other tracks", [seen("ga4", { value: 1 }), seen("gsc", { value: 9 }, undefined, { track: "quality_track" })], []],
    [
      "outside the window",
      [seen("ga4", { value: 1 }, "2026-02-01T00:00:00.000Z"), seen("gsc", { value: 9 }, "2026-02-01T00:00:00.000Z")],
      [],
    ],
    [
      "trends that differ, days apart",
      [seen("ga4", { trend: "up" }), seen("gsc", { trend: "flat" }, "2026-03-07T00:00:00.000Z")],
      ["trend"],
    ],
    [
      "values and trends",
      [seen("ga4", { trend: "up", value: 1 }), seen("gsc", { trend: "down", value: 9 })],
      ["value", "trend"],
    ],
    [
      "a custom metric",
      [seen("ga4", { value: 1 }, undefined, { metric: "x" }), seen("gsc", { value: 9 }, undefined, { metric: "x" })],
      ["value"],
    ],
  ])("%s", (_what, observations, kinds) => {
    expect<string[]>(find(observations).map((conflict) => conflict.kind)).toEqual(kinds);
  });

  test("of many days are one, shown by its worst day, with how many there are and from when to when", () => {
    const day = (n: number): string => `2026-03-0${n}T00:00:00.000Z`;
    const pairs: [number, number, number][] = [
      [5, 100, 150],
      [2, 100, 110],
      [3, 100, 101],
      [4, 100, 200],
      [6, 100, 200],
      [7, 100, 120],
    ];
    const found = find(
      pairs.flatMap(([n, a, b]) => [seen("ga4", { value: a }, day(n)), seen("gsc", { value: b }, day(n))]),
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      observed_at: day(6),
      days: { count: 5, first: "2026-03-02", last: "2026-03-07" },
      claims: [{ value: 100 }, { value: 200 }],
    });
  });

  test.each([
    ["9 and 16 events", 9, 16, "count", 0],
    ["90 and 120 events", 90, 120, "count", 1],
    ["9 and 16 of something else", 9, 16, "eur", 1],
    ["1000 and 1060 events, beyond the tolerance but not beyond chance", 1000, 1060, "count", 0],
    ["1000 and 1100 events", 1000, 1100, "count", 1],
    ["100,000 and 104,000 events, beyond chance but not beyond the tolerance", 100_000, 104_000, "count", 0],
  ])("counts differ by more than chance: %s", (_what, a, b, unit, conflicts) => {
    const claims = [seen("ga4", { value: a }, undefined, { unit }), seen("gsc", { value: b }, undefined, { unit })];
    expect(find(claims)).toHaveLength(conflicts);
  });

  test("a statement by hand is no count, so chance does not excuse it", () => {
    expect(find([seen("ann", { value: 9 }), seen("gsc", { value: 16 }, undefined, { unit: "count" })])).toHaveLength(1);
  });

  test("scopes are compared with themselves only", () => {
    const scoped = (source: string, value: number, scope?: string) =>
      seen(source, { value }, undefined, scope === undefined ? {} : { scope });
    expect(find([scoped("ga4", 1), scoped("gsc", 9, "query=a")])).toEqual([]);
    expect(find([scoped("ga4", 1, "query=a"), scoped("gsc", 9, "query=a")])).toMatchObject([{ scope: "query=a" }]);
  });

  test("a provisional value of a source does not stand against its final one", () => {
    const [ours, final, late] = [
      seen("ga4", { value: 100 }),
      seen("gsc", { value: 100 }),
      seen("gsc", { value: 50 }, undefined, { final: false }),
    ];
    expect(find([ours, final, late])).toEqual([]);
    expect(find([ours, late, final])).toEqual([]);
  });

  test("do not depend on who is told first", () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, value, (a, b) => {
        const differ = Math.abs(a - b) > VALUE_TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
        expect(find([seen("ga4", { value: a }), seen("gsc", { value: b })])).toHaveLength(differ ? 1 : 0);
      }),
    );
  });
});
