import type { Config } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import { localDay } from "../../lib/days.ts";
import { SIGNALS } from "../../lib/metrics.ts";
import type { NewMeasurement } from "../../lib/observations.ts";
import type { ImportOutcome } from "../../store/observations.ts";
import type { ProjectFile } from "../../store/project-file.ts";
import type { Transaction } from "../../store/store.ts";
import { readExport } from "../metric-imports/export-reader.ts";
import type { ImportedValue } from "../metric-imports/imported-value.ts";
import type { ImportOptions } from "../metric-imports/import-options.ts";
import type { ImportSummary } from "../metric-imports/import-summary.ts";
import { deriveSignals, type DerivedSignal } from "./derive-signals.ts";

/** What an import does beside reading. */
export interface ImportWork {
  /** Reads and judges everything, stores nothing. */
  dryRun: boolean;
  signal: AbortSignal;
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** What was read and what became of it; `derived` are the decision signals that were computed from it. */
export interface ImportReport {
  file: string;
  summary: ImportSummary;
  /** Values by metric; `scopes` says how many are about a part of the property. */
  metrics: { metric: string; values: number; scopes: number }[];
  outcome: Omit<ImportOutcome, "batch"> | undefined;
  derived: DerivedSignal[];
}

/** Values that are stored in one transaction: a few hundred milliseconds of the project's lock. */
const PIECE = 20_000;
/** Bytes that are hashed, so that importing the file again is known. */
const ALGORITHM = "sha256";

/** Reads an export and stores its values as observations, then computes the decision signals of its days. A run that was cut off is completed by running it again. */
export async function importMetrics(
  file: ProjectFile,
  options: ImportOptions,
  { timezone, measurement }: Config,
  { dryRun, signal, transact }: ImportWork,
): Promise<ImportReport> {
  const { summary, batches } = await readExport(file, options);
  const sha256 = dryRun ? "" : await hashOf(file);
  const counts = new Map<string, { metric: string; values: number; scopes: number }>();
  const outcome = { stored: 0, known: 0, revised: 0 };
  let part = 0;
  let piece: NewMeasurement[] = [];
  const store = async (): Promise<void> => {
    if (dryRun || piece.length === 0) return;
    const { format, source } = summary;
    const described = { file: file.path, sha256, format, source, timezone: summary.timezone ?? timezone, part };
    const rows = piece;
    piece = [];
    part += 1;
    const done = await transact((tx) => tx.observations.importBatch(described, rows));
    outcome.stored += done.stored;
    outcome.known += done.known;
    outcome.revised += done.revised;
  };
  for await (const batch of batches) {
    signal.throwIfAborted();
    for (const value of batch) {
      const held = counts.get(value.metric) ?? { metric: value.metric, values: 0, scopes: 0 };
      held.values += 1;
      if (value.scope !== "") held.scopes += 1;
      counts.set(value.metric, held);
      if (!dryRun) piece.push(toMeasurement(value, summary.source));
    }
    if (piece.length >= PIECE) await store();
  }
  await store();
  const { period } = summary;
  const derived = dryRun || !period ? [] : await transact((tx) => deriveSignals(tx, period, measurement));
  return { file: file.path, summary, metrics: [...counts.values()], outcome: dryRun ? undefined : outcome, derived };
}

/** A decision signal belongs to its track; any other metric means what its source means by it, and is compared with nothing else. */
function toMeasurement({ metric, scope, day, value, unit, final }: ImportedValue, source: string): NewMeasurement {
  const signal = Object.entries(SIGNALS).find(([name]) => name === metric)?.[1];
  return { track: signal?.track ?? source, metric, scope, day, value, unit, final };
}

async function hashOf(file: ProjectFile): Promise<string> {
  const hasher = new Bun.CryptoHasher(ALGORITHM);
  for await (const piece of file.bytes()) hasher.update(piece);
  return hasher.digest("hex");
}

/** The options of a call, with the day of the project's own zone as today. */
export function importOptions(
  given: Omit<ImportOptions, "today" | "timezone">,
  now: string,
  { timezone }: Config,
): ImportOptions {
  const unknown = Object.values(given.mapping ?? {}).find((target) => target.length > 100);
  if (unknown !== undefined)
    throw new OhmymktError("invalid_arguments", "mapping: expected names of at most 100 characters");
  return { ...given, today: localDay(now, timezone) };
}
