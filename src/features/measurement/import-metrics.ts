import { setImmediate } from "node:timers/promises";
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

/** How many values of a metric were read, and how many of them are about a part of the property. */
interface MetricCount {
  metric: string;
  values: number;
  scopes: number;
}

/** What was read and what became of it; `derived` are the decision signals that were computed from it. */
export interface ImportReport {
  file: string;
  summary: ImportSummary;
  metrics: MetricCount[];
  outcome: Omit<ImportOutcome, "batch"> | undefined;
  derived: DerivedSignal[];
}

/** Values that are stored in one transaction: some hundred milliseconds of the project's lock. */
const PIECE = 75_000;
/** The track of each decision signal. */
const TRACKS: ReadonlyMap<string, string> = new Map(
  Object.entries(SIGNALS).map(([signal, { track }]) => [signal, track]),
);
/** Bytes that are hashed, so that importing the file again is known. */
const ALGORITHM = "sha256";

/**
 * Reads an export and stores its values, then computes the decision signals of its days. The whole file is read once before anything is stored,
 * so that a file that breaks off in the middle changes nothing; a run that was killed is completed by running it again.
 */
export async function importMetrics(
  file: ProjectFile,
  options: ImportOptions,
  { timezone, measurement }: Pick<Config, "timezone" | "measurement">,
  { dryRun, signal, transact }: ImportWork,
): Promise<ImportReport> {
  const metrics = new Map<string, MetricCount>();
  const summary = await readWhole(file, options, signal, (value) => count(metrics, value));
  const report = { file: file.path, summary, metrics: [...metrics.values()] };
  if (dryRun) return { ...report, outcome: undefined, derived: [] };
  const { format, source, period } = summary;
  const described = {
    file: file.path,
    sha256: await hashOf(file),
    format,
    source,
    timezone: summary.timezone ?? timezone,
  };
  const outcome = { stored: 0, known: 0, revised: 0 };
  let part = 0;
  let rows: NewMeasurement[] = [];
  const store = async (): Promise<void> => {
    const done = await transact((tx) => tx.observations.importBatch({ ...described, part }, rows));
    rows = [];
    part += 1;
    outcome.stored += done.stored;
    outcome.known += done.known;
    outcome.revised += done.revised;
  };
  for await (const batch of tidily((await readExport(file, options)).batches, signal)) {
    for (const value of batch) rows.push(toMeasurement(value, source));
    if (rows.length >= PIECE) await store();
  }
  if (rows.length > 0) await store();
  const derived = period ? await transact((tx) => deriveSignals(tx, period, measurement)) : [];
  return { ...report, outcome, derived };
}

async function readWhole(
  file: ProjectFile,
  options: ImportOptions,
  signal: AbortSignal,
  visit: (value: ImportedValue) => void,
): Promise<ImportSummary> {
  const { summary, batches } = await readExport(file, options);
  for await (const batch of tidily(batches, signal)) batch.forEach(visit);
  return summary;
}

/** The batches, with a turn for everybody else in this process after each, and the collector's work in between: left to itself it lets a hundred megabytes of read rows pile up. */
async function* tidily(batches: AsyncIterable<ImportedValue[]>, signal: AbortSignal): AsyncGenerator<ImportedValue[]> {
  let read = 0;
  for await (const batch of batches) {
    signal.throwIfAborted();
    yield batch;
    await setImmediate();
    read += batch.length;
    if (read < PIECE) continue;
    read = 0;
    Bun.gc(true);
  }
}

function count(metrics: Map<string, MetricCount>, { metric, scope }: ImportedValue): void {
  const held = metrics.get(metric) ?? { metric, values: 0, scopes: 0 };
  metrics.set(metric, held);
  held.values += 1;
  if (scope !== "") held.scopes += 1;
}

/** A decision signal belongs to its track; any other metric means what its source means by it, and is compared with nothing else. */
function toMeasurement({ metric, scope, day, value, unit, final }: ImportedValue, source: string): NewMeasurement {
  return { track: TRACKS.get(metric) ?? source, metric, scope, day, value, unit, final };
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
