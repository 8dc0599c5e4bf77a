import { westernDigits } from "./digits.ts";

/** The sign between whole and fraction. */
export const DECIMALS = [".", ","] as const;
export type Decimal = (typeof DECIMALS)[number];

/** A number, null where the cell states nothing, or why it is neither. */
export type ReadNumber = number | null | { reason: "not_a_number" | "ambiguous_number" | "bound"; why: string };

const NOTHING = new Set(["", "-", "–", "—", "--", "n/a", "na", "null", "none"]);
const BLANKS = /[\s'’]/g;
const CURRENCY = /^([+-]?)[$€£¥]|[$€£¥]$/g;
const NUMBER = /^[+-]?[\d.,]*\d[\d.,]*$/;
/** Longer digit strings are not exact as a double. */
const EXACT_DIGITS = 15;
const ZERO = 48;
const NINE = 57;
const DOT = 46;

/** Digits, separators and sign of a cell; spaces, apostrophes, currency and percent signs are gone. */
function bareNumber(text: string, decimal: Decimal): string {
  return westernDigits(text, decimal).replace(BLANKS, "").replace(/%$/, "").replace(CURRENCY, "$1").replace(/%$/, "");
}

/**
 * What one cell proves about the decimal sign: `ambiguous` for the likes of `1.234`, undefined where there is no separator.
 * In a column of whole numbers `1.234` can only be grouped, because a count has no fraction.
 */
export function decimalEvidence(text: string, whole: boolean): Decimal | "ambiguous" | undefined {
  const bare = bareNumber(text, ".").replace(/^[+-]/, "");
  if (!NUMBER.test(bare) || bareNumber(text, ",") !== bareNumber(text, ".")) return undefined;
  const dot = bare.lastIndexOf(".");
  const comma = bare.lastIndexOf(",");
  if (dot === -1 && comma === -1) return undefined;
  if (dot !== -1 && comma !== -1) return dot > comma ? "." : ",";
  const sign: Decimal = dot === -1 ? "," : ".";
  const other: Decimal = dot === -1 ? "." : ",";
  if (bare.indexOf(sign) !== bare.lastIndexOf(sign)) return other;
  const [before = "", after = ""] = bare.split(sign);
  if (after.length !== 3 || before.length > 3 || before === "" || before.startsWith("0")) return sign;
  return whole && after !== "000" ? other : "ambiguous";
}

/** The decimal sign of a column from a sample of its cells; two cells that contradict each other are returned instead. */
export function decimalOf(
  sample: readonly string[],
  whole: boolean,
): Decimal | undefined | { conflict: [string, string] } {
  const proof = new Map<Decimal, string>();
  for (const text of sample) {
    const found = decimalEvidence(text, whole);
    if (found === "." || found === ",") proof.set(found, proof.get(found) ?? text);
  }
  const dot = proof.get(".");
  const comma = proof.get(",");
  if (dot !== undefined && comma !== undefined) return { conflict: [dot, comma] };
  return dot === undefined ? (comma === undefined ? undefined : ",") : ".";
}

/** Reads one cell; a percent sign divides by 100. Without a known decimal sign only what proves its own is read. */
export function readNumber(text: string, decimal: Decimal | undefined, whole: boolean): ReadNumber {
  if (decimal !== "," && isPlain(text, decimal === ".")) return Number(text);
  const trimmed = text.trim();
  if (NOTHING.has(trimmed.toLowerCase())) return null;
  if (/^[<>~≤≥≈]/.test(trimmed)) return { reason: "bound", why: `${trimmed} is a bound, not a value` };
  const known = decimal ?? decimalEvidence(trimmed, whole) ?? ".";
  if (known === "ambiguous") {
    return { reason: "ambiguous_number", why: `${trimmed} can be read in two ways: say which sign is the decimal one` };
  }
  const bare = bareNumber(trimmed, known);
  const group = known === "." ? "," : ".";
  const [integer = "", fraction, ...more] = bare.split(known);
  const wrong = {
    reason: "not_a_number" as const,
    why: `expected a number with the decimal sign ${known} and got ${JSON.stringify(trimmed)}`,
  };
  if (more.length > 0 || fraction?.includes(group) || !isGrouped(integer, group)) return wrong;
  const value = Number(`${integer.replaceAll(group, "")}${fraction === undefined ? "" : `.${fraction}`}`);
  if (!Number.isFinite(value) || !/\d/.test(bare)) return wrong;
  return /[%٪％]/.test(trimmed) ? value / 100 : value;
}

/** Groups of three, or of two and three as in India; or no groups at all. */
function isGrouped(integer: string, group: Decimal): boolean {
  const digits = integer.replace(/^[+-]/, "");
  if (!digits.includes(group)) return /^\d*$/.test(digits);
  const [first = "", ...rest] = digits.split(group);
  return /^\d{1,3}$/.test(first) && /^\d{3}$/.test(rest.at(-1) ?? "") && rest.every((part) => /^\d{2,3}$/.test(part));
}

/** The common case without a regular expression: ASCII digits, with at most one dot where a dot is the decimal sign. */
function isPlain(text: string, dots: boolean): boolean {
  if (text.length === 0 || text.length > EXACT_DIGITS) return false;
  let open = dots;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) continue;
    if (code !== DOT || !open || at === 0) return false;
    open = false;
  }
  return true;
}
