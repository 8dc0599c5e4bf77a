import type { Trend } from "./metrics.ts";

/** One value of a series: the UTC or source-local calendar day that it belongs to, or the Monday of its week. */
export interface SeriesPoint {
  day: string;
  value: number;
}

/** Days that are left out of a series (an incident), both inclusive. */
export interface LeftOut {
  from: string;
  to: string;
  why: string;
}

/** What a series says about its direction, with everything a reader needs to check it. */
export interface MeasuredTrend {
  trend: Trend;
  /** One sentence: the figures that decided, or what is missing. */
  why: string;
  step: "day" | "week";
  /** First and last day of the window that was asked for. */
  from: string;
  to: string;
  /** The points that were used, oldest first, after cuts and what was left out. */
  points: readonly SeriesPoint[];
  leftOut: readonly LeftOut[];
  /** The day from which the series counts, when it was cut (a tracking change). */
  cut?: { day: string; why: string };
  /** Absent when there were too few points to test. */
  test?: {
    /** Seasonal Theil–Sen slope in units of the series per step, with its 95 % interval. */
    slope: number;
    slopeLow: number;
    slopeHigh: number;
    /** Value of the fitted line in the middle of the steps that count, which is at the instant `levelAt`. */
    level: number;
    /** ISO 8601 UTC. */
    levelAt: string;
    /** Slope × window as a share of the median, with its 95 % interval. */
    change: number;
    changeLow: number;
    changeHigh: number;
    /** Two-sided p of the seasonal Mann–Kendall test, variance corrected for autocorrelation. */
    p: number;
    /** `p` after the correction for all trends that were judged together (Holm). */
    adjustedP: number;
    /** Lag-1 autocorrelation of the deseasonalised, detrended series. */
    autocorrelation: number;
  };
}
