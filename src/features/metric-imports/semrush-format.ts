import { headerList } from "./columns.ts";
import type { ExportFormat } from "./export-format.ts";

/** Semrush: organic positions; each row says when it was seen. */
export const SEMRUSH_FORMAT: ExportFormat = {
  name: "semrush",
  expects: "Semrush positions: Keyword, Position, Search Volume, Traffic, Timestamp",
  timezone: "UTC",
  settlesAfter: 0,
  signature: [["scope:query", "position", "volume", "traffic"]],
  needs: [["scope:query", "position"]],
  undated: "snapshot",
  sections: false,
  columns: {
    date: ["timestamp"],
    scopes: { query: ["keyword"] },
    metrics: [
      { metric: "position", unit: "position", least: 1, headers: ["position"] },
      { metric: "volume", unit: "count", least: 0, headers: ["search volume"] },
      { metric: "traffic", unit: "count", least: 0, headers: ["traffic"] },
      { metric: "traffic_share", unit: "share", least: 0, most: 1, headers: ["traffic (%)"] },
      { metric: "keyword_difficulty", unit: "score", least: 0, most: 100, headers: ["keyword difficulty"] },
    ],
    ignored: headerList(`
      previous position | cpc | url | traffic cost | competition | number of results | trends |
      serp features by keyword | keyword intents | position type
    `),
  },
};
