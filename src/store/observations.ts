import type { NewMeasurement, NewObservation, Observation } from "../lib/observations.ts";

/** The file that rows come from; `source` names who measured them. */
export interface ImportedFile {
  /** As the person knows it: a path relative to the project, or a name. */
  file: string;
  /** Of the file's bytes, lower-case hex. */
  sha256: string;
  format: string;
  source: string;
  /** The zone in which the source counts its days. */
  timezone?: string | undefined;
  /** Which piece of the file these rows are, from 0; a file is imported in pieces so that each is one short transaction. */
  part?: number | undefined;
}

/** What became of the rows of one call; `batch` is absent when nothing had to be recorded. */
export interface ImportOutcome {
  batch?: string;
  stored: number;
  /** Rows that say what is there already, or what this file has said before. */
  known: number;
  /** Stored rows whose series and day had another value; both are kept. */
  revised: number;
}

/** Rows recorded up to this sequence number only: the past as it was known then. */
interface AsOf {
  asOf?: number | undefined;
}

/** Which series of a metric: one scope, scopes that begin alike, or without either all of them. */
export interface ScopeFilter {
  metric: string;
  /** The empty text is the whole property. */
  scope?: string | undefined;
  scopePrefix?: string | undefined;
  source?: string | undefined;
}

/** Days `YYYY-MM-DD`, both inclusive. */
export interface SeriesFilter extends ScopeFilter, AsOf {
  from: string;
  to: string;
}

/** As a series filter; `matches` chooses scopes by a rule of the caller, and is asked once a series. */
export interface ScopedFilter extends SeriesFilter {
  matches?: ((scope: string) => boolean) | undefined;
}

/** The value of a day that counts: the newest, where final ones outrank provisional ones. */
export interface MeasuredPoint {
  day: string;
  value: number;
  final: boolean;
  /** Id of the observation. */
  observation: string;
}

/** One series with its points in order of days. */
export interface MeasuredSeries {
  track: string;
  metric: string;
  scope: string;
  source: string;
  unit?: string;
  points: MeasuredPoint[];
}

/** One value while streaming. */
export interface MeasuredDay {
  scope: string;
  source: string;
  day: string;
  value: number;
  final: boolean;
}

/** Everything recorded of one file, all parts together. */
export interface ImportRecord {
  file: string;
  sha256: string;
  format: string;
  source: string;
  timezone?: string;
  /** Of the first and of the last part, ISO 8601. */
  started_at: string;
  finished_at: string;
  parts: number;
  rows: number;
  stored: number;
  known: number;
  revised: number;
  first_seq: number;
  last_seq: number;
}

/** Which observations to list; bounds are ISO instants, both inclusive. */
export interface ObservationFilter extends AsOf {
  track?: string | undefined;
  metric?: string | undefined;
  /** The whole property when left out: scopes may number many thousands. */
  scope?: string | undefined;
  source?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit?: number | undefined;
}

/** `unsealed` rows were recorded before rows had hashes. `observation` is the id of the first row that is not as recorded. */
export type ObservationCheck =
  | { ok: true; rows: number; batches: number; unsealed: number }
  | { ok: false; batch: string; observation?: string; problem: string };

/** Append-only series of values. Every refusal changes nothing. */
export interface Observations {
  /** Records what somebody states; the same statement twice is two observations. Throws `invalid_arguments` and names the row. */
  append(observations: readonly NewObservation[]): Promise<Observation[]>;
  /** Records what a file states. Idempotent, also after a run that was cut off: what the file has said before is known. Throws `invalid_arguments` and names the row. */
  importBatch(file: ImportedFile, rows: readonly NewMeasurement[]): Promise<ImportOutcome>;
  /** Every observation, superseded ones included, in order of `observed_at`, then of recording. */
  list(filter: ObservationFilter): Promise<Observation[]>;
  /** Also by an id that an older version gave out. */
  get(id: string): Promise<Observation | undefined>;
  /** The values that count, series by series in order of their names; series without any in the window are left out. */
  series(filter: SeriesFilter): Promise<MeasuredSeries[]>;
  /** The sum over all scopes of each day. */
  days(filter: ScopedFilter): Promise<{ day: string; value: number; scopes: number }[]>;
  /** Shows every value that counts to `visit`, series by series in order of days, without holding them; how many there were. */
  each(filter: ScopedFilter, visit: (row: MeasuredDay) => void): Promise<number>;
  /** Shows the scopes of a metric to `visit`, sorted. */
  eachScope(filter: ScopeFilter, visit: (scope: string) => void): Promise<void>;
  /** Imported files, newest first; `from` is an ISO instant. */
  imports(filter?: { from?: string | undefined; limit?: number | undefined }): Promise<ImportRecord[]>;
  /** The sequence number of the newest row, 0 without any. */
  lastSeq(): Promise<number>;
  /** Computes every hash again and compares with the ledger. */
  verify(): Promise<ObservationCheck>;
}
