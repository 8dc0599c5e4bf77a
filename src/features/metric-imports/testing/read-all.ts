import { readExport } from "../export-reader.ts";
import type { ImportedValue } from "../imported-value.ts";
import type { ImportOptions } from "../import-options.ts";
import type { ImportSource } from "../import-source.ts";
import type { ImportSummary } from "../import-summary.ts";
import { memorySource } from "./memory-source.ts";

/** Tests read on this day unless they say another. */
export const TODAY = "2026-11-01";

/** Reads a whole export into memory. */
export async function readAll(
  source: ImportSource,
  options: Partial<ImportOptions> = {},
): Promise<{ values: ImportedValue[]; summary: ImportSummary }> {
  const { batches, summary } = await readExport(source, { format: "auto", today: TODAY, ...options });
  const values: ImportedValue[] = [];
  for await (const batch of batches) values.push(...batch);
  return { values, summary };
}

/** Reads text as a file named `export.csv` and gives each value as `metric scope day value`. */
export async function readText(text: string, options: Partial<ImportOptions> = {}): Promise<string[]> {
  const { values } = await readAll(memorySource("export.csv", text), options);
  return values.map(({ metric, scope, day, value }) => `${metric} ${scope} ${day} ${value}`.replace("  ", " "));
}

/** The summary of text as a file named `export.csv`. */
export async function summaryOf(text: string, options: Partial<ImportOptions> = {}): Promise<ImportSummary> {
  return (await readAll(memorySource("export.csv", text), options)).summary;
}

/** The refusal of a file, as `message | hint`; fails when it is read. */
export async function refusalOf(source: ImportSource, options: Partial<ImportOptions> = {}): Promise<string> {
  try {
    await readAll(source, options);
  } catch (error) {
    const { message, hint, code } = error as { message: string; hint?: string; code?: string };
    return `${code}: ${message} | ${hint}`;
  }
  throw new Error(`expected ${source.name} to be refused`);
}
