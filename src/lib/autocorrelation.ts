import { countBelow, countUpTo } from "./order-statistics.ts";
import type { Season, SteppedSeries } from "./seasons.ts";

/** Largest autocorrelation that is believed: beyond it the variance would grow without bound (here it is 39 times as large). */
const MOST = 0.95;

/**
 * Lag-1 autocorrelation of a series without its slope and its seasons, −1 to 1: of the ranks that the detrended values have in their season
 * (a single spike would hide it from the values themselves), over neighbouring steps that both have a value; 0 when there are none or nothing
 * varies. Short series without level and slope show too little of it, by (2 + 4r) / n, which is added again (van Giersbergen 2005).
 */
export function lagOneAutocorrelation(series: SteppedSeries, seasons: readonly Season[], slope: number): number {
  const scores = rankScores(series, seasons, slope);
  let products = 0;
  let pairs = 0;
  let squares = 0;
  for (const [n, score] of scores.entries()) {
    squares += score * score;
    if ((series.times[n + 1] ?? 0) - (series.times[n] ?? 0) !== 1) continue;
    products += score * (scores[n + 1] ?? 0);
    pairs += 1;
  }
  const count = scores.length;
  if (pairs === 0 || squares === 0) return 0;
  const seen = products / pairs / (squares / count);
  return Math.max(-1, Math.min(1, seen + (2 + 4 * seen) / count));
}

/**
 * How many times larger the score's variance is than that of independent values, for an autocorrelation r that fades as in an AR(1) series:
 * (1 + r) / (1 − r). A negative r counts as 0: on short series it is mostly noise, and smaller variance would turn noise into trends.
 */
export function varianceInflation(r: number): number {
  const bounded = Math.min(MOST, Math.max(0, r));
  return (1 + bounded) / (1 - bounded);
}

/** Centred rank of each detrended value within its season, as a share of the season's size; ties get their mean rank. */
function rankScores(series: SteppedSeries, seasons: readonly Season[], slope: number): Float64Array {
  const scores = new Float64Array(series.times.length);
  for (const { at, times, values } of seasons) {
    const residuals = values.map((value, n) => value - slope * (times[n] ?? 0));
    const sorted = residuals.toSorted();
    for (const [n, residual] of residuals.entries()) {
      const rank = (countBelow(sorted, residual) + countUpTo(sorted, residual) + 1) / 2;
      scores[at[n] ?? 0] = (rank - (sorted.length + 1) / 2) / sorted.length;
    }
  }
  return scores;
}
