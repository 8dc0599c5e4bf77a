import { isExists } from "date-fns";
import { westernDigits } from "./digits.ts";

/** The order of year, month and day where a date has only numbers. */
export const DAY_ORDERS = ["dmy", "mdy", "ymd"] as const;
export type DayOrder = (typeof DAY_ORDERS)[number];

const TAIL = "(?:[T ,].*)?$";
const YEAR_FIRST = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})${TAIL}`);
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const YEAR_LAST = new RegExp(`^(\\d{1,2})([./-])(\\d{1,2})\\2(\\d{4})${TAIL}`);
const MONTH_FIRST = /^([a-z]{3,9})\.? (\d{1,2}),? (\d{4})$/i;
const MONTH_SECOND = /^(\d{1,2})\.? ([a-z]{3,9})\.?,? (\d{4})$/i;
const EAST_ASIAN = /^(\d{4})年(\d{1,2})月(\d{1,2})日$/;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/**
 * The order of day and month that a sample of a column proves: a number over 12 is a day, and dots mean that the day comes first.
 * `ambiguous` where every date can be read both ways, `conflict` where two contradict each other.
 */
export function dayOrderOf(sample: readonly string[]): DayOrder | "ambiguous" | { conflict: [string, string] } {
  const proof = new Map<DayOrder, string>();
  let open = false;
  for (const text of sample) {
    const found = YEAR_LAST.exec(westernDigits(text.trim(), "."));
    if (!found) continue;
    const [, first = "", sign, second = ""] = found;
    if (sign === "." || Number(first) > 12) proof.set("dmy", proof.get("dmy") ?? text);
    else if (Number(second) > 12) proof.set("mdy", proof.get("mdy") ?? text);
    else open = true;
  }
  const dmy = proof.get("dmy");
  const mdy = proof.get("mdy");
  if (dmy !== undefined && mdy !== undefined) return { conflict: [dmy, mdy] };
  if (dmy !== undefined) return "dmy";
  if (mdy !== undefined) return "mdy";
  return open ? "ambiguous" : "ymd";
}

/** The calendar day that a text states, `YYYY-MM-DD`; undefined where it is none in this order. */
export function readDay(text: string, order: DayOrder): string | undefined {
  const plain = westernDigits(text.trim(), ".");
  const yearFirst = YEAR_FIRST.exec(plain) ?? COMPACT.exec(plain) ?? EAST_ASIAN.exec(plain);
  if (yearFirst) return day(yearFirst[1], yearFirst[2], yearFirst[3]);
  const last = YEAR_LAST.exec(plain);
  if (last)
    return order === "mdy"
      ? day(last[4], last[1], last[3])
      : order === "dmy"
        ? day(last[4], last[3], last[1])
        : undefined;
  const named = MONTH_FIRST.exec(plain);
  if (named) return day(named[3], month(named[1]), named[2]);
  const second = MONTH_SECOND.exec(plain);
  return second ? day(second[3], month(second[2]), second[1]) : undefined;
}

function month(name = ""): string {
  return String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1);
}

function day(year = "", monthText = "", dayText = ""): string | undefined {
  if (!isExists(Number(year), Number(monthText) - 1, Number(dayText))) return undefined;
  return `${year}-${monthText.padStart(2, "0")}-${dayText.padStart(2, "0")}`;
}
