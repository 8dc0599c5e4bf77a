import { OhmymktError } from "../errors.ts";
import type { Cadence } from "./cadence.ts";
import { dayNumber, dayOf } from "./days.ts";
import type { LeftOut, MeasuredTrend, SeriesPoint } from "./measured-trend.ts";
import { medianOf } from "./order-statistics.ts";
import { binWeeks, type DaySpan, DAYS_OF_A_WEEK_NEEDED, mondayOf, weekNumber, wholeWeeks } from "./week-bins.ts";

/** One daily series to be judged. */
export interface TrendSeries {
  /** A count is judged by weeks when its days have too few events; a share (0 to 1) never is for that reason. */
  kind: "count" | "share";
  /** Ascending calendar days, each at most once; days without a value are absent. */
  points: readonly SeriesPoint[];
  /** Days from which the series is measured differently; only what stands from the last of them on counts. */
  cuts?: readonly { day: string; why: string }[];
  /** Days whose values do not count, such as those of an incident. */
  leftOut?: readonly LeftOut[];
}

/** Length of the window that each cadence judges, in days or in whole ISO weeks. */
export const TREND_WINDOWS = {
  weekly: { step: "day", steps: 56 },
  monthly: { step: "day", steps: 84 },
  quarterly: { step: "week", steps: 52 },
} as const satisfies Record<Cadence, { step: "day" | "week"; steps: number }>;

/** Days with a value that a test needs at least. */
const LEAST_DAYS = 28;
/** Whole weeks with a value that a test needs at least: as many as the shortest window holds on any weekday. */
const LEAST_WEEKS = 7;
/** Share of the window's days or weeks that must have a value. */
const LEAST_SHARE = 0.7;
/** Median events of a step below which counts are too coarse for it. */
const LEAST_EVENTS = 5;

/** What of a series counts in a window, ready to be tested unless it `lacks` something. */
export interface WindowedSeries extends Pick<MeasuredTrend, "step" | "from" | "to" | "points" | "leftOut" | "cut"> {
  /** Days or whole weeks from the cut, or else the window's start, to its end. */
  steps: number;
  /** Number of the first of these steps, days or weeks since 1970. */
  firstStep: number;
  /** What is missing for a test, as the end of a sentence. */
  lacks?: string;
}

/** The part of a series that counts in the window that ends with the day `to`; a quarterly one ends with the last Sunday up to it. Refuses days that do not ascend and values that are no numbers. */
export function windowSeries(series: TrendSeries, { to, cadence }: { to: string; cadence: Cadence }): WindowedSeries {
  checkPoints(series.points);
  const { step, steps } = TREND_WINDOWS[cadence];
  const end = step === "day" ? dayNumber(to) : mondayOf(weekNumber(dayNumber(to) + 1)) - 1;
  const begin = end + 1 - steps * (step === "day" ? 1 : 7);
  const window = { from: dayOf(begin), to: dayOf(end) };
  const cut = lastCut(series, window);
  const start = cut ? dayNumber(cut.day) : begin;
  const counted = { from: dayOf(start), to: window.to };
  const leftOut = overlapping(series, counted);
  const points = series.points.filter(({ day }) => within(day)(counted) && !leftOut.some(within(day)));
  const days = end - start + 1;
  const byDay = {
    ...window,
    step: "day",
    points,
    leftOut,
    ...(cut && { cut }),
    steps: days,
    firstStep: start,
  } as const;
  const needed = Math.max(LEAST_DAYS, leastOf(days));
  if (days < LEAST_DAYS)
    return { ...byDay, lacks: `only ${days} days${since(cut)}, at least ${LEAST_DAYS} are needed` };
  if (points.length < needed)
    return {
      ...byDay,
      lacks: `${points.length} of ${days} days${since(cut)} have a value, at least ${needed} are needed`,
    };
  const coarse = series.kind === "count" && medianValue(points) < LEAST_EVENTS;
  return step === "week" || coarse ? byWeek(series, byDay, counted) : byDay;
}

/** Median of the points' values; NaN when there are none. */
export function medianValue(points: readonly SeriesPoint[]): number {
  return medianOf(Float64Array.from(points, ({ value }) => value));
}

/** " since the cut on 2026-09-01 (why)", or nothing. */
export function since(cut: WindowedSeries["cut"]): string {
  return cut ? ` since the cut on ${cut.day} (${cut.why})` : "";
}

function byWeek({ kind }: TrendSeries, daily: WindowedSeries, counted: DaySpan): WindowedSeries {
  const { first, last } = wholeWeeks(dayNumber(counted.from), dayNumber(counted.to));
  const steps = last - first + 1;
  const points = binWeeks(daily.points, counted);
  const weekly = { ...daily, step: "week", points, steps, firstStep: first } as const;
  const needed = Math.max(LEAST_WEEKS, leastOf(steps));
  if (points.length < needed) {
    const lacks = `${points.length} of ${steps} whole weeks${since(daily.cut)} have a value on ${DAYS_OF_A_WEEK_NEEDED} days or more, at least ${needed} are needed`;
    return { ...weekly, lacks };
  }
  const events = medianValue(points) * 7;
  if (kind === "share" || events >= LEAST_EVENTS) return weekly;
  return {
    ...weekly,
    lacks: `the median week has ${Number(events.toFixed(1))} events, at least ${LEAST_EVENTS} are needed`,
  };
}

function leastOf(steps: number): number {
  return Math.ceil(steps * LEAST_SHARE);
}

/** The latest cut after the window's first day. */
function lastCut({ cuts = [] }: TrendSeries, { from, to }: DaySpan): WindowedSeries["cut"] {
  return cuts
    .filter(({ day }) => dayNumber(day) > dayNumber(from) && day <= to)
    .toSorted((a, b) => a.day.localeCompare(b.day))
    .at(-1);
}

function within(day: string): (span: DaySpan) => boolean {
  return ({ from, to }) => day >= from && day <= to;
}

function overlapping({ leftOut = [] }: TrendSeries, { from, to }: DaySpan): LeftOut[] {
  const reversed = leftOut.find((span) => dayNumber(span.from) > dayNumber(span.to));
  if (reversed)
    throw new OhmymktError(
      "invalid_arguments",
      `days that are left out expected to end on or after ${reversed.from}, got ${reversed.to}`,
    );
  return leftOut.filter((span) => span.from <= to && span.to >= from);
}

function checkPoints(points: readonly SeriesPoint[]): void {
  let previous = "";
  for (const { day, value } of points) {
    dayNumber(day);
    if (day <= previous)
      throw new OhmymktError(
        "invalid_arguments",
        `a series expected ascending days with one value each, got ${day} after ${previous}`,
        { hint: "sort the points by day and settle days that have two values first" },
      );
    if (!Number.isFinite(value))
      throw new OhmymktError("invalid_arguments", `the value of ${day} expected a number, got ${value}`, {
        hint: "leave out days that have no value",
      });
    previous = day;
  }
}
