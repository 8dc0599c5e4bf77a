import { describe, expect, test } from "bun:test";
import { seededChance, simulateTraffic } from "../testing/simulated-traffic.ts";
import { toStepped } from "../testing/stepped-series.ts";
import { lagOneAutocorrelation, varianceInflation } from "./autocorrelation.ts";
import { splitSeasons } from "./seasons.ts";

function autocorrelation(values: readonly (number | null)[], period = 1, slope = 0): number {
  const series = toStepped(values, period);
  return lagOneAutocorrelation(series, splitSeasons(series), slope);
}

/** Uniform numbers of which each remembers a share of the one before. */
function remembering(phi: number, length: number): number[] {
  const chance = seededChance(11);
  let last = 0;
  return Array.from({ length }, () => (last = phi * last + chance() - 0.5));
}

describe("lag-1 autocorrelation", () => {
  test.each([-0.5, 0, 0.3, 0.6, 0.9])("finds %d in a long series", (phi) => {
    expect(autocorrelation(remembering(phi, 20_000))).toBeCloseTo(phi, 1);
  });

  test("is on average that of the noise on a short one, which alone would show too little", () => {
    const long = remembering(0.5, 60 * 400);
    const short = Array.from({ length: 400 }, (_, n) => autocorrelation(long.slice(n * 60, (n + 1) * 60)));
    const mean = short.reduce((sum, one) => sum + one, 0) / short.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
  });

  test("sees neither the weekly pattern nor the slope", () => {
    const week = [0, 10, 20, 30, 20, 10, 0];
    const noise = remembering(0, 2000);
    const values = noise.map((value, n) => value + (week[n % 7] ?? 0) + 0.5 * n);
    expect(autocorrelation(values)).toBeGreaterThan(0.9);
    expect(Math.abs(autocorrelation(values, 7, 0.5))).toBeLessThan(0.06);
  });

  test("is not hidden by spikes", () => {
    const values = remembering(0.6, 3000).map((value, n) => (n % 40 === 0 ? value + 50 : value));
    expect(autocorrelation(values)).toBeGreaterThan(0.5);
  });

  test("compares neighbouring steps only", () => {
    const values = remembering(0.9, 400);
    expect(autocorrelation(values.map((value, n) => (n % 2 === 0 ? value : null)))).toBe(0);
    expect(autocorrelation(values.map((value, n) => (n % 3 === 0 ? null : value)))).toBeGreaterThan(0.7);
  });

  test("is 0 where nothing varies or nothing is there", () => {
    expect([[], [1], [5, 5, 5, 5, 5, 5, 5, 5]].map((values) => autocorrelation(values))).toEqual([0, 0, 0]);
  });

  test("of simulated traffic is that of its log-noise, thinned by the noise of counting", () => {
    const values = simulateTraffic({ days: 7000, base: 200, growth: 0, phi: 0.5 }, seededChance(3));
    // Half of the noise of 0.0064 beside that of counting, 1/200 on weekdays and up to 1/120 on Sundays.
    expect(autocorrelation(values, 7)).toBeCloseTo(0.26, 1);
  });
});

test.each([
  [-1, 1],
  [-0.3, 1],
  [0, 1],
  [0.5, 3],
  [0.95, 39],
  [1, 39],
])("an autocorrelation of %d makes the variance %d times as large", (r, times) => {
  expect(varianceInflation(r)).toBeCloseTo(times, 9);
});
