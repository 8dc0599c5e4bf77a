import { z } from "zod";
import { Actor } from "./actor.ts";

/** One measured value or declared trend of a metric, as a source stated it. Never overwritten. */
export const Observation = z.strictObject({
  id: z.string(),
  track: z.string(),
  metric: z.string(),
  /** What part of the property the value is about, such as `query=crm software`; absent for the whole. */
  scope: z.string().optional(),
  value: z.number().optional(),
  trend: z.enum(["up", "down", "flat"]).optional(),
  unit: z.string().optional(),
  source: z.string(),
  observed_at: z.iso.datetime(),
  /** False while the source may still restate the value. */
  final: z.boolean().optional(),
  /** The batch that it was recorded with. */
  batch: z.string().optional(),
  recorded_at: z.iso.datetime(),
  actor: Actor,
});
export type Observation = z.infer<typeof Observation>;

/** What somebody states by hand; without a scope it is about the whole property. */
export type NewObservation = Omit<Observation, "id" | "batch" | "recorded_at" | "actor">;

/** One value of one day, `YYYY-MM-DD` in the source's own time zone, as a file states it; final unless said otherwise. */
export interface NewMeasurement {
  track: string;
  metric: string;
  scope?: string | undefined;
  unit?: string | undefined;
  day: string;
  value: number;
  final?: boolean | undefined;
}

/** The unit of values that count single events, which scatter as Poisson counts do. */
export const COUNT_UNIT = "count";

/** The most characters of each word that names a series. */
export const SERIES_LIMITS = { track: 100, metric: 100, scope: 2000, source: 100, unit: 30 } as const;

const NAMES = ["track", "metric", "source", "scope", "unit"] as const;
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(["scope", "unit"]);

/** Whether a row counts instead of an earlier one of the same source and day: the newest does, but a provisional value never replaces a final one. */
export function replaces(later: { final?: boolean | undefined }, held: { final?: boolean | undefined }): boolean {
  return later.final !== false || held.final === false;
}

/** What is wrong with the words and figures of a new row, as `member expected …, got …`; undefined when nothing is. */
export function rowProblem(row: {
  track: string;
  metric: string;
  source: string;
  scope?: string | undefined;
  unit?: string | undefined;
  value?: number | undefined;
}): string | undefined {
  for (const name of NAMES) {
    const problem = nameProblem(name, row[name] ?? "");
    if (problem !== undefined) return problem;
  }
  if (row.value === undefined || Number.isFinite(row.value)) return undefined;
  return `value expected a finite number, got ${row.value}`;
}

function nameProblem(name: (typeof NAMES)[number], text: string): string | undefined {
  const most = SERIES_LIMITS[name];
  if (text.length > most) return `${name} expected at most ${most} characters, got ${text.length}`;
  if (text === "" && !MAY_BE_EMPTY.has(name)) return `${name} expected a name, got an empty text`;
  // The database would end the text there, or store another character than the one that was hashed.
  if (text.includes("\0") || !text.isWellFormed()) return `${name} expected Unicode text without NUL characters`;
  // Reports and answers put it on one line.
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return `${name} expected one line of text, got ${JSON.stringify(text)}`;
  return undefined;
}
