import { normalHeader } from "./columns.ts";
import type { ExportFormat } from "./export-format.ts";
import { EARLIER_PERIOD, GSC_HEADERS } from "./gsc-headers.ts";
import { refusedFile } from "./import-error.ts";

const METRICS = ["clicks", "impressions", "ctr", "position"] as const;
/** Scripts that put no space between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Katakana}]/u;
/** `8/1/26 - 8/31/26 Clicks`, where both periods were chosen by hand; the later one stands first. */
const DATE_RANGE = /\d[/.-]\d/;
const FILTER_HEADERS: ReadonlySet<string> = new Set(GSC_HEADERS.filter);
/** Filters that choose which days or which search are shown; every other one changes what a total means. */
const PLAIN_FILTERS: ReadonlySet<string> = new Set([...GSC_HEADERS.date, ...GSC_HEADERS.searchType]);

/**
 * Google Search Console: the zip and the single files of the performance report, and tables of the API with a date column.
 * Totals come from the table of dates alone: rare queries are anonymised, so the sum over queries is smaller.
 */
export const GSC_FORMAT: ExportFormat = {
  name: "gsc",
  expects: "Search Console: Date or Top queries or Top pages …, Clicks, Impressions, CTR, Position",
  // Search Console's help: days are counted in Pacific time, and recent ones are preliminary for two to three days.
  timezone: "America/Los_Angeles",
  settlesAfter: 3,
  // Advertising exports have clicks and impressions as well, but no position.
  signature: [["clicks", "impressions", "position"]],
  needs: [["clicks"]],
  undated: "period",
  sections: false,
  // Search Console's help: the interface exports at most 1,000 rows of a table.
  rowLimit: 1000,
  columns: {
    date: GSC_HEADERS.date,
    scopes: {
      query: GSC_HEADERS.query,
      page: GSC_HEADERS.page,
      country: GSC_HEADERS.country,
      device: GSC_HEADERS.device,
      search_appearance: GSC_HEADERS.searchAppearance,
      search_type: GSC_HEADERS.searchType,
    },
    metrics: [
      { metric: "clicks", unit: "count", whole: true, least: 0, headers: GSC_HEADERS.clicks },
      { metric: "impressions", unit: "count", whole: true, least: 0, headers: GSC_HEADERS.impressions },
      { metric: "ctr", unit: "share", least: 0, most: 1, over: "impressions", headers: GSC_HEADERS.ctr },
      { metric: "position", unit: "position", least: 1, over: "impressions", headers: GSC_HEADERS.position },
    ],
    ignored: ["site_url", "property"],
  },
  singlePeriod(header) {
    return currentColumns(header);
  },
  filters(header, rows) {
    if (header.length !== 2 || !FILTER_HEADERS.has(normalHeader(header[0] ?? ""))) return undefined;
    return rows.map(([filter = "", value = ""]) =>
      PLAIN_FILTERS.has(normalHeader(filter))
        ? `exported with ${filter}: ${value}`
        : `filtered by ${filter}: ${value}; totals count only what passes this filter`,
    );
  },
};

/** In a comparison every metric stands twice, `Last 28 days Clicks` before `Previous 28 days Clicks`: the earlier period is renamed away. */
function currentColumns(header: readonly string[]): { header: string[]; previous: string[] } {
  const single = [...header];
  const previous: string[] = [];
  for (const metric of METRICS) {
    const aliases = GSC_HEADERS[metric];
    const found = header.flatMap((text, index) =>
      aliases.some((alias) => endsWith(text, alias)) ? [{ text, index }] : [],
    );
    const [first, second, ...more] = found;
    if (
      !first ||
      !second ||
      (!found.some(({ text }) => isEarlier(text)) && !found.every(({ text }) => DATE_RANGE.test(text)))
    )
      continue;
    if (more.length > 0) {
      throw refusedFile(
        "comparison export",
        `expected ${metric} for two periods, got ${found.map(({ text }) => JSON.stringify(text)).join(", ")}`,
        "export one period without a comparison",
      );
    }
    const swapped = isEarlier(first.text) && !isEarlier(second.text);
    const [current, earlier] = swapped ? [second, first] : [first, second];
    single[current.index] = metric;
    single[earlier.index] = "";
    previous.push(earlier.text);
  }
  return { header: single, previous };
}

function endsWith(header: string, alias: string): boolean {
  const text = normalHeader(header);
  return text === alias || text.endsWith(` ${alias}`) || (text.endsWith(alias) && UNSPACED.test(alias));
}

function isEarlier(header: string): boolean {
  return EARLIER_PERIOD.test(normalHeader(header));
}
