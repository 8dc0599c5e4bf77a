import { subDays } from "date-fns";
import { OhmymktError } from "../../errors.ts";
import { isArchive, openArchive } from "./archive.ts";
import { readDay } from "./day-style.ts";
import type { Period } from "./export-format.ts";
import { findFormat, type FileHead, readHead } from "./file-head.ts";
import type { ImportedValue } from "./imported-value.ts";
import { refusedFile } from "./import-error.ts";
import type { ImportOptions } from "./import-options.ts";
import type { ImportSource } from "./import-source.ts";
import { type ImportSummary, remark } from "./import-summary.ts";
import { createSeenRows } from "./seen-rows.ts";
import { readTables, type TableContext } from "./table-reader.ts";
import { checkTextFile, type TextFile } from "./text-file.ts";

/** An export that was judged as a whole and is about to be read. */
export interface ExportReading {
  /** Fills while the batches are read. */
  summary: ImportSummary;
  /** The values, a few thousand at a time; can be read once. Throws `invalid_arguments` when nothing in the file can be read. */
  batches: AsyncGenerator<ImportedValue[]>;
}

/**
 * Opens an export: reads it once to judge encoding, archive and format, which refuses a broken or hostile file before any value
 * (`invalid_arguments`). Reading the batches goes through it a second time; at no time is the file in memory.
 */
export async function readExport(source: ImportSource, options: ImportOptions): Promise<ExportReading> {
  if (options.asOf !== undefined && readDay(options.asOf, "ymd") !== options.asOf) {
    throw new OhmymktError(
      "invalid_arguments",
      `as_of expected a day such as 2026-09-30, got ${JSON.stringify(options.asOf)}`,
    );
  }
  const files = await openFiles(source);
  const heads = files.map((file) => readHead(file));
  const format = findFormat(source.name, heads, options);
  const summary: ImportSummary = {
    format: format.name,
    source: format.name === "csv" ? (options.sourceName ?? "csv") : format.name,
    timezone: options.timezone ?? format.timezone,
    files: files.map(({ name, bytes, sha256, encoding }) => ({ name, bytes, sha256, encoding })),
    tables: [],
    rows_read: 0,
    values: 0,
    skipped: { total: 0, by_reason: {}, first: [] },
    quality: [],
  };
  for (const { name, encoding } of files) {
    if (encoding === "windows-1252")
      remark(summary, `${name} is not UTF-8 and was read as Windows-1252: check names with accents`);
  }
  const context: TableContext = {
    format,
    options,
    files: files.map(({ name }) => name),
    settled: daysBefore(options.today, format.settlesAfter),
    seen: createSeenRows(),
    summary,
    sums: new Map(),
  };
  return { summary, batches: readAll(source.name, files, heads, context) };
}

async function openFiles(source: ImportSource): Promise<TextFile[]> {
  if (source.size === 0) throw refusedFile(source.name, "the file is empty", "export it again");
  if (!(await isArchive(source))) return [await checkTextFile(source.name, () => source.bytes())];
  const files: TextFile[] = [];
  for (const { name, open } of await openArchive(source)) files.push(await checkTextFile(name, open));
  return files;
}

/** Tables with dates come first: they state the period that the other tables of an archive are summed over. */
async function* readAll(
  name: string,
  files: readonly TextFile[],
  heads: readonly FileHead[],
  context: TableContext,
): AsyncGenerator<ImportedValue[]> {
  const { summary } = context;
  let period: Period | undefined;
  const dated = (at: number): boolean => heads[at]?.dated === true;
  for (const at of files
    .keys()
    .toArray()
    .toSorted((a, b) => Number(dated(b)) - Number(dated(a)))) {
    const [file, head] = [files[at], heads[at]];
    if (!file || !head) continue;
    yield* readTables({ file, head, number: at, period }, context);
    if (dated(at)) period = summary.period && { ...summary.period };
  }
  if (summary.rows_read === 0) {
    const reasons = summary.tables
      .map(({ file, why }) => `${file}: ${why ?? "it has a header and no rows"}`)
      .join("; ");
    throw refusedFile(name, `no rows could be read (${reasons})`, "correct what is named, or choose another file");
  }
  remarkOnWhole(context);
}

/** What can be said only after everything was read. */
function remarkOnWhole({ summary, sums, seen }: TableContext): void {
  for (const metric of ["clicks", "impressions"]) {
    const total = sums.get(`totals ${metric}`);
    const named = sums.get(`query ${metric}_period`);
    if (total === undefined || named === undefined || total === 0 || named >= total) continue;
    const share = Math.round((100 * named) / total);
    remark(
      summary,
      `the queries named carry ${share} % of all ${metric}: the others are anonymised or beyond the export's limit`,
    );
  }
  if (seen.full)
    remark(
      summary,
      "the file has more rows than are remembered: a late row that repeats an earlier one may not be noticed",
    );
  const contradictions = summary.skipped.by_reason.contradiction ?? 0;
  if (contradictions > 0)
    remark(summary, `${contradictions} rows contradict an earlier row of the file and were left out`);
}

function daysBefore(day: string, days: number): string {
  return subDays(new Date(`${day}T00:00:00Z`), days)
    .toISOString()
    .slice(0, 10);
}
