import type { ExportFormat } from "./export-format.ts";

/** Bing Webmaster Tools: search performance, keywords and pages, and the report on citations in answers (AI Performance). */
export const BING_FORMAT: ExportFormat = {
  name: "bing",
  expects:
    "Bing Webmaster Tools: Date or Keyword or Page, Impressions, Clicks, CTR, Avg. position; or Grounding Query or Page, Citations",
  // Bing states no such limit; its figures are treated as Google's are.
  settlesAfter: 3,
  signature: [["impressions", "clicks", "position"], ["citations"]],
  needs: [["clicks"], ["citations"]],
  undated: "period",
  sections: false,
  columns: {
    date: ["date"],
    scopes: {
      query: ["keyword", "keywords", "query", "search keyword"],
      page: ["page", "pages", "url", "cited page", "cited pages url"],
      grounding_query: ["grounding query", "grounding queries"],
      intent: ["intent"],
      topic: ["topic"],
    },
    metrics: [
      { metric: "impressions", unit: "count", whole: true, least: 0, headers: ["impressions"] },
      { metric: "clicks", unit: "count", whole: true, least: 0, headers: ["clicks"] },
      { metric: "ctr", unit: "share", least: 0, most: 1, over: "impressions", headers: ["ctr", "avg. ctr"] },
      {
        metric: "position",
        unit: "position",
        least: 1,
        over: "impressions",
        headers: ["avg. position", "avg position", "avg. search position"],
      },
      { metric: "citations", unit: "count", whole: true, least: 0, headers: ["citations", "total citations"] },
      {
        metric: "cited_pages",
        unit: "count",
        least: 0,
        headers: ["cited pages", "average cited pages", "avg. cited pages", "unique cited pages"],
      },
      { metric: "citation_share", unit: "share", least: 0, most: 1, headers: ["citation share"] },
    ],
    ignored: ["avg. click position", "avg. impression position"],
  },
};
