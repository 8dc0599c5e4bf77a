import { OhmymktError } from "../errors.ts";
import { sha256 } from "./canonical.ts";

const MAX_SLUG_POINTS = 60;
const MAX_SLUG_BYTES = 150;
const MAX_ID_POINTS = 80;

/** Names that Windows gives to devices, whatever the extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])$/i;

/** Everything that a slug replaces by a dash; invisible code points count as letters or marks for Unicode, but not here. */
const SEPARATORS = /(?:[^\p{L}\p{M}\p{N}]|\p{Default_Ignorable_Code_Point})+/gu;

/** Beyond letters, marks and digits, only these become a dash without a trace. */
const HARMLESS = /^(?:[\p{L}\p{M}\p{N}\t\n\r !-.:-@[\]-`{-~](?<!\p{Default_Ignorable_Code_Point}))*$/u;

/**
 * A file name for a free-form name: lower-case, any script, at most 60 code points and 150 bytes of UTF-8.
 * Names that differ in more than case, spaces and ASCII punctuation get different slugs, by a hash of the name where the letters alone would not do.
 */
export function slug(name: string): string {
  const original = name.normalize("NFC");
  const dashed = fold(original)
    .replace(SEPARATORS, "-")
    .replace(/^-+|-+$/g, "");
  // A mark without a letter before it would attach itself to whatever stands before the name.
  const whole = dashed.replace(/^[-\p{M}]+/u, "");
  if (!losesMeaning(original) && fits(whole) && whole !== "" && whole === dashed && !DEVICE.test(whole)) return whole;
  const suffix = `-${sha256(original).slice(0, 6)}`;
  return `${shorten(whole, suffix.length) || "untitled"}${suffix}`;
}

/** Lower-casing can undo a normal form and the other way round, so both are repeated until nothing moves. */
function fold(text: string): string {
  const next = text.normalize("NFKC").toLowerCase().normalize("NFKC");
  return next === text ? text : fold(next);
}

function losesMeaning(original: string): boolean {
  return original.includes("..") || !HARMLESS.test(original) || original.normalize("NFKC") !== original;
}

function fits(text: string, reserve = 0): boolean {
  return [...text].length + reserve <= MAX_SLUG_POINTS && Buffer.byteLength(text) + reserve <= MAX_SLUG_BYTES;
}

function shorten(text: string, reserve: number): string {
  const points = [...text].slice(0, MAX_SLUG_POINTS - reserve);
  while (!fits(points.join(""), reserve)) points.pop();
  return points.join("").replace(/-+$/, "");
}

const ID = /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}_-]*$/u;

/** The id itself when it can safely be part of a path; `what` names it in the error. Throws `invalid_id`. */
export function assertId(id: string, what: string): string {
  const problem = idProblem(id);
  if (problem === undefined) return id;
  const got = id.length > 100 ? `${JSON.stringify(id.slice(0, 100))}… (${id.length} characters)` : JSON.stringify(id);
  throw new OhmymktError(
    "invalid_id",
    `${what}: expected letters, digits, - and _ (at most ${MAX_ID_POINTS}, beginning with a letter or digit), got ${got}, which ${problem}`,
    {
      hint: "use the id exactly as a listing shows it",
    },
  );
}

function idProblem(id: string): string | undefined {
  if (id === "") return "is empty";
  if ([...id].length > MAX_ID_POINTS) return "is too long";
  if (!ID.test(id) || /\p{Default_Ignorable_Code_Point}/u.test(id)) return "holds something else";
  if (id.normalize("NFC") !== id) return "is not in Unicode normal form C";
  return DEVICE.test(id) ? "is the name of a device on Windows" : undefined;
}

/** A fresh id such as "inc-4k2m9x0qwd1z"; `random` returns lower-case letters and digits. */
export function newId(prefix: string, random: () => string): string {
  return `${prefix}-${random()}`;
}
