import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  AIR_PASSENGERS,
  ARBITRARY,
  DAILY_BIRTHS,
  MAXAU_DISCHARGE,
  MAXAU_SEDIMENT,
  NOTTINGHAM,
} from "../testing/reference-series.ts";
import { toSeasons } from "../testing/stepped-series.ts";
import { kendallScore, kendallTest } from "./mann-kendall.ts";

/** All of them without a correction for autocorrelation. */
describe("published values", () => {
  // R trend 1.1.6, inst/doc/trend.pdf, sections 1.1, 1.2 and 2.1, as printed there.
  test.each([
    { what: "mk.test(maxau Q)", values: MAXAU_DISCHARGE, period: 1, s: -144, variance: 10_450, z: -1.3989, p: 0.1619 },
    { what: "smk.test(nottem)", values: NOTTINGHAM, period: 12, s: 224, variance: 11_364, z: 2.0919, p: 0.03645 },
  ])("R trend: $what", ({ values, period, s, variance, z, p }) => {
    const score = kendallScore(toSeasons(values, period));
    expect(score.s).toBe(s);
    expect(score.variance).toBeCloseTo(variance, 6);
    expect(kendallTest(score).z).toBeCloseTo(z, 4);
    expect(kendallTest(score).p).toBeCloseTo(p, 4);
  });

  test("R trend: sens.slope(maxau s), whose test is that of Mann and Kendall", () => {
    const { z, p } = kendallTest(kendallScore(toSeasons(MAXAU_SEDIMENT)));
    expect(z).toBeCloseTo(-3.8445, 4);
    expect(p).toBeCloseTo(0.0001208, 7);
  });

  // pyMannKendall 1.4.3: tests/test_pymannkendall.py (original_test, seasonal_test) and the outputs of Examples/Example_pyMannKendall.ipynb.
  test.each([
    {
      what: "original_test(arbitrary_1d_data)",
      values: ARBITRARY,
      period: 1,
      s: -1959,
      variance: 4_889_800.333333333,
      z: -0.8854562842589916,
      p: 0.37591058740506833,
    },
    {
      what: "seasonal_test(arbitrary_1d_data, period=12)",
      values: ARBITRARY,
      period: 12,
      s: -399,
      variance: 34_702.333333333336,
      z: -2.136504114534638,
      p: 0.03263834596177739,
    },
    {
      what: "original_test(Birth_data)",
      values: DAILY_BIRTHS,
      period: 1,
      s: 12_336,
      variance: 5_412_244,
      z: 5.302131199455321,
      p: 1.144585319856617e-7,
    },
    {
      what: "seasonal_test(Passenger_data, period=12)",
      values: AIR_PASSENGERS,
      period: 12,
      s: 784,
      variance: 2550,
      z: 15.50571052301472,
      p: 0,
    },
  ])("pyMannKendall: $what", ({ values, period, s, variance, z, p }) => {
    const score = kendallScore(toSeasons(values, period));
    expect(score.s).toBe(s);
    expect(score.variance).toBeCloseTo(variance, 6);
    expect(kendallTest(score).z).toBeCloseTo(z, 12);
    expect(kendallTest(score).p).toBeCloseTo(p, 14);
  });
});

const gappy = fc.array(fc.option(fc.integer({ min: -4, max: 4 })), { maxLength: 40 });

test("the score is that of comparing every pair of a season", () => {
  fc.assert(
    fc.property(gappy, fc.integer({ min: 1, max: 7 }), (values, period) => {
      let s = 0;
      for (const [late, value] of values.entries())
        for (const [early, before] of values.entries())
          if (early < late && (late - early) % period === 0 && value !== null && before !== null)
            s += Math.sign(value - before);
      expect(kendallScore(toSeasons(values, period)).s).toBe(s);
    }),
  );
});

test.each([
  ["nothing", []],
  ["one value", [3]],
  ["a constant", [3, 3, 3, 3]],
])("%s shows no trend", (_what, values) => {
  const score = kendallScore(toSeasons(values));
  expect(score).toEqual({ s: 0, variance: 0 });
  expect(kendallTest(score)).toEqual({ z: 0, p: 1 });
});

test("a larger variance makes the same score less telling", () => {
  const score = { s: 224, variance: 11_364 };
  expect(kendallTest(score, 4).z).toBeCloseTo(kendallTest(score).z / 2, 12);
  expect(kendallTest(score, 4).p).toBeGreaterThan(0.25);
});
