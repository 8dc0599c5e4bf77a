import { seriesText, type SeriesName } from "../../../lib/observation-hash.ts";
import type { ScopeFilter } from "../../observations.ts";
import { eachInTurns } from "../loop-turns.ts";
import type { Sql } from "../sql.ts";
import { prefixEnd, Where } from "../where.ts";

/**
 * A series on its way to be written to. Its observations lie between `low` and `high`, epoch ms; of one that was there
 * before only the upper bound is looked up, because files go on where the last one ended.
 */
export interface OpenSeries {
  id: number;
  /** What the row hashes know it by. */
  text: string;
  low: number;
  high: number;
}

export interface StoredSeries extends SeriesName {
  id: number;
}

const FIND = `SELECT id,
  (SELECT observed_at FROM observation WHERE series = id ORDER BY observed_at DESC LIMIT 1) AS high
  FROM series WHERE metric = ? AND scope = ? AND source = ? AND track = ? AND unit = ?`;

/** The series of one call, looked up or made once each. */
export class SeriesTable {
  readonly #sql: Sql;
  /** By scope within the other words, because those hardly change from row to row. */
  readonly #known = new Map<string, Map<string, OpenSeries>>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  open(name: SeriesName): OpenSeries {
    const rest = `${name.metric}\0${name.source}\0${name.track}\0${name.unit}`;
    const scopes = this.#known.get(rest) ?? new Map<string, OpenSeries>();
    if (scopes.size === 0) this.#known.set(rest, scopes);
    const known = scopes.get(name.scope);
    if (known !== undefined) return known;
    const series = this.#find(name) ?? this.#make(name);
    scopes.set(name.scope, series);
    return series;
  }

  #find(name: SeriesName): OpenSeries | undefined {
    const found = this.#sql.get<{ id: number; high: number | null }>(FIND, ...words(name));
    if (found === undefined) return undefined;
    return { id: found.id, text: seriesText(name), low: -Infinity, high: found.high ?? -Infinity };
  }

  #make(name: SeriesName): OpenSeries {
    const made = this.#sql.get<{ id: number }>(
      `INSERT INTO series(metric, scope, source, track, unit) VALUES(?,?,?,?,?) RETURNING id`,
      ...words(name),
    );
    return { id: made?.id ?? 0, text: seriesText(name), low: Infinity, high: -Infinity };
  }
}

function words({ metric, scope, source, track, unit }: SeriesName): string[] {
  return [metric, scope, source, track, unit];
}

/** The series of a filter, in order of their names. */
export function* seriesOf(sql: Sql, filter: ScopeFilter): Generator<StoredSeries> {
  const where = scopeConditions(filter);
  yield* sql.each<StoredSeries>(
    `SELECT id, metric, scope, source, track, unit FROM series ${where.text} ORDER BY metric, scope, source, track, unit`,
    ...where.params,
  );
}

export async function eachScope(sql: Sql, filter: ScopeFilter, visit: (scope: string) => void): Promise<void> {
  const where = scopeConditions(filter);
  await eachInTurns(
    sql.each<{ scope: string }>(`SELECT DISTINCT scope FROM series ${where.text} ORDER BY scope`, ...where.params),
    ({ scope }) => visit(scope),
  );
}

function scopeConditions({ metric, scope, scopePrefix, source }: ScopeFilter): Where {
  const where = new Where();
  where.equal("metric", metric);
  where.equal("scope", scope);
  if (scopePrefix !== undefined) where.and("scope >= ? AND scope < ?", scopePrefix, prefixEnd(scopePrefix));
  where.equal("source", source);
  return where;
}
