import { z } from "zod";
import { defineDocument } from "./documents.ts";

export const TRENDS = ["up", "down", "flat", "unknown"] as const;
export type Trend = (typeof TRENDS)[number];

/** The four decision signals: their track, and the modules that a failing signal points at. */
export const SIGNALS = {
  non_brand_visibility: { track: "visibility_track", modules: ["onpage_optimization", "authority_growth"] },
  query_cluster_coverage: { track: "visibility_track", modules: ["intent_operations", "content_system"] },
  high_intent_session: { track: "quality_track", modules: ["technical_foundation", "internal_link_graph"] },
  conversion_assist: { track: "quality_track", modules: ["content_system", "aeo_answer_layer"] },
} as const;
export type Signal = keyof typeof SIGNALS;
export const SIGNAL_NAMES = [
  "non_brand_visibility",
  "query_cluster_coverage",
  "high_intent_session",
  "conversion_assist",
] as const satisfies Signal[];

/** The module whose owner measures a signal that nobody knows. */
export const MEASURING_MODULE = "experiment_engine";

export const TRACKS = ["visibility_track", "quality_track"] as const;
export type Track = (typeof TRACKS)[number];

const TrendValue = z.enum(TRENDS);

/** metrics.json: the trend of each decision signal as last computed; the observations behind it are in the database. */
export const Metrics = z.strictObject({
  schema_version: z.literal(1),
  visibility_track: z.strictObject({
    non_brand_visibility_trend: TrendValue,
    query_cluster_coverage_trend: TrendValue,
  }),
  quality_track: z.strictObject({ high_intent_session_trend: TrendValue, conversion_assist_trend: TrendValue }),
});
export type Metrics = z.infer<typeof Metrics>;

export const METRICS_DOCUMENT = defineDocument({ name: "metrics", path: "state/metrics.json", schema: Metrics });

/** metrics.json with these readings; a signal that is not among them is `unknown`. */
export function metricsDocument(readings: readonly { signal: Signal; trend: Trend }[]): Metrics {
  const trend = (signal: Signal): Trend => readings.find((reading) => reading.signal === signal)?.trend ?? "unknown";
  return {
    schema_version: 1,
    visibility_track: {
      non_brand_visibility_trend: trend("non_brand_visibility"),
      query_cluster_coverage_trend: trend("query_cluster_coverage"),
    },
    quality_track: {
      high_intent_session_trend: trend("high_intent_session"),
      conversion_assist_trend: trend("conversion_assist"),
    },
  };
}

/** The trends that metrics.json states. */
export function statedTrends({ visibility_track, quality_track }: Metrics): Record<Signal, Trend> {
  return {
    non_brand_visibility: visibility_track.non_brand_visibility_trend,
    query_cluster_coverage: visibility_track.query_cluster_coverage_trend,
    high_intent_session: quality_track.high_intent_session_trend,
    conversion_assist: quality_track.conversion_assist_trend,
  };
}
