import { tz } from "@date-fns/tz";
import { format } from "date-fns";
import type { Money } from "../../lib/plans.ts";
import type { TrendPanel } from "../../lib/trend-panels.ts";

const NO_BREAK = "\u00a0";
const UTC = { in: tz("UTC") };

/** `2026-11-20` → `20 Nov 2026`; what is no day stays as it is. */
export function dayText(day: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) ? format(day, "d MMM yyyy", UTC) : day;
}

/** An instant as `20 Nov 2026, 07:00 UTC`; what is no instant stays as it is. */
export function instantText(instant: string): string {
  return Number.isNaN(Date.parse(instant)) ? instant : `${format(instant, "d MMM yyyy, HH:mm", UTC)} UTC`;
}

/** Thousands separated by commas, at most two decimals. */
export function numberText(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

/** An amount with two decimals and its ISO 4217 code: `1,840.50 EUR`. */
export function moneyText({ amount, currency }: Money): string {
  return `${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}${NO_BREAK}${currency}`;
}

/** A value of a panel's series in its unit's form: `18,400` or `58 %`. */
export function valueText(value: number, kind: TrendPanel["kind"]): string {
  if (kind === "count") return numberText(value);
  return `${(value * 100).toLocaleString("en-US", { maximumFractionDigits: 1 })}${NO_BREAK}%`;
}

/** A share as a signed whole percentage: 0.21 → `+21 %`, −0.004 → `0 %`. */
export function changeText(share: number): string {
  const whole = Math.round(share * 100);
  return `${whole > 0 ? "+" : whole < 0 ? "−" : ""}${Math.abs(whole).toLocaleString("en-US")}${NO_BREAK}%`;
}

/** `rolled_back` → `rolled back`, `strategy_gate` → `strategy gate`. */
export function plainWords(name: string): string {
  return name.replaceAll("_", " ");
}

/** The word with its first letter in upper case. */
export function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** `1 task`, `3 tasks`. */
export function counted(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** The text with its per cent signs held to their numbers. */
export function unbroken(text: string): string {
  return text.replaceAll(/(?<=\d) %/g, `${NO_BREAK}%`);
}

/** Names of gates and of the state `rolled_back` without their underscore; nothing else of the text changes. */
export function spokenNames(text: string): string {
  return text.replaceAll(/\b([a-z]+)_(gate|back)\b/g, "$1 $2");
}

/** The text as a sentence: a plain first word gets a capital, and the end a full stop. */
export function sentence(text: string): string {
  const whole = unbroken(text.trim());
  const begun = /^[a-z]+(?:[\s,;]|:\s)/.test(whole) ? capital(whole) : whole;
  return /[.!?…。؟]$/u.test(begun) ? begun : `${begun}.`;
}
