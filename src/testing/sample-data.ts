import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sampleExports } from "../features/metric-imports/testing/sample-exports.ts";
import type { SampleShape } from "../features/metric-imports/testing/sample-series.ts";
import { dayAfter } from "../lib/days.ts";

const DAYS = 84;
/** Search Console's newest days are not there yet. */
const LAG_DAYS = 3;

const QUERY_MAP = `query,cluster,priority,owner,url
field service software,software,yes,intent-ops,/
job scheduling app,scheduling,yes,intent-ops,/scheduling
dispatch board template,dispatch,yes,content-ops,/blog/dispatch-board
"what is a ""service level agreement""",service levels,yes,content-ops,/blog/sla-guide
technician route planner,routing,yes,intent-ops,/routing
"work order software, small business",work orders,no,intent-ops,/work-orders
`;
const CONFIG = {
  measurement: { brand_pattern: "fieldwise", high_intent_pages: "^/(pricing|scheduling|routing|work-orders)" },
};

/** Writes 84 days of exports of one small business that end three days before `now`, its query map and settings, into a project; the paths of the exports. */
export function writeSampleData(directory: string, now: string, shape: Partial<SampleShape> = {}): string[] {
  const samples = sampleExports({ from: dayAfter(now, -DAYS - LAG_DAYS), days: DAYS, ...shape });
  const exports = {
    "exports/search-console.csv": samples.gscDaily,
    "exports/search-console.zip": samples.gscZip,
    "exports/ga4-channels.csv": samples.ga4Channels,
    "exports/ga4-landing-pages.csv": samples.ga4Pages,
  };
  const all: Record<string, string | Uint8Array> = {
    ...exports,
    ".ohmymkt/research/query-map.csv": QUERY_MAP,
    ".ohmymkt/config.json": `${JSON.stringify(CONFIG, null, 2)}\n`,
  };
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  return Object.keys(exports);
}
