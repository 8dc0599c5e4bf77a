import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";
import { diskSource, writeDailyQueries } from "./support/exports.ts";
import { printBars, probe, round } from "./support/figures.ts";

/** How much memory does an export take, read alone, imported into a project, and in a host that lets another process import it? A day has as many queries in each, so that only the days differ. */
const READ_MB = [25, 100, 200] as const;
const IMPORTED_MB = [12, 25, 50] as const;
const ASIDE_MB = 50;
const ROWS_OF_ONE_MB = 16_000;
const QUERIES = 10_000;

using scratch = makeWorkspace();
const read: { growth: number }[] = [];
for (const size of READ_MB) read.push(await measure("import-memory", size));
const imported: { growth: number }[] = [];
for (const size of IMPORTED_MB) imported.push(await measure("import-whole", size));
const aside = await measure("import-aside", ASIDE_MB);
console.log("read alone");
console.table(read);
console.log("imported: every row is four observations");
console.table(imported);
console.log("imported for a host, which is measured");
console.table([aside]);
printBars([
  { what: "MB of growth for the largest file read", figure: read.at(-1)?.growth ?? Number.NaN, most: 150 },
  { what: "MB of growth for the largest file imported", figure: imported.at(-1)?.growth ?? Number.NaN, most: 150 },
  { what: "MB of growth of a host while another process imports", figure: aside.growth, most: 20 },
]);

async function measure(name: string, size: number): Promise<{ megabytes: number; rows: number; growth: number }> {
  const directory = join(scratch.directory, `${name}-${size}`);
  mkdirSync(directory);
  const path = join(directory, "export.csv");
  writeDailyQueries(path, ROWS_OF_ONE_MB * size, QUERIES);
  const found = await probe<{ growth: number; rows: number }>([
    process.execPath,
    join(import.meta.dir, `probes/${name}.ts`),
    path,
  ]);
  return { megabytes: round(diskSource(path).size / 1e6), rows: found.rows, growth: round(found.growth / 1e6) };
}
