import { OhmymktError } from "../../../errors.ts";
import { observationId } from "../../../lib/observation-ids.ts";
import { type NewObservation, type Observation, rowProblem } from "../../../lib/observations.ts";
import { withoutNulls } from "../context.ts";
import { instant } from "../ledger.ts";
import { OpenBatch } from "./batch.ts";
import { batchName, type ObservationContext } from "./context.ts";
import { SeriesTable } from "./series.ts";

/** Records statements by hand as one batch. */
export function appendObservations(context: ObservationContext, given: readonly NewObservation[]): Observation[] {
  const checked = given.map((row, index) => {
    const problem = rowProblem(row);
    if (problem !== undefined)
      throw new OhmymktError("invalid_arguments", `observation ${index + 1}: ${problem}; nothing was stored`, {
        hint: "repeat the call with this observation corrected",
      });
    return { ...row, observed_at: instant(row.observed_at) };
  });
  if (checked.length === 0) return [];
  const batch = new OpenBatch(context);
  const table = new SeriesTable(context.sql);
  const stored = checked.map((row) => {
    const { track, metric, scope = "", source, unit = "", final = true } = row;
    const series = table.open({ track, metric, scope, source, unit });
    const observedAt = Date.parse(row.observed_at);
    const seq = batch.add(series, { observedAt, value: row.value ?? null, trend: row.trend ?? null, final });
    return {
      id: observationId({ series: series.id, observedAt, seq }),
      track,
      metric,
      source,
      observed_at: row.observed_at,
      ...withoutNulls({
        scope: scope === "" ? null : scope,
        value: row.value ?? null,
        trend: row.trend ?? null,
        unit: unit === "" ? null : unit,
        final: final ? null : false,
      }),
      batch: batchName(batch.id),
      recorded_at: context.now,
      actor: context.cause.actor,
    };
  });
  batch.endStated();
  return stored;
}
