import type { Observations } from "../observations.ts";
import { appendObservations } from "./observations/append.ts";
import { lastSeq } from "./observations/batch.ts";
import type { ObservationContext } from "./observations/context.ts";
import { importBatch } from "./observations/import.ts";
import { getObservation, listImports, listObservations } from "./observations/list.ts";
import { eachDay, measuredSeries, sumDays } from "./observations/read.ts";
import { eachScope } from "./observations/series.ts";
import { verifyObservations } from "./observations/verify.ts";

export function createObservations(context: ObservationContext): Observations {
  const { sql } = context;
  return {
    append: async (observations) => appendObservations(context, observations),
    importBatch: async (file, rows) => importBatch(context, file, rows),
    list: async (filter) => listObservations(sql, filter),
    get: async (id) => getObservation(sql, id),
    series: async (filter) => measuredSeries(sql, filter),
    days: async (filter) => sumDays(sql, filter),
    each: async (filter, visit) => eachDay(sql, filter, visit),
    eachScope: async (filter, visit) => eachScope(sql, filter, visit),
    imports: async (filter = {}) => listImports(sql, filter),
    lastSeq: async () => lastSeq(sql),
    verify: async () => verifyObservations(context),
  };
}
