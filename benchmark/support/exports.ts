import { closeSync, openSync, writeSync } from "node:fs";
import type { ImportSource } from "../../src/features/metric-imports/import-source.ts";

const HEADER = "date,query,clicks,impressions,ctr,position\n";
/** Early enough that a year of days is past. */
const FIRST_DAY = Date.parse("2025-06-01T00:00:00Z");
const ROWS_A_WRITE = 20_000;

/** Writes a date × query export of this many rows, day by day with so many queries each, and returns its bytes. */
export function writeDailyQueries(path: string, rows: number, queries = 40_000): number {
  const file = openSync(path, "w");
  let bytes = writeSync(file, HEADER);
  for (let at = 0; at < rows; at += ROWS_A_WRITE) {
    const lines = Array.from({ length: Math.min(ROWS_A_WRITE, rows - at) }, (_, offset) => line(at + offset, queries));
    bytes += writeSync(file, lines.join(""));
  }
  closeSync(file);
  return bytes;
}

function line(n: number, queries: number): string {
  const day = new Date(FIRST_DAY + Math.floor(n / queries) * 86_400_000).toISOString().slice(0, 10);
  const impressions = (n % 900) + 1;
  const clicks = n % Math.min(impressions, 40);
  return `${day},software for service team ${n % queries},${clicks},${impressions},${(clicks / impressions).toFixed(4)},${((n % 300) / 10 + 1).toFixed(1)}\n`;
}

/** A file on the disk as the reader takes it. */
export function diskSource(path: string): ImportSource {
  const file = Bun.file(path);
  return {
    name: "daily-queries.csv",
    size: file.size,
    bytes: (start = 0, end = file.size) => file.slice(start, end).stream(),
  };
}
