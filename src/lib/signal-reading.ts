import type { MeasuredTrend } from "./measured-trend.ts";
import type { SignalReading } from "./trends.ts";

/** A trend that was computed from one source's series, with the ids of its observations. */
export interface MeasuredSignal {
  source: string;
  trend: MeasuredTrend;
  observations: string[];
}

/**
 * The reading of a signal from what was measured and what was declared: a measured trend is never outvoted by a declared one, also when it is
 * `unknown` after a test; a declared one counts only while there are too few values to test.
 */
export function combine(declared: SignalReading, measured: MeasuredSignal | undefined): SignalReading {
  if (!measured) return declared;
  const { source, trend, observations } = measured;
  if (trend.test)
    return {
      signal: declared.signal,
      track: declared.track,
      trend: trend.trend,
      basis: "measured",
      observations,
      why: `${trend.why}; ${source}`,
      measured: trend,
    };
  return { ...declared, why: `${declared.why}; ${source} ${trend.why}`, measured: trend };
}
