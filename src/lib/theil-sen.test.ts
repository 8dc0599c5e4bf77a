import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { AIR_PASSENGERS, ARBITRARY, DAILY_BIRTHS, MAXAU_SEDIMENT, NOTTINGHAM } from "../testing/reference-series.ts";
import { toSeasons, toStepped } from "../testing/stepped-series.ts";
import { kendallScore } from "./mann-kendall.ts";
import { selectMedian } from "./order-statistics.ts";
import { lineAt, pairSlopes, slopeInterval } from "./theil-sen.ts";

describe("published values", () => {
  test("R trend 1.1.6, inst/doc/trend.pdf section 2.1: sens.slope(maxau s) and its 95 % interval", () => {
    const seasons = toSeasons(MAXAU_SEDIMENT);
    const slopes = pairSlopes(seasons);
    expect(selectMedian(slopes)).toBeCloseTo(-0.2876139, 7);
    const { low, high } = slopeInterval(slopes, kendallScore(seasons).variance);
    expect(low).toBeCloseTo(-0.4196477, 7);
    expect(high).toBeCloseTo(-0.1519026, 7);
  });

  test("R trend 1.1.6, inst/doc/trend.pdf section 2.2: sea.sens.slope(nottem), a year", () => {
    expect(selectMedian(pairSlopes(toSeasons(NOTTINGHAM, 12))) * 12).toBeCloseTo(0.05, 12);
  });

  // pyMannKendall 1.4.3: tests/test_pymannkendall.py (sens_slope, seasonal_sens_slope) and the outputs of Examples/Example_pyMannKendall.ipynb;
  // its seasonal slopes are those of a whole period.
  test.each<[string, readonly (number | null)[], number, number, number]>([
    ["sens_slope(arbitrary_1d_data)", ARBITRARY, 1, -0.006369426751592357, 96.15286624203821],
    ["seasonal_sens_slope(arbitrary_1d_data)", ARBITRARY, 12, -0.08695652173913043, 96.31159420289855],
    ["original_test(Birth_data)", DAILY_BIRTHS, 1, 0.019230769230769232, 38.5],
    ["seasonal_test(Passenger_data, period=12)", AIR_PASSENGERS, 12, 30.23611111111111, 85.3431712962963],
  ])("pyMannKendall: %s, slope and intercept", (_what, values, period, slope, intercept) => {
    const ours = selectMedian(pairSlopes(toSeasons(values, period)));
    expect(ours * period).toBeCloseTo(slope, 12);
    expect(lineAt(toStepped(values, period), ours, 0)).toBeCloseTo(intercept, 10);
  });
});

test("slope and interval stand where sorting puts them", () => {
  const values = fc.array(fc.option(fc.integer({ min: 0, max: 30 }), { freq: 8 }), { minLength: 4, maxLength: 40 });
  fc.assert(
    fc.property(
      values,
      fc.integer({ min: 1, max: 4 }),
      fc.double({ min: 0, max: 60, noNaN: true }),
      (series, period, deviation) => {
        const slopes = pairSlopes(toSeasons(series, period));
        const sorted = slopes.toSorted();
        const median = selectMedian(slopes);
        const { low, high } = slopeInterval(slopes, deviation ** 2);
        const pairs = sorted.length;
        if (pairs === 0) return expect(median).toBeNaN();
        expect(median).toBe(((sorted[(pairs - 1) >> 1] ?? 0) + (sorted[pairs >> 1] ?? 0)) / 2);
        const reach = 1.959963984540054 * deviation;
        const [lowRank, highRank] = [Math.round((pairs - reach) / 2), Math.round((pairs + reach) / 2 + 1)];
        const bounded = lowRank >= 1 && highRank <= pairs;
        expect(low).toBe(bounded ? (sorted[lowRank - 1] ?? 0) : Number.NEGATIVE_INFINITY);
        return expect(high).toBe(bounded ? (sorted[highRank - 1] ?? 0) : Number.POSITIVE_INFINITY);
      },
    ),
  );
});

test("a weekly pattern does not lean the slope, wherever the series starts in it", () => {
  const week = [100, 100, 100, 100, 100, 60, 50];
  for (let start = 0; start < 7; start += 1) {
    const values = Array.from({ length: 25 }, (_, n) => (week[(n + start) % 7] ?? 0) + 2 * n);
    expect(selectMedian(pairSlopes(toSeasons(values, 7)))).toBeCloseTo(2, 12);
  }
});
