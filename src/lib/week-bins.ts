import { dayNumber, dayOf } from "./days.ts";
import type { SeriesPoint } from "./measured-trend.ts";

/** Calendar days from one to another, both inclusive. */
export interface DaySpan {
  from: string;
  to: string;
}

/** Days of a week that need a value for the week to have one. */
export const DAYS_OF_A_WEEK_NEEDED = 5;

/** ISO week of a day as a number that grows by one from Monday to Monday. */
export function weekNumber(day: number): number {
  // 1970-01-01 was a Thursday.
  return Math.floor((day + 3) / 7);
}

/** Day number of the Monday of such a week. */
export function mondayOf(week: number): number {
  return week * 7 - 3;
}

/** First and last ISO week that lie inside these day numbers with all seven days; none when the last is before the first. */
export function wholeWeeks(from: number, to: number): { first: number; last: number } {
  return { first: weekNumber(from + 6), last: weekNumber(to + 1) - 1 };
}

/**
 * Daily points binned to ISO weeks: the Monday and the mean of the week's days, so that the unit stays that of a day. Weeks that the days
 * `from` to `to` (both inclusive) cut at an edge are dropped, and so is a week inside with values on fewer than 5 days.
 */
export function binWeeks(points: readonly SeriesPoint[], { from, to }: DaySpan): SeriesPoint[] {
  const { first, last } = wholeWeeks(dayNumber(from), dayNumber(to));
  const weeks = Map.groupBy(points, ({ day }) => weekNumber(dayNumber(day)));
  return [...weeks]
    .filter(([week, days]) => week >= first && week <= last && days.length >= DAYS_OF_A_WEEK_NEEDED)
    .map(([week, days]) => ({
      day: dayOf(mondayOf(week)),
      value: days.reduce((total, { value }) => total + value, 0) / days.length,
    }));
}
