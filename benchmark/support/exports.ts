import { closeSync, openSync, writeSync } from "node:fs";
import type { ImportSource } from "../../src/features/metric-imports/import-source.ts";

const HEADER = "date,query,clicks,impressions,ctr,position\n";
const ROWS_A_WRITE = 20_000;

/** Writes a date × query export of this many rows, every row another query, and returns its bytes. */
export function writeDailyQueries(path: string, rows: number): number {
  const file = openSync(path, "w");
  let bytes = writeSync(file, HEADER);
  for (let at = 0; at < rows; at += ROWS_A_WRITE) {
    const lines = Array.from({ length: Math.min(ROWS_A_WRITE, rows - at) }, (_, offset) => line(at + offset));
    bytes += writeSync(file, lines.join(""));
  }
  closeSync(file);
  return bytes;
}

function line(n: number): string {
  const day = String((n % 28) + 1).padStart(2, "0");
  const impressions = (n % 900) + 1;
  const clicks = n % Math.min(impressions, 40);
  return `2026-09-${day},software for service team ${n},${clicks},${impressions},${(clicks / impressions).toFixed(4)},${((n % 300) / 10 + 1).toFixed(1)}\n`;
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
