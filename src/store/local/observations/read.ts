import { DAY_MS, dayStart } from "../../../lib/days.ts";
import { OhmymktError } from "../../../errors.ts";
import { observationId } from "../../../lib/observation-ids.ts";
import { replaces } from "../../../lib/observations.ts";
import type { MeasuredDay, MeasuredPoint, MeasuredSeries, ScopedFilter, SeriesFilter } from "../../observations.ts";
import { eachInTurns, mapInTurns } from "../loop-turns.ts";
import type { Sql } from "../sql.ts";
import { seriesOf, type StoredSeries } from "./series.ts";

interface StoredPoint {
  observed_at: number;
  seq: number;
  value: number;
  final: number;
}

/** The part of a series that a filter asks for: bounds in epoch ms, the upper one exclusive. */
interface Span {
  from: number;
  to: number;
  asOf: number;
}

export async function measuredSeries(sql: Sql, filter: SeriesFilter): Promise<MeasuredSeries[]> {
  const span = spanOf(filter);
  const oldIds = oldIdsOf(sql);
  const measured = await mapInTurns(seriesOf(sql, filter), (series): MeasuredSeries => {
    const points = counted(sql, series, span).map((row) => toPoint(series, row, oldIds));
    const { id: _, unit, ...name } = series;
    return { ...name, ...(unit === "" ? {} : { unit }), points };
  });
  return measured.filter(({ points }) => points.length > 0);
}

/** Streams the values that count to `visit`; how many there were. */
export async function eachDay(sql: Sql, filter: ScopedFilter, visit: (row: MeasuredDay) => void): Promise<number> {
  const span = spanOf(filter);
  const { matches = () => true } = filter;
  let count = 0;
  await eachInTurns(seriesOf(sql, filter), (series) => {
    if (!matches(series.scope)) return;
    const { scope, source } = series;
    for (const { observed_at, value, final } of counted(sql, series, span)) {
      visit({ scope, source, day: dayOf(observed_at), value, final: final === 1 });
      count += 1;
    }
  });
  return count;
}

/** Sums over scopes, in order of days. */
export async function sumDays(
  sql: Sql,
  filter: ScopedFilter,
): Promise<{ day: string; value: number; scopes: number }[]> {
  const sums = new Map<string, { day: string; value: number; scopes: number }>();
  await eachDay(sql, filter, ({ day, value }) => {
    const sum = sums.get(day);
    if (sum === undefined) sums.set(day, { day, value, scopes: 1 });
    else {
      sum.value += value;
      sum.scopes += 1;
    }
  });
  return [...sums.values()].toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

/** One row a day: the one that counts. */
function counted(sql: Sql, { id }: StoredSeries, { from, to, asOf }: Span): StoredPoint[] {
  const rows = sql.all<StoredPoint>(
    `SELECT observed_at, seq, value, final FROM observation
     WHERE series = ? AND observed_at >= ? AND observed_at < ? AND value IS NOT NULL AND seq <= ? ORDER BY observed_at, seq`,
    id,
    from,
    to,
    asOf,
  );
  const kept: StoredPoint[] = [];
  for (const row of rows) {
    const held = kept.at(-1);
    if (held === undefined || dayNumber(held) !== dayNumber(row)) kept.push(row);
    else if (replaces({ final: row.final === 1 }, { final: held.final === 1 })) kept[kept.length - 1] = row;
  }
  return kept;
}

function dayNumber({ observed_at }: StoredPoint): number {
  return Math.floor(observed_at / DAY_MS);
}

function toPoint({ id }: StoredSeries, row: StoredPoint, oldIds: ReadonlyMap<number, string>): MeasuredPoint {
  const { observed_at, seq, value, final } = row;
  return {
    day: dayOf(observed_at),
    value,
    final: final === 1,
    observation: oldIds.get(seq) ?? observationId({ series: id, observedAt: observed_at, seq }),
  };
}

function dayOf(observedAt: number): string {
  return new Date(observedAt).toISOString().slice(0, 10);
}

function spanOf({ from, to, asOf }: SeriesFilter): Span {
  return { from: boundary(from), to: boundary(to) + DAY_MS, asOf: asOf ?? Number.MAX_SAFE_INTEGER };
}

function boundary(day: string): number {
  const start = dayStart(day);
  if (!Number.isNaN(start)) return start;
  throw new OhmymktError("invalid_arguments", `expected a day such as 2026-02-01, got ${JSON.stringify(day)}`, {
    hint: "repeat the call with days as YYYY-MM-DD",
  });
}

/** Ids that an older version gave out, by sequence number; few, and none in a newer project. */
function oldIdsOf(sql: Sql): ReadonlyMap<number, string> {
  const rows = sql.all<{ seq: number; id: string }>(`SELECT seq, id FROM old_observation_id`);
  return new Map(rows.map(({ seq, id }) => [seq, id]));
}
