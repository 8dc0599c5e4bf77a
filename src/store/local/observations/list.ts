import { observationId, parseObservationId } from "../../../lib/observation-ids.ts";
import type { Observation } from "../../../lib/observations.ts";
import type { ImportRecord, ObservationFilter } from "../../observations.ts";
import { withoutNulls } from "../context.ts";
import { instant } from "../ledger.ts";
import type { Sql } from "../sql.ts";
import { page, Where } from "../where.ts";
import { batchName } from "./context.ts";

interface Stored {
  track: string;
  metric: string;
  scope: string;
  source: string;
  unit: string;
  series: number;
  observed_at: number;
  seq: number;
  value: number | null;
  trend: Observation["trend"] | null;
  final: number;
  batch: number;
  recorded_at: number;
  actor: string;
  old_id: string | null;
}

/** From the series to their rows, never the other way: only the series have indexes that a filter can use. */
const SELECT = `SELECT s.track, s.metric, s.scope, s.source, s.unit, o.series, o.observed_at, o.seq, o.value, o.trend, o.final, o.batch,
  b.recorded_at, b.actor, old.id AS old_id
  FROM series AS s CROSS JOIN observation AS o ON o.series = s.id CROSS JOIN batch AS b ON b.id = o.batch
  LEFT JOIN old_observation_id AS old ON old.seq = o.seq`;

export function listObservations(sql: Sql, filter: ObservationFilter): Observation[] {
  const where = new Where();
  // Written out for the whole property, so that the index of such series is used.
  if ((filter.scope ?? "") === "") where.and("s.scope = ''");
  else where.equal("s.scope", filter.scope);
  where.equal("s.metric", filter.metric);
  where.equal("s.source", filter.source);
  where.equal("s.track", filter.track);
  if (filter.from !== undefined) where.and("o.observed_at >= ?", Date.parse(instant(filter.from)));
  if (filter.to !== undefined) where.and("o.observed_at <= ?", Date.parse(instant(filter.to)));
  if (filter.asOf !== undefined) where.and("o.seq <= ?", filter.asOf);
  const [limit] = page(filter);
  return sql
    .all<Stored>(`${SELECT} ${where.text} ORDER BY o.observed_at, o.seq LIMIT ?`, ...where.params, limit)
    .map(fromStored);
}

export function getObservation(sql: Sql, id: string): Observation | undefined {
  const key =
    sql.get<{ series: number; observedAt: number; seq: number }>(
      `SELECT series, observed_at AS observedAt, seq FROM old_observation_id WHERE id = ?`,
      id,
    ) ?? parseObservationId(id);
  if (key === undefined) return undefined;
  const row = sql.get<Stored>(
    `${SELECT} WHERE s.id = ? AND o.observed_at = ? AND o.seq = ?`,
    key.series,
    key.observedAt,
    key.seq,
  );
  return row && fromStored(row);
}

function fromStored(row: Stored): Observation {
  const { series, seq, old_id, scope, unit, final, batch, observed_at, recorded_at, actor, ...rest } = row;
  return {
    id: old_id ?? observationId({ series, observedAt: observed_at, seq }),
    ...withoutNulls(rest),
    ...(scope === "" ? {} : { scope }),
    ...(unit === "" ? {} : { unit }),
    ...(final === 1 ? {} : { final: false }),
    batch: batchName(batch),
    observed_at: new Date(observed_at).toISOString(),
    recorded_at: new Date(recorded_at).toISOString(),
    actor: JSON.parse(actor) as Observation["actor"],
  };
}

type StoredImport = Omit<ImportRecord, "timezone" | "started_at" | "finished_at"> & {
  timezone: string | null;
  started_at: number;
  finished_at: number;
};

export function listImports(
  sql: Sql,
  { from, limit }: { from?: string | undefined; limit?: number | undefined },
): ImportRecord[] {
  const [most] = page({ limit });
  return sql
    .all<StoredImport>(
      `SELECT min(file) AS file, sha256, format, source, min(timezone) AS timezone, min(recorded_at) AS started_at, max(recorded_at) AS finished_at,
         count(DISTINCT part) AS parts, sum(rows) AS rows, sum(stored) AS stored, sum(known) AS known, sum(revised) AS revised,
         min(first_seq) AS first_seq, max(last_seq) AS last_seq
       FROM batch WHERE sha256 IS NOT NULL GROUP BY sha256, format, source
       HAVING max(recorded_at) >= ? ORDER BY max(id) DESC LIMIT ?`,
      from === undefined ? 0 : Date.parse(instant(from)),
      most,
    )
    .map((row) => ({
      ...withoutNulls(row),
      started_at: new Date(row.started_at).toISOString(),
      finished_at: new Date(row.finished_at).toISOString(),
    }));
}
