import { isExists } from "date-fns";
import { headerList, type MetricColumn, normalHeader } from "./columns.ts";
import type { ExportFormat, Period } from "./export-format.ts";

const COUNT = { unit: "count", least: 0 } as const;
const SHARE = { unit: "share", least: 0, most: 1 } as const;
const SECONDS = { unit: "seconds", least: 0 } as const;

/** Metrics by the API's own names; conversions are fractions where attribution splits them. */
const METRICS: readonly MetricColumn[] = [
  { metric: "sessions", ...COUNT, whole: true, headers: ["sessions"] },
  { metric: "engaged_sessions", ...COUNT, whole: true, headers: ["engaged sessions"] },
  { metric: "engagement_rate", ...SHARE, over: "sessions", headers: ["engagement rate"] },
  { metric: "bounce_rate", ...SHARE, over: "sessions", headers: ["bounce rate"] },
  { metric: "active_users", ...COUNT, whole: true, headers: ["active users", "users"] },
  { metric: "total_users", ...COUNT, whole: true, headers: ["total users"] },
  { metric: "new_users", ...COUNT, whole: true, headers: ["new users"] },
  { metric: "returning_users", ...COUNT, whole: true, headers: ["returning users"] },
  { metric: "views", ...COUNT, whole: true, headers: ["views", "screen page views"] },
  { metric: "event_count", ...COUNT, whole: true, headers: ["event count"] },
  { metric: "key_events", ...COUNT, headers: ["key events", "conversions"] },
  {
    metric: "session_key_event_rate",
    ...SHARE,
    over: "sessions",
    headers: ["session key event rate", "session conversion rate"],
  },
  { metric: "user_key_event_rate", ...SHARE, headers: ["user key event rate", "user conversion rate"] },
  { metric: "total_revenue", unit: "money", headers: ["total revenue"] },
  { metric: "purchase_revenue", unit: "money", headers: ["purchase revenue"] },
  { metric: "transactions", ...COUNT, headers: ["transactions", "ecommerce purchases"] },
  {
    metric: "engagement_seconds_per_session",
    ...SECONDS,
    over: "sessions",
    headers: ["average engagement time per session"],
  },
  {
    metric: "engagement_seconds_per_user",
    ...SECONDS,
    headers: ["average engagement time per active user", "average engagement time"],
  },
  { metric: "events_per_session", ...COUNT, over: "sessions", headers: ["events per session"] },
  { metric: "views_per_user", ...COUNT, headers: ["views per active user", "views per user"] },
];

const DIMENSIONS = {
  channel: headerList(`
      session default channel group | default channel group | first user default channel group |
      session primary channel group (default channel group) |
      first user primary channel group (default channel group)
    `),
  landing_page: ["landing page + query string", "landing page"],
  page: ["page path and screen class", "page path", "page path + query string", "page location"],
  page_title: ["page title and screen class", "page title", "page title and screen name"],
  source_medium: ["session source / medium", "first user source / medium", "source / medium"],
  source: ["session source", "first user source", "source"],
  medium: ["session medium", "first user medium", "medium"],
  campaign: ["session campaign", "first user campaign", "campaign"],
  event: ["event name"],
  country: ["country"],
  region: ["region"],
  city: ["city"],
  language: ["language"],
  device: ["device category", "device"],
  hostname: ["hostname"],
};

/** Dimensions of time other than Date: they number the days of a report, or are longer or shorter than a day. */
const NO_DAY =
  /^(?:nth )?(?:day|week|month|year|hour|minute)$|^day of week|^week of|^iso |^year (?:month|week)$|^date \+ hour/;

/** Google Analytics 4: the CSV of a report or an exploration, with its comment lines and its several tables. */
export const GA4_FORMAT: ExportFormat = {
  name: "ga4",
  expects:
    "Google Analytics 4: Date or Session default channel group or Landing page …, Sessions, Engaged sessions, Key events, Total revenue",
  // Analytics help, data freshness: reports may change for up to 48 hours.
  settlesAfter: 2,
  signature: [["engaged_sessions"], ["key_events"], ["event_count"], ["engagement_rate"]],
  needs: [["sessions"], ["engaged_sessions"], ["key_events"], ["event_count"], ["active_users"], ["views"]],
  undated: "period",
  sections: true,
  columns: { date: ["date"], scopes: DIMENSIONS, metrics: METRICS, ignored: ["events per active user"] },
  period: statedPeriod,
  caveats: (comments) => comments.filter((line) => /sampl|threshold|cardinality|\bbased on \d/i.test(line)),
  refusal(header) {
    const coarse = header.find((text) => NO_DAY.test(normalHeader(text)));
    return coarse === undefined
      ? undefined
      : `${JSON.stringify(coarse)} does not name a calendar day: use the dimension Date instead and export again`;
  },
  isTotal(cells) {
    return cells[0] === "Grand total" || cells.at(-1) === "Grand total";
  },
};

function statedPeriod(comments: readonly string[]): Period | undefined {
  const stated = (name: string): string | undefined => {
    const line = comments.find((one) => one.toLowerCase().startsWith(`${name} date:`)) ?? "";
    const [, year = "", month = "", day = ""] = /(\d{4})-?(\d{2})-?(\d{2})\s*$/.exec(line) ?? [];
    return isExists(Number(year), Number(month) - 1, Number(day)) && year !== ""
      ? `${year}-${month}-${day}`
      : undefined;
  };
  const from = stated("start");
  const to = stated("end");
  return from !== undefined && to !== undefined && from <= to ? { from, to } : undefined;
}
