import { join } from "node:path";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";
import { diskSource, writeDailyQueries } from "./support/exports.ts";
import { printBars, probe, round } from "./support/figures.ts";

/** How much memory does reading an export take, when nobody keeps its values? */
const SIZES = [0.25, 1, 2] as const;
const ROWS_OF_100_MB = 1_600_000;

using scratch = makeWorkspace();
const grown: { megabytes: number; rows: number; growth: number }[] = [];
for (const size of SIZES) {
  const path = join(scratch.directory, `${size}.csv`);
  writeDailyQueries(path, ROWS_OF_100_MB * size);
  const found = await probe<{ growth: number; rows: number }>([
    process.execPath,
    join(import.meta.dir, "probes/import-memory.ts"),
    path,
  ]);
  grown.push({ megabytes: round(diskSource(path).size / 1e6), rows: found.rows, growth: round(found.growth / 1e6) });
}

console.table(grown);
printBars([{ what: "MB of growth for the largest", figure: grown.at(-1)?.growth ?? Number.NaN, most: 150 }]);
