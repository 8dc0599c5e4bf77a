import { readExport } from "../../src/features/metric-imports/export-reader.ts";
import { diskSource } from "../support/exports.ts";

/** Reads an export in a process of its own and prints by how much its resident memory grew at most. */
const path = process.argv[2] ?? "";
Bun.gc(true);
const before = process.memoryUsage.rss();
let most = before;
const { batches, summary } = await readExport(diskSource(path), { format: "auto", today: "2026-11-01" });
for await (const _ of batches) most = Math.max(most, process.memoryUsage.rss());
console.log(JSON.stringify({ growth: most - before, rows: summary.rows_read }));
