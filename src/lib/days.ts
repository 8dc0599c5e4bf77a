import { addDays, format, subDays, subMonths, subWeeks } from "date-fns";
import { tz } from "@date-fns/tz";
import { OhmymktError } from "../errors.ts";

/** Days are counted in UTC whatever the machine's own zone is, so that every machine decides alike. */
const UTC = { in: tz("UTC") };

/** One UTC day in milliseconds. */
export const DAY_MS = 86_400_000;

/** The first instant of a calendar day `YYYY-MM-DD` in UTC, epoch ms; NaN for anything else, such as 2026-02-30. */
export function dayStart(day: string): number {
  const start = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== day ? Number.NaN : start;
}

/** The instant `days` days after another one, ISO 8601 UTC; negative days go back. */
export function daysAfter(instant: string, days: number): string {
  return iso(addDays(instant, days, UTC));
}

/** The UTC calendar day `days` days after an instant, `YYYY-MM-DD`. */
export function dayAfter(instant: string, days: number): string {
  return daysAfter(instant, days).slice(0, 10);
}

/** The calendar day of an instant in a time zone, `YYYY-MM-DD`. */
export function localDay(instant: string, timezone: string): string {
  return format(instant, "yyyy-MM-dd", { in: tz(timezone) });
}

/** Days from 1970-01-01 to a calendar day `YYYY-MM-DD`, for arithmetic on long series; anything else is refused. */
export function dayNumber(day: string): number {
  const number = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) / DAY_MS : Number.NaN;
  // Some engines read 30 February as 2 March.
  if (Number.isNaN(number) || dayOf(number) !== day) {
    throw new OhmymktError("invalid_arguments", `expected a calendar day as YYYY-MM-DD, got ${JSON.stringify(day)}`);
  }
  return number;
}

/** The calendar day that lies this many days after 1970-01-01, `YYYY-MM-DD`. */
export function dayOf(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

const UNITS = { d: subDays, w: subWeeks, m: subMonths } as const;

/** The instant that a window such as `30d`, `4w` or `3m` reaches back to; anything else is refused. */
export function windowStart(window: string, now: string): string {
  const [, count = "", unit = ""] = /^([1-9]\d{0,2})([dwm])$/.exec(window.trim()) ?? [];
  if (unit !== "d" && unit !== "w" && unit !== "m") {
    throw new OhmymktError(
      "invalid_arguments",
      `window expected a number and d, w or m (for example 30d, 4w, 3m), got ${JSON.stringify(window)}`,
    );
  }
  return iso(UNITS[unit](now, Number(count), UTC));
}

/** `toISOString` of a zoned date carries its offset; this is always UTC. */
function iso(date: Date): string {
  return new Date(date.getTime()).toISOString();
}
