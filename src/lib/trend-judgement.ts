import type { Cadence } from "./cadence.ts";
import { DAY_MS, dayNumber } from "./days.ts";
import { adjustByHolm } from "./holm.ts";
import type { MeasuredTrend } from "./measured-trend.ts";
import type { Trend } from "./metrics.ts";
import type { SteppedSeries } from "./seasons.ts";
import { lineAt } from "./theil-sen.ts";
import { fitTrend } from "./trend-fit.ts";
import { medianValue, since, windowSeries, type TrendSeries, type WindowedSeries } from "./trend-window.ts";
import { mondayOf, weekNumber } from "./week-bins.ts";

/** A trend is named when its adjusted p is below this. */
const ALPHA = 0.05;
/** Change over the window, as a share of the median, that is worth a name; less than this throughout the interval is flat. */
const LEAST_CHANGE = 0.05;

/** What was computed from a series that lacks nothing; p is not adjusted yet. */
type Figures = Omit<NonNullable<MeasuredTrend["test"]>, "adjustedP">;

/**
 * The trends of series that are judged together, in the order given, over the window of a cadence that ends with the day `to`. Up or down needs
 * Holm-adjusted p < 0.05 and a change of at least 5 % of the median, flat a 95 % interval of the change inside ±5 %; all else is unknown.
 * Throws `invalid_arguments` for days that do not ascend, are no calendar days, or have values that are no numbers.
 */
export function judgeTrends(
  series: readonly TrendSeries[],
  options: { to: string; cadence: Cadence },
): MeasuredTrend[] {
  const windows = series.map((one) => windowSeries(one, options));
  const outcomes = windows.map((window) => (window.lacks === undefined ? measure(window) : window.lacks));
  const pValues = outcomes.flatMap((outcome) => (typeof outcome === "string" ? [] : [outcome.p]));
  const adjusted = adjustByHolm(pValues);
  let tested = 0;
  return windows.map((window, n) => {
    const { step, from, to, points, leftOut, cut } = window;
    const shown = { step, from, to, points, leftOut, ...(cut && { cut }) };
    const outcome = outcomes[n] ?? "";
    if (typeof outcome === "string") return { trend: "unknown", why: `unknown: ${outcome}`, ...shown };
    const test = { ...outcome, adjustedP: adjusted[tested] ?? 1 };
    tested += 1;
    const trend = verdict(test);
    return { trend, why: `${trend}: ${explain(trend, test, window, pValues.length)}`, ...shown, test };
  });
}

/** The figures of a series, or why there are none. */
function measure({ step, steps, firstStep, points }: WindowedSeries): Figures | string {
  const median = medianValue(points);
  if (median <= 0) return `the median is ${brief(median)}, so that a change cannot be a share of it`;
  const series: SteppedSeries = {
    times: Float64Array.from(points, ({ day }) => (step === "day" ? dayNumber(day) : weekNumber(dayNumber(day)))),
    values: Float64Array.from(points, ({ value }) => value),
    period: step === "day" ? 7 : 1,
  };
  const { slope, low, high, p, autocorrelation } = fitTrend(series);
  if (!Number.isFinite(low))
    return `one ${step} is so like the next (autocorrelation ${brief(autocorrelation)}) that ${points.length} values do not bound the slope`;
  const middle = firstStep + (steps - 1) / 2;
  const toChange = steps / median;
  return {
    slope,
    slopeLow: low,
    slopeHigh: high,
    level: lineAt(series, slope, middle),
    levelAt: new Date((step === "day" ? middle : mondayOf(middle)) * DAY_MS).toISOString(),
    change: slope * toChange,
    changeLow: low * toChange,
    changeHigh: high * toChange,
    p,
    autocorrelation,
  };
}

function verdict({ change, changeLow, changeHigh, adjustedP }: NonNullable<MeasuredTrend["test"]>): Trend {
  if (adjustedP < ALPHA && Math.abs(change) >= LEAST_CHANGE) return change > 0 ? "up" : "down";
  return changeLow >= -LEAST_CHANGE && changeHigh <= LEAST_CHANGE ? "flat" : "unknown";
}

function explain(
  trend: Trend,
  { change, changeLow, changeHigh, adjustedP }: NonNullable<MeasuredTrend["test"]>,
  { step, steps, cut }: WindowedSeries,
  tests: number,
): string {
  const span = `${percent(change)} % over ${steps} ${step}s${since(cut)} (95 % ${percent(changeLow)} to ${percent(changeHigh)})`;
  const p = adjustedP < 0.0001 ? "p < 0.0001" : `p ${brief(adjustedP)}`;
  const figures = `${span}, ${p} after ${tests} ${tests === 1 ? "test" : "tests"}`;
  return trend === "unknown" ? `${figures}; neither a change of 5 % or more nor its absence is shown` : figures;
}

/** Signed; with one decimal below ten. */
function percent(share: number): string {
  const percents = share * 100;
  const rounded = Number(percents.toFixed(Math.abs(percents) < 10 ? 1 : 0));
  return `${rounded > 0 ? "+" : ""}${rounded === 0 ? 0 : rounded}`;
}

function brief(value: number): string {
  return String(Number(value.toPrecision(2)));
}
