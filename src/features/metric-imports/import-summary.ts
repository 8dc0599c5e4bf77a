import type { FormatName } from "./import-options.ts";

/** How many skipped rows a summary names; the others are counted. */
const NAMED_SKIPS = 200;

/** Why a row or a value was not taken; the reasons are counted under these names. */
export type SkipReason =
  | "row_shape"
  | "unclosed_quote"
  | "empty_scope"
  | "bad_scope"
  | "no_day"
  | "bad_day"
  | "future_day"
  | "day_before_2000"
  | "not_a_number"
  | "ambiguous_number"
  | "bound"
  | "negative"
  | "not_whole"
  | "out_of_range"
  | "duplicate"
  | "contradiction";

/** One file of an import as it was found. */
export interface ImportedFile {
  name: string;
  bytes: number;
  sha256: string;
  encoding: string;
}

/** One table inside a file: what was read, or why it was not. */
export interface ImportedTable {
  file: string;
  /** The table's subject: `totals`, or its dimensions such as `query` or `date × query`. */
  table: string;
  rows: number;
  values: number;
  /** Columns that were not read. */
  ignored: string[];
  why?: string;
}

/** What an import read and left out; complete once the batches have ended. */
export interface ImportSummary {
  format: FormatName;
  source: string;
  /** IANA name; undefined where the export does not say. */
  timezone: string | undefined;
  files: ImportedFile[];
  tables: ImportedTable[];
  rows_read: number;
  values: number;
  skipped: {
    total: number;
    by_reason: Partial<Record<SkipReason, number>>;
    /** The first 200. */
    first: { row: string; why: string }[];
  };
  /** What a reader of the figures has to know: sampling, cut lists, hidden queries, filters. */
  quality: string[];
  /** First and last day that values are stated for. */
  period?: { from: string; to: string };
}

/** Counts a row or value that is left out. */
export function countSkip(summary: ImportSummary, reason: SkipReason, row: string, why: string): void {
  const { skipped } = summary;
  skipped.total += 1;
  skipped.by_reason[reason] = (skipped.by_reason[reason] ?? 0) + 1;
  if (skipped.first.length < NAMED_SKIPS) skipped.first.push({ row, why });
}

/** Adds a remark on quality once. */
export function remark(summary: ImportSummary, text: string): void {
  if (!summary.quality.includes(text)) summary.quality.push(text);
}

/** Widens the period of the summary to a day. */
export function coverDay(summary: ImportSummary, day: string): void {
  const { period } = summary;
  if (!period) summary.period = { from: day, to: day };
  else if (day < period.from) period.from = day;
  else if (day > period.to) period.to = day;
}
