import { unparse } from "papaparse";
import {
  SAMPLE_CHANNELS,
  SAMPLE_QUERIES,
  SAMPLE_SHAPE,
  type SampleShape,
  sampleDays,
  sampleNoise,
} from "./sample-series.ts";
import { writeZip } from "./zip-writer.ts";

/** Exports of one small business over the same days, as file name → content. */
export interface SampleExports {
  /** Search Console's zip: dates, queries, pages, filters. */
  gscZip: Uint8Array;
  /** date × query, as the API gives it. */
  gscDaily: string;
  /** date × channel group. */
  ga4Channels: string;
  /** date × landing page. */
  ga4Pages: string;
}

interface SearchRow {
  day: string;
  query: string;
  page: string;
  clicks: number;
  impressions: number;
  position: number;
}

/** Click-through by position, the shape that published curves agree on: about 28 % first, 2 % tenth. */
const clickShare = (position: number): number => 0.28 / position ** 1.15;
/** Searches in rare queries that the lists of queries leave out. */
const ANONYMISED = 0.35;
const SITE = "https://fieldwise.example";

/** Writes sample exports; the same shape gives the same bytes. */
export function sampleExports(shape: Partial<SampleShape> = {}): SampleExports {
  const full = { ...SAMPLE_SHAPE, ...shape };
  const rows = searchRows(full);
  return { gscZip: gscZip(full, rows), gscDaily: gscDaily(rows), ...ga4Exports(full) };
}

function searchRows(shape: SampleShape): SearchRow[] {
  const noise = sampleNoise(shape.seed);
  return sampleDays(shape).flatMap(({ day, progress, week }) =>
    SAMPLE_QUERIES.map(({ query, page, impressions: base, position }) => {
      const impressions = noise(base * week * (1 + shape.visibilityGrowth * progress));
      const clicks = Math.min(impressions, noise(impressions * clickShare(position)));
      return { day, query, page: `${SITE}${page}`, clicks, impressions, position };
    }),
  );
}

function gscDaily(rows: readonly SearchRow[]): string {
  const header = ["date", "query", "page", "clicks", "impressions", "ctr", "position"];
  const data = rows.map(({ day, query, page, clicks, impressions, position }) => {
    const seen = impressions > 0;
    return [day, query, page, clicks, impressions, seen ? clicks / impressions : 0, seen ? position : 0];
  });
  return `${unparse([header, ...data], { newline: "\n" })}\n`;
}

function gscZip(shape: SampleShape, rows: readonly SearchRow[]): Uint8Array {
  const table = (header: string, keyOf: (row: SearchRow) => string, hidden: number): string => {
    const groups = Map.groupBy(rows, keyOf);
    const lines = [...groups].map(([key, group]) => {
      const sum = (pick: (row: SearchRow) => number): number => group.reduce((total, row) => total + pick(row), 0);
      const clicks = Math.round(sum((row) => row.clicks) * (1 + hidden));
      const impressions = Math.round(sum((row) => row.impressions) * (1 + hidden));
      const position =
        sum((row) => row.position * row.impressions) /
        Math.max(
          1,
          sum((row) => row.impressions),
        );
      return [key, clicks, impressions, percent(clicks, impressions), Number(position.toFixed(2))];
    });
    return csv([[header, "Clicks", "Impressions", "CTR", "Position"], ...lines]);
  };
  return writeZip([
    { name: "Queries.csv", text: table("Top queries", ({ query }) => query, 0), deflate: true },
    { name: "Pages.csv", text: table("Top pages", ({ page }) => page, ANONYMISED), deflate: true },
    { name: "Dates.csv", text: table("Date", ({ day }) => day, ANONYMISED), deflate: true },
    {
      name: "Filters.csv",
      text: csv([
        ["Filter", "Value"],
        ["Search type", "Web"],
        ["Date", `Last ${shape.days} days`],
      ]),
    },
  ]);
}

function ga4Exports(shape: SampleShape): Pick<SampleExports, "ga4Channels" | "ga4Pages"> {
  const noise = sampleNoise(shape.seed + 1);
  const days = sampleDays(shape);
  const measured = days.flatMap(({ day, progress, week }) =>
    SAMPLE_CHANNELS.map(({ channel, sessions: base, engaged, keyEvents }) => {
      const sessions = noise(
        base * week * (1 + (channel === "Organic Search" ? shape.visibilityGrowth * progress : 0)),
      );
      const key = noise(sessions * keyEvents * (1 + shape.qualityGrowth * progress));
      return ga4Row(day, channel, sessions, Math.min(sessions, noise(sessions * engaged)), key);
    }),
  );
  const pages = days.flatMap(({ day, progress, week }) =>
    [...new Set(SAMPLE_QUERIES.map(({ page }) => page)), "(not set)"].map((page) => {
      const sessions = noise((page === "(not set)" ? 3 : 90 * (1 + shape.qualityGrowth * progress)) * week);
      return ga4Row(day, page, sessions, Math.min(sessions, noise(sessions * 0.6)), noise(sessions * 0.02));
    }),
  );
  return {
    ga4Channels: ga4Csv(shape, "Session default channel group", measured),
    ga4Pages: ga4Csv(shape, "Landing page + query string", pages),
  };
}

function ga4Row(day: string, scope: string, sessions: number, engaged: number, keyEvents: number): (string | number)[] {
  const rate = sessions === 0 ? 0 : engaged / sessions;
  return [day.replaceAll("-", ""), scope, sessions, engaged, rate, sessions * 6, keyEvents, keyEvents * 49];
}

function ga4Csv(shape: SampleShape, dimension: string, rows: readonly (string | number)[][]): string {
  const days = sampleDays(shape);
  const compact = (at: number): string => (days.at(at)?.day ?? "").replaceAll("-", "");
  const header = [
    "Date",
    dimension,
    "Sessions",
    "Engaged sessions",
    "Engagement rate",
    "Event count",
    "Key events",
    "Total revenue",
  ];
  const sum = (column: number): number => rows.reduce((total, row) => total + Number(row[column]), 0);
  const total = ["", "", sum(2), sum(3), sum(2) === 0 ? 0 : sum(3) / sum(2), sum(5), sum(6), sum(7), "Grand total"];
  const comments = [
    "----------------------------------------",
    "Free form 1",
    "Account: Fieldwise",
    "Property: fieldwise.example",
  ];
  const lines = [
    ...comments,
    `Start date: ${compact(0)}`,
    `End date: ${compact(-1)}`,
    "----------------------------------------",
  ];
  return `${lines.map((line) => `# ${line}\n`).join("")}\n${csv([header, total, ...rows])}`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "0%" : `${Number(((100 * part) / whole).toFixed(2))}%`;
}

function csv(rows: readonly (string | number)[][]): string {
  return `${unparse([...rows], { newline: "\n" })}\n`;
}
