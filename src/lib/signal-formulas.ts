import type { Signal } from "./metrics.ts";
import { FOUND_POSITION } from "./query-map.ts";

/** How a decision signal is computed from imported data: one value a day. */
export interface SignalFormula {
  /** What is counted, in plural. */
  counts: string;
  unit: "count" | "share";
  /** The source that the rows come from. */
  source: "gsc" | "ga4";
  /** The imported metric and the dimension that its rows must have, beside the day. */
  needs: { metric: string; dimension: string };
  says: string;
}

/** The formulas of the four decision signals, version 1. */
export const SIGNAL_FORMULAS: Readonly<Record<Signal, SignalFormula>> = {
  non_brand_visibility: {
    counts: "impressions",
    unit: "count",
    source: "gsc",
    needs: { metric: "impressions", dimension: "query" },
    says: "Σ impressions of queries that do not match measurement.brand_pattern. Where an export has no row for each day and query, the day's total × the share of non-brand impressions in the export's query table, marked as not final",
  },
  query_cluster_coverage: {
    counts: "of priority clusters",
    unit: "share",
    source: "gsc",
    needs: { metric: "position", dimension: "query" },
    says: `priority clusters of the query map with a query at position ${FOUND_POSITION} or better ÷ all priority clusters`,
  },
  high_intent_session: {
    counts: "sessions",
    unit: "count",
    source: "ga4",
    needs: { metric: "engaged_sessions", dimension: "landing_page" },
    says: "Σ engaged sessions whose landing page matches measurement.high_intent_pages",
  },
  conversion_assist: {
    counts: "key events",
    unit: "count",
    source: "ga4",
    needs: { metric: "key_events", dimension: "channel" },
    says: "Σ key events of sessions whose channel group is one of measurement.assist_channels",
  },
};
