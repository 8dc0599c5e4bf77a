import { join } from "node:path";
import { readExport } from "../src/features/metric-imports/export-reader.ts";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";
import { diskSource, writeDailyQueries } from "./support/exports.ts";
import { median, printBars, round } from "./support/figures.ts";

/** How many rows a second are read from an export, values and all, without storing them? */
const ROUNDS = Number(process.env["ROUNDS"] ?? 5);
const ROWS = Number(process.env["ROWS"] ?? 1_000_000);

using scratch = makeWorkspace();
const path = join(scratch.directory, "daily.csv");
const bytes = writeDailyQueries(path, ROWS);
const rates: number[] = [];
// The first round warms up and is not counted.
for (let turn = -1; turn < ROUNDS; turn += 1) {
  const before = performance.now();
  const { batches, summary } = await readExport(diskSource(path), { format: "auto", today: "2026-11-01" });
  let values = 0;
  for await (const batch of batches) values += batch.length;
  const seconds = (performance.now() - before) / 1000;
  if (values !== ROWS * 4 || summary.skipped.total > 0) throw new Error(`expected ${ROWS * 4} values, got ${values}`);
  if (turn >= 0) rates.push(ROWS / seconds);
}

console.log(`${ROWS} rows of date × query, ${round(bytes / 1e6)} MB, both passes, median of ${ROUNDS} rounds`);
printBars([{ what: "rows read a second", figure: median(rates), least: 300_000 }]);
