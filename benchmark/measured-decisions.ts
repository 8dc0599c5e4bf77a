import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_CONFIG, type Config } from "../src/config.ts";
import { importMetrics, importOptions } from "../src/features/measurement/import-metrics.ts";
import { collectReport } from "../src/features/reports/collect.ts";
import { writeGrowthReport } from "../src/features/reports/growth.ts";
import { runCycle } from "../src/features/governance/run-cycle.ts";
import { openStore } from "../src/store/open.ts";
import type { Transaction } from "../src/store/store.ts";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";
import { median, printBars, round } from "./support/figures.ts";

/** How long do a whole import, a cycle's decision and a report take while the observations grow to a million? */
const ROUNDS = Number(process.env["ROUNDS"] ?? 5);
const SIZES = [10_000, 100_000, 1_000_000];
const DAYS = 84;
const NOW = Date.parse("2026-10-20T18:00:00.000Z");
const CONFIG: Config = { ...DEFAULT_CONFIG, measurement: { ...DEFAULT_CONFIG.measurement, brand_pattern: "^q0 " } };

const table = [];
const bars = [];
for (const rows of SIZES) {
  using workspace = makeWorkspace();
  const { directory } = workspace;
  mkdirSync(join(directory, "exports"));
  await writeExport(join(directory, "exports/gsc.csv"), rows);
  const store = openStore({ directory, now: () => new Date(NOW) });
  const transact = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
    store.transaction({ actor: { host: "library" }, tool: "benchmark" }, work);
  const options = importOptions(
    { format: "csv", sourceName: "gsc", mapping: { query: "scope:query", impressions: "impressions" } },
    new Date(NOW).toISOString(),
    CONFIG,
  );
  const signal = new AbortController().signal;

  const began = performance.now();
  const file = await store.file("exports/gsc.csv");
  const { outcome } = await importMetrics(file, options, CONFIG, { dryRun: false, signal, transact });
  const importMs = performance.now() - began;
  if (outcome?.stored !== rows) throw new Error(`expected ${rows} rows stored, got ${outcome?.stored}`);

  const cycle = await times((n) =>
    transact((tx) => runCycle(tx, { id: `weekly-${n}`, cadence: "weekly", actions: [] }, { host: "library" }, CONFIG)),
  );
  const collect = await times(() => transact((tx) => collectReport(tx, { window: "90d", requires: [] }, CONFIG)));
  const report = await times((n) => writeGrowthReport(transact, { id: `r${n}`, window: "90d", requires: [] }, CONFIG));
  await store.close();
  const rate = (rows / importMs) * 1000;
  table.push({
    rows,
    "import rows/s": round(rate),
    "cycle's decision ms": round(cycle),
    "90-day report, facts ms": round(collect),
    "90-day report, written ms": round(report),
  });
  if (rows === SIZES.at(-1))
    bars.push(
      { what: "import of a million rows, read, stored and derived, rows/s", figure: rate, least: 100_000 },
      { what: "a cycle's decision at a million rows, ms", figure: cycle, most: 100 },
      { what: "a 90-day report at a million rows, Markdown, page and JSON, ms", figure: report, most: 300 },
    );
}
console.log(`one date × query export of ${DAYS} days, impressions; median of ${ROUNDS} after a first run`);
console.table(table);
printBars(bars);

/** Impressions of as many queries as it takes, day by day. */
async function writeExport(path: string, rows: number): Promise<void> {
  const writer = Bun.file(path).writer();
  void writer.write("date,query,impressions\n");
  const queries = Math.ceil(rows / DAYS);
  let left = rows;
  for (let day = 0; day < DAYS; day += 1) {
    const date = new Date(NOW - (DAYS + 1 - day) * 86_400_000).toISOString().slice(0, 10);
    for (let query = 0; query < queries && left > 0; query += 1, left -= 1)
      void writer.write(`${date},q${query} software,${10 + ((query * 7 + day * 3) % 50)}\n`);
  }
  await writer.end();
}

async function times(work: (n: number) => Promise<unknown>): Promise<number> {
  await work(0);
  const spent: number[] = [];
  for (let n = 1; n <= ROUNDS; n += 1) {
    const before = performance.now();
    await work(n);
    spent.push(performance.now() - before);
  }
  return median(spent);
}
