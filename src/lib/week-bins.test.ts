import { expect, test } from "bun:test";
import { dayNumber, dayOf } from "./days.ts";
import type { SeriesPoint } from "./measured-trend.ts";
import { binWeeks } from "./week-bins.ts";

/** Consecutive days with these values; null is a day without one. */
function daily(from: string, values: readonly (number | null)[]): SeriesPoint[] {
  return values.flatMap((value, n) => (value === null ? [] : [{ day: dayOf(dayNumber(from) + n), value }]));
}

const week = [1, 2, 3, 4, 5, 6, 7];

test.each([
  // 2026-01-05 is a Monday.
  ["whole weeks", "2026-01-05", "2026-01-18", [...week, ...week], ["2026-01-05 4", "2026-01-12 4"]],
  ["a cut first week", "2026-01-06", "2026-01-18", [2, 3, 4, 5, 6, 7, ...week], ["2026-01-12 4"]],
  ["a cut last week", "2026-01-05", "2026-01-17", [...week, 1, 2, 3, 4, 5, 6], ["2026-01-05 4"]],
  ["less than a week", "2026-01-05", "2026-01-10", [1, 2, 3, 4, 5, 6], []],
  ["no whole week in eleven days", "2026-01-06", "2026-01-16", [...week, 1, 2, 3, 4], []],
  ["five days are enough", "2026-01-05", "2026-01-11", [null, 2, 3, 4, 5, 6, null], ["2026-01-05 4"]],
  ["four are not", "2026-01-05", "2026-01-18", [null, 2, 3, 4, 5, null, null, ...week], ["2026-01-12 4"]],
  ["nothing", "2026-01-05", "2026-01-18", [], []],
  ["the turn of a year", "2026-12-28", "2027-01-03", week, ["2026-12-28 4"]],
  ["days before 1970", "1969-12-29", "1970-01-11", [...week, 8, 8, 8, 8, 8, 8, 8], ["1969-12-29 4", "1970-01-05 8"]],
] as [string, string, string, (number | null)[], string[]][])("%s", (_what, from, to, values, expected) => {
  expect(binWeeks(daily(from, values), { from, to }).map(({ day, value }) => `${day} ${value}`)).toEqual(expected);
});

test("points outside the span are not in any week of it", () => {
  const points = daily("2026-01-05", [...week, ...week, ...week]);
  expect(binWeeks(points, { from: "2026-01-12", to: "2026-01-18" })).toEqual([{ day: "2026-01-12", value: 4 }]);
});
