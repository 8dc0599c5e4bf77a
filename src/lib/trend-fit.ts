import { lagOneAutocorrelation, varianceInflation } from "./autocorrelation.ts";
import { kendallScore, kendallTest, type KendallScore, type KendallTest } from "./mann-kendall.ts";
import { selectMedian } from "./order-statistics.ts";
import { splitSeasons, type SteppedSeries } from "./seasons.ts";
import { pairSlopes, slopeInterval, type SlopeInterval } from "./theil-sen.ts";

/** Seasonal Mann–Kendall test and Theil–Sen slope of one series, test and interval with the variance that its autocorrelation asks for. */
export interface TrendFit extends KendallTest, SlopeInterval {
  /** Units of the series per step; NaN when no season has two values. */
  slope: number;
  /** Score and variance as if the values were independent. */
  score: KendallScore;
  autocorrelation: number;
}

/** Tests a series for a monotonic trend: the score in O(n log n), the slope with one division for each pair of a season. */
export function fitTrend(series: SteppedSeries): TrendFit {
  const seasons = splitSeasons(series);
  const score = kendallScore(seasons);
  const slopes = pairSlopes(seasons);
  const slope = selectMedian(slopes);
  const autocorrelation = lagOneAutocorrelation(series, seasons, slope);
  const inflation = varianceInflation(autocorrelation);
  return {
    ...kendallTest(score, inflation),
    ...slopeInterval(slopes, score.variance * inflation),
    slope,
    score,
    autocorrelation,
  };
}
