import { medianOf, select } from "./order-statistics.ts";
import type { Season, SteppedSeries } from "./seasons.ts";

/** 95 % interval of a slope in units of the series per step. */
export interface SlopeInterval {
  /** −∞ when the variance of the score is too large for the number of pairs to bound the slope. */
  low: number;
  /** ∞ in the same case. */
  high: number;
}

/** 97.5 % quantile of the standard normal distribution. */
const DEVIATE_95 = 1.959963984540054;

/** Slopes of all pairs of values of one season, in units of the series per step; their median is the seasonal Theil–Sen slope (Hirsch, Slack and Smith 1982). */
export function pairSlopes(seasons: readonly Season[]): Float64Array {
  const pairs = seasons.reduce((total, { values }) => total + (values.length * (values.length - 1)) / 2, 0);
  const slopes = new Float64Array(pairs);
  let filled = 0;
  for (const { times, values } of seasons) {
    for (let late = 1; late < values.length; late += 1) {
      const [time, value] = [times[late] ?? 0, values[late] ?? 0];
      for (let early = 0; early < late; early += 1) {
        slopes[filled] = (value - (values[early] ?? 0)) / (time - (times[early] ?? 0));
        filled += 1;
      }
    }
  }
  return slopes;
}

/** Interval of the median of these slopes: those at the ranks that Kendall's score leaves open, from the variance of that score (Sen 1968). Reorders the slopes, which must stand as `selectMedian` leaves them. */
export function slopeInterval(slopes: Float64Array, variance: number): SlopeInterval {
  const pairs = slopes.length;
  const reach = DEVIATE_95 * Math.sqrt(variance);
  const lowRank = Math.round((pairs - reach) / 2);
  const highRank = Math.round((pairs + reach) / 2 + 1);
  // The ranks lie at equal distance from both ends: when the upper one is there, so is the lower.
  if (highRank > pairs) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const middle = pairs >>> 1;
  return { low: select(slopes, lowRank - 1, 0, middle), high: select(slopes, highRank - 1, middle) };
}

/** Value at a time of the line with this slope through the medians of time and value (Conover 1980). */
export function lineAt({ times, values }: SteppedSeries, slope: number, time: number): number {
  return medianOf(values) + slope * (time - medianOf(times));
}
