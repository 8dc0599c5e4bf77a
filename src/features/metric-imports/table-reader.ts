import { readRows } from "./csv-rows.ts";
import type { ExportFormat, Period } from "./export-format.ts";
import { commentText, type FileHead, isComment, isExcelHint, rolesOf } from "./file-head.ts";
import type { ImportedValue } from "./imported-value.ts";
import type { ImportOptions } from "./import-options.ts";
import { countSkip, type ImportedTable, type ImportSummary, remark } from "./import-summary.ts";
import { createRowReader, type RowReader } from "./row-reader.ts";
import type { SeenRows } from "./seen-rows.ts";
import { planTable, type TablePlan } from "./table-plan.ts";
import { tableStyles } from "./table-styles.ts";
import type { TextFile } from "./text-file.ts";

/** Rows from which the style of dates and numbers is decided. */
const SAMPLE_ROWS = 2000;
const BATCH_VALUES = 4000;

/** What all tables of an import share. */
export interface TableContext {
  format: ExportFormat;
  options: ImportOptions;
  files: readonly string[];
  settled: string;
  seen: SeenRows;
  summary: ImportSummary;
  /** `<table> <metric>` → sum of its values. */
  sums: Map<string, number>;
}

/** A table whose header was read; its first rows wait until there are enough to plan it. */
interface OpenTable {
  header: string[];
  comments: string[];
  waiting: { cells: string[]; line: number }[];
  entry: ImportedTable;
  /** The plan that was made, or null for a table that is passed over. */
  reading?: { plan: TablePlan; reader: RowReader } | null;
}

/** Reads the tables of one file; `period` is what earlier files of the archive are stated for. */
export async function* readTables(
  file: TextFile,
  head: FileHead,
  fileNumber: number,
  period: Period | undefined,
  context: TableContext,
): AsyncGenerator<ImportedValue[]> {
  const { format, summary } = context;
  let batch: ImportedValue[] = [];
  let comments: string[] = [];
  let table: OpenTable | undefined;
  const finish = (): void => {
    if (table) closeTable(table, file.name, fileNumber, period, context, batch);
    table = undefined;
  };
  for await (const { rows, lines, unclosed } of readRows(file.name, file.text(), head.delimiter)) {
    for (const [at, cells] of rows.entries()) {
      const line = lines[at] ?? 0;
      const [first = ""] = cells;
      if (cells.length === 1 && first.trim() === "") continue;
      // A campaign may be called #sale: such a row has all columns, a comment has not.
      if (isComment(first) && (!table || (format.sections && cells.length !== table.header.length))) {
        finish();
        comments.push(commentText(cells.join(head.delimiter)));
        continue;
      }
      if (!table) {
        if (isExcelHint(first)) continue;
        table = openTable(file.name, cells, comments, context);
        comments = [];
        continue;
      }
      if (unclosed && at === rows.length - 1) {
        countSkip(
          summary,
          "unclosed_quote",
          `${file.name}:${line}`,
          "a quote in this row is not closed: nothing after it was read",
        );
        remark(summary, `${file.name} has a quote that is not closed: rows from line ${line} on are missing`);
        continue;
      }
      takeRow(table, cells, line, file.name, fileNumber, period, context, batch);
      if (batch.length >= BATCH_VALUES) {
        yield batch;
        batch = [];
      }
    }
  }
  finish();
  if (batch.length > 0) yield batch;
}

function openTable(file: string, header: string[], comments: string[], { format, summary }: TableContext): OpenTable {
  const single = format.singlePeriod?.(header) ?? { header, previous: [] };
  if (single.previous.length > 0) {
    remark(summary, `${file} compares two periods: only the current one was read, not ${single.previous.join(", ")}`);
  }
  for (const caveat of format.caveats?.(comments) ?? []) remark(summary, `${file}: ${caveat}`);
  const entry: ImportedTable = { file, table: "?", rows: 0, values: 0, ignored: [] };
  summary.tables.push(entry);
  return { header: single.header, comments, waiting: [], entry };
}

function takeRow(
  table: OpenTable,
  cells: string[],
  line: number,
  file: string,
  fileNumber: number,
  period: Period | undefined,
  context: TableContext,
  out: ImportedValue[],
): void {
  if (table.reading === undefined) {
    table.waiting.push({ cells, line });
    if (table.waiting.length >= SAMPLE_ROWS) plan(table, file, fileNumber, period, context, out);
  } else if (table.reading) readRow(table.reading, cells, line, file, context, out);
}

function closeTable(
  table: OpenTable,
  file: string,
  fileNumber: number,
  period: Period | undefined,
  context: TableContext,
  out: ImportedValue[],
): void {
  if (table.reading === undefined) plan(table, file, fileNumber, period, context, out);
  if (!table.reading) return;
  const { plan: planned, reader } = table.reading;
  const { format, summary, sums } = context;
  for (const [at, { name }] of planned.metrics.entries()) sums.set(`${planned.table} ${name}`, reader.sums[at] ?? 0);
  for (const [what, rows] of reader.vague) remark(summary, `${file}: ${what} in ${rows} rows`);
  if (planned.date === undefined && format.rowLimit !== undefined && table.entry.rows >= format.rowLimit) {
    remark(summary, `${file} has ${table.entry.rows} rows, the most that is exported: the list is cut`);
  }
}

/** Decides how the table is read, and reads the rows that waited for it. */
function plan(
  table: OpenTable,
  file: string,
  fileNumber: number,
  period: Period | undefined,
  context: TableContext,
  out: ImportedValue[],
): void {
  const { format, options, summary } = context;
  const { waiting, header, entry } = table;
  table.waiting = [];
  table.reading = null;
  const rows = waiting.map(({ cells }) => cells);
  const filters = format.filters?.(header, rows);
  if (filters) {
    Object.assign(entry, { table: "filters", why: "it lists the filters of the export" });
    for (const filter of filters) remark(summary, filter);
    return;
  }
  const sample = rows.filter((cells) => cells.length === header.length && format.isTotal?.(cells) !== true);
  const roles = rolesOf(format, header, options.mapping ?? {});
  const day = format.period?.(table.comments)?.to ?? period?.to ?? options.asOf;
  const planned = planTable(format, { header, roles, sample, day, today: options.today });
  if ("why" in planned) {
    entry.why = planned.why;
    return;
  }
  Object.assign(entry, { table: planned.table, ignored: planned.ignored });
  const styles = tableStyles(file, planned, sample, options);
  const reader = createRowReader(planned, styles, {
    file,
    fileNumber,
    files: context.files,
    today: options.today,
    settled: context.settled,
    seen: context.seen,
    summary,
    table: entry,
  });
  table.reading = { plan: planned, reader };
  for (const { cells, line } of waiting) readRow(table.reading, cells, line, file, context, out);
}

function readRow(
  { plan: planned, reader }: { plan: TablePlan; reader: RowReader },
  cells: string[],
  line: number,
  file: string,
  { format, summary }: TableContext,
  out: ImportedValue[],
): void {
  if (format.isTotal?.(cells) === true) return;
  if (cells.length !== planned.columns && !onlyEmptyAfter(cells, planned.columns)) {
    countSkip(
      summary,
      "row_shape",
      `${file}:${line}`,
      `expected ${planned.columns} columns as in the header, got ${cells.length}: the file may be cut here, or a comma is not quoted`,
    );
    return;
  }
  reader.read(cells, line, out);
}

function onlyEmptyAfter(cells: readonly string[], columns: number): boolean {
  return cells.length > columns && cells.slice(columns).every((cell) => cell === "");
}
