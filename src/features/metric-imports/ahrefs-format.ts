import { headerList } from "./columns.ts";
import type { ExportFormat } from "./export-format.ts";

/** Ahrefs: organic keywords, as tab-separated UTF-16 with a mark or as UTF-8. */
export const AHREFS_FORMAT: ExportFormat = {
  name: "ahrefs",
  expects: "Ahrefs organic keywords: Keyword, Volume, Current position, Current organic traffic",
  timezone: "UTC",
  settlesAfter: 0,
  signature: [["scope:query", "position", "volume", "traffic"]],
  needs: [["scope:query", "position"]],
  undated: "snapshot",
  sections: false,
  columns: {
    date: ["current date", "date", "last update", "updated"],
    scopes: { query: ["keyword"], country: ["country", "country code"], location: ["location"] },
    metrics: [
      { metric: "position", unit: "position", least: 1, headers: ["current position", "position"] },
      { metric: "volume", unit: "count", least: 0, headers: ["volume"] },
      {
        metric: "traffic",
        unit: "count",
        least: 0,
        headers: ["current organic traffic", "organic traffic", "traffic"],
      },
      {
        metric: "keyword_difficulty",
        unit: "score",
        least: 0,
        most: 100,
        headers: ["kd", "difficulty", "keyword difficulty"],
      },
    ],
    ignored: headerList(`
      # | cpc | cps | serp features | parent keyword | parent topic | entities | branded | local |
      navigational | informational | commercial | transactional | previous date | previous position |
      previous organic traffic | position change | organic traffic change | traffic change | current url |
      previous url | current url inside | previous url inside | url | url inside | languages | language |
      position history | first seen | intents
    `),
  },
};
