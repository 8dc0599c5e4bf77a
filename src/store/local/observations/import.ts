import { OhmymktError } from "../../../errors.ts";
import { dayStart } from "../../../lib/days.ts";
import { type NewMeasurement, replaces, rowProblem } from "../../../lib/observations.ts";
import type { ImportedFile, ImportOutcome } from "../../observations.ts";
import { eachInTurns, mapInTurns } from "../loop-turns.ts";
import type { Sql } from "../sql.ts";
import { lastSeq, OpenBatch } from "./batch.ts";
import { batchName, type ObservationContext } from "./context.ts";
import { type OpenSeries, SeriesTable } from "./series.ts";

interface Held {
  value: number;
  final: boolean;
  seq: number;
}

/** Records one part of a file; each row is judged against what its series and day say already. */
export async function importBatch(
  context: ObservationContext,
  file: ImportedFile,
  rows: readonly NewMeasurement[],
): Promise<ImportOutcome> {
  const { sql } = context;
  checkFile(file);
  const starts = await checkedDays(file, rows);
  if (rows.length === 0) return { stored: 0, known: 0, revised: 0 };
  const begun = seqBefore(sql, file);
  const isNew = !wasRecorded(sql, file);
  const origin = { begun, isNew };
  const batch = new OpenBatch(context);
  const table = new SeriesTable(sql);
  const { source } = file;
  let [known, revised] = [0, 0];
  const placed = await mapInTurns(rows, ({ track, metric, scope = "", unit = "", day, value, final = true }) => ({
    series: table.open({ track, metric, scope, source, unit }),
    observedAt: starts.get(day) ?? Number.NaN,
    value,
    final,
  }));
  // In the order of the table's key, so that a page is written once however a file is sorted.
  placed.sort((a, b) => a.series.id - b.series.id || a.observedAt - b.observedAt);
  await eachInTurns(placed, ({ series, observedAt, value, final }) => {
    const held = heldOn(sql, series, observedAt);
    if (isKnown(held, { value, final }, origin)) known += 1;
    else {
      if (held.length > 0 && counting(held)?.value !== value) revised += 1;
      batch.add(series, { observedAt, value, trend: null, final });
    }
  });
  const { stored } = batch;
  // A part without news is recorded once, so that the file's place in time is known when it comes again.
  if (stored === 0 && !isNew) return { stored, known, revised };
  batch.endImported(file, { rows: rows.length, known, revised });
  return { batch: batchName(batch.id), stored, known, revised };
}

function checkFile({ sha256, part = 0 }: ImportedFile): void {
  const isPart = Number.isSafeInteger(part) && part >= 0;
  if (isPart && /^[0-9a-f]{64}$/.test(sha256)) return;
  throw new OhmymktError(
    "invalid_arguments",
    isPart
      ? `sha256 expected 64 lower-case hex digits, got ${JSON.stringify(sha256)}`
      : `part expected a whole number from 0, got ${part}`,
  );
}

/** The first instant of every day that occurs; throws at the first row that cannot be stored. */
async function checkedDays({ source }: ImportedFile, rows: readonly NewMeasurement[]): Promise<Map<string, number>> {
  const starts = new Map<string, number>();
  await eachInTurns(rows.entries(), ([index, row]) => {
    if (!starts.has(row.day)) starts.set(row.day, dayStart(row.day));
    const problem = Number.isNaN(starts.get(row.day))
      ? `day expected YYYY-MM-DD, got ${JSON.stringify(row.day)}`
      : rowProblem({ ...row, source });
    if (problem === undefined) return;
    throw new OhmymktError(
      "invalid_arguments",
      `row ${index + 1} (${row.metric.slice(0, 100)}, ${row.day}): ${problem}; no row of this part was stored`,
      {
        hint: "correct the row or leave it out, then import the file again: what is stored already is not stored twice",
      },
    );
  });
  return starts;
}

/** Rows with a higher number were recorded after this file was first read, so they know what it says. */
function seqBefore(sql: Sql, { sha256 }: ImportedFile): number {
  const first = sql.get<{ seq: number | null }>(`SELECT min(first_seq) - 1 AS seq FROM batch WHERE sha256 = ?`, sha256);
  return first?.seq ?? lastSeq(sql);
}

function wasRecorded(sql: Sql, { sha256, part = 0 }: ImportedFile): boolean {
  return sql.get(`SELECT 1 FROM batch WHERE sha256 = ? AND part = ? LIMIT 1`, sha256, part) !== undefined;
}

/** Every value of a series at one instant, in order of recording. */
function heldOn(sql: Sql, series: OpenSeries, observedAt: number): readonly Held[] {
  if (observedAt < series.low || observedAt > series.high) return NOTHING;
  return sql
    .all<{ value: number; final: number; seq: number }>(
      `SELECT value, final, seq FROM observation WHERE series = ? AND observed_at = ? AND value IS NOT NULL ORDER BY seq`,
      series.id,
      observedAt,
    )
    .map(({ value, final, seq }) => ({ value, final: final === 1, seq }));
}

const NOTHING: readonly Held[] = [];

function counting(held: readonly Held[]): Held | undefined {
  let best: Held | undefined;
  for (const one of held) if (best === undefined || replaces(one, best)) best = one;
  return best;
}

/**
 * Whether a row is no news: it says what counts now, or what counted when its file was first read, or was said after that
 * moment. So a file that is read again changes nothing, also when its days have become old enough to count as final since,
 * and a new file that returns to an older value does.
 */
function isKnown(
  held: readonly Held[],
  row: { value: number; final: boolean },
  { begun, isNew }: { begun: number; isNew: boolean },
): boolean {
  if (held.length === 0) return false;
  const says = (one: Held | undefined): boolean =>
    one !== undefined && one.value === row.value && (one.final || !row.final);
  return (
    says(counting(held)) ||
    says(counting(held.filter((one) => one.seq <= begun))) ||
    held.some((one) => one.seq > begun && (says(one) || (!isNew && one.value === row.value)))
  );
}
