import { splitSeasons, type Season, type SteppedSeries } from "../lib/seasons.ts";

/** Values at the steps 0, 1, 2 …; null is a step without a value. */
export function toStepped(values: readonly (number | null)[], period = 1): SteppedSeries {
  const present = [...values.entries()].flatMap(([time, value]) => (value === null ? [] : [{ time, value }]));
  return {
    times: Float64Array.from(present, ({ time }) => time),
    values: Float64Array.from(present, ({ value }) => value),
    period,
  };
}

/** The seasons of the same. */
export function toSeasons(values: readonly (number | null)[], period = 1): Season[] {
  return splitSeasons(toStepped(values, period));
}
