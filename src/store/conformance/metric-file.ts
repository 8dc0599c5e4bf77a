import { sha256 } from "../../lib/canonical.ts";
import type { NewMeasurement } from "../../lib/observations.ts";
import type { ImportedFile, ImportOutcome, ScopeFilter, SeriesFilter } from "../observations.ts";
import type { Transaction } from "../store.ts";
import type { Bench } from "./bench.ts";

/** Every click of the month that the rows of these tests lie in. */
export const CLICKS: SeriesFilter = { metric: "clicks", from: "2026-03-01", to: "2026-03-31" };

/** A file whose hash follows from its name. */
export function metricFile(name: string, part = 0): ImportedFile {
  return { file: name, sha256: sha256(name), format: "gsc", source: "gsc", timezone: "America/Los_Angeles", part };
}

export function clicks(day: number, value: number, rest: Partial<NewMeasurement> = {}): NewMeasurement {
  return {
    track: "visibility_track",
    metric: "clicks",
    unit: "count",
    day: `2026-03-${String(day).padStart(2, "0")}`,
    value,
    ...rest,
  };
}

/** Imports rows as a part of the file with this name. */
export function bring({ run }: Bench, name: string, rows: NewMeasurement[], part = 0): Promise<ImportOutcome> {
  return run((tx) => tx.observations.importBatch(metricFile(name, part), rows));
}

/** The values that count, by scope. */
export async function countedClicks(
  { run }: Bench,
  filter: Partial<SeriesFilter> = {},
): Promise<Record<string, number[]>> {
  const series = await run((tx) => tx.observations.series({ ...CLICKS, ...filter }));
  return Object.fromEntries(series.map(({ scope, points }) => [scope, points.map(({ value }) => value)]));
}

export async function scopesOf(tx: Transaction, filter: ScopeFilter): Promise<string[]> {
  const scopes: string[] = [];
  await tx.observations.eachScope(filter, (scope) => scopes.push(scope));
  return scopes;
}
