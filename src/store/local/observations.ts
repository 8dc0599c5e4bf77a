import type { Observation } from "../../lib/observations.ts";
import type { Observations } from "../store.ts";
import { type Context, withoutNulls } from "./context.ts";
import { instant } from "./ledger.ts";
import { Where } from "./where.ts";

interface Stored {
  id: string;
  track: string;
  metric: string;
  value: number | null;
  trend: "up" | "down" | "flat" | null;
  unit: string | null;
  source: string;
  observed_at: number;
  recorded_at: number;
  actor: string;
}

export function createObservations(context: Context): Observations {
  const { sql } = context;
  return {
    append: async (observations) => observations.map((observation) => append(context, observation)),
    list: async (filter) => {
      const where = new Where();
      where.equal("metric", filter.metric);
      where.equal("track", filter.track);
      if (filter.from !== undefined) where.and("observed_at >= ?", Date.parse(instant(filter.from)));
      if (filter.to !== undefined) where.and("observed_at <= ?", Date.parse(instant(filter.to)));
      return sql
        .all<Stored>(
          `SELECT id, track, metric, value, trend, unit, source, observed_at, recorded_at, actor FROM observation ${where.text} ORDER BY observed_at, seq`,
          ...where.params,
        )
        .map(fromStored);
    },
  };
}

function append(
  { sql, cause, now, nowMs, randomId }: Context,
  given: Omit<Observation, "id" | "recorded_at" | "actor">,
): Observation {
  const observed = instant(given.observed_at);
  const id = `obs-${randomId()}`;
  sql.run(
    `INSERT INTO observation(metric, observed_at, seq, id, track, value, trend, unit, source, recorded_at, actor)
     VALUES(?,?,(SELECT coalesce(max(seq), 0) + 1 FROM observation),?,?,?,?,?,?,?,?)`,
    given.metric,
    Date.parse(observed),
    id,
    given.track,
    given.value ?? null,
    given.trend ?? null,
    given.unit ?? null,
    given.source,
    nowMs,
    JSON.stringify(cause.actor),
  );
  return { ...given, id, observed_at: observed, recorded_at: now, actor: cause.actor };
}

function fromStored(row: Stored): Observation {
  return {
    ...withoutNulls(row),
    observed_at: new Date(row.observed_at).toISOString(),
    recorded_at: new Date(row.recorded_at).toISOString(),
    actor: JSON.parse(row.actor) as Observation["actor"],
  };
}
