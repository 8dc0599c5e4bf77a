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
/** Read between two turns of the event loop: of the first, read by code that has not run before, tens of milliseconds. */
const BATCH_VALUES = 1000;

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

/** The file whose tables are read. */
export interface TableFile {
  file: TextFile;
  head: FileHead;
  /** Its number within the import, from 0. */
  number: number;
  /** What earlier files of the archive are stated for. */
  period: Period | undefined;
}

/** A table whose header was read; its first rows wait until there are enough to plan it. */
interface OpenTable {
  header: string[];
  comments: string[];
  waiting: { cells: string[]; line: number }[];
  entry: ImportedTable;
  /** How it is read, or null for a table that is passed over. */
  reading?: TableReading | null;
}

type Batches = Generator<ImportedValue[], void>;

interface TableReading {
  plan: TablePlan;
  reader: RowReader;
}

/** Reads the tables of one file, one after the other. */
export async function* readTables(source: TableFile, context: TableContext): AsyncGenerator<ImportedValue[]> {
  const { file, head } = source;
  const { format, summary } = context;
  let batch: ImportedValue[] = [];
  let comments: string[] = [];
  let table: OpenTable | undefined;
  for await (const { rows, lines, unclosed } of readRows(file.name, file.text(), head.delimiter)) {
    for (const [at, cells] of rows.entries()) {
      const line = lines[at] ?? 0;
      const [first = ""] = cells;
      if (cells.length === 1 && first.trim() === "") continue;
      // A campaign may be called #sale: such a row has all columns, a comment has not.
      if (isComment(first) && (!table || (format.sections && cells.length !== table.header.length))) {
        if (table) yield* closeTable(table, source, context);
        table = undefined;
        comments.push(commentText(cells.join(head.delimiter)));
      } else if (!table) {
        if (isExcelHint(first)) continue;
        table = openTable(file.name, cells, comments, context);
        comments = [];
      } else if (unclosed && at === rows.length - 1) {
        const place = `${file.name}:${line}`;
        countSkip(summary, "unclosed_quote", place, "a quote in this row is not closed: nothing after it was read");
        remark(summary, `${file.name} has a quote that is not closed: rows from line ${line} on are missing`);
      } else if (table.reading === undefined) {
        table.waiting.push({ cells, line });
        if (table.waiting.length >= SAMPLE_ROWS) yield* startTable(table, source, context);
      } else if (table.reading) readRow(table.reading, cells, line, file.name, context, batch);
      if (batch.length < BATCH_VALUES) continue;
      yield batch;
      batch = [];
    }
  }
  if (table) yield* closeTable(table, source, context);
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

/** Decides how the table is read, and reads the rows that waited for it. */
function* startTable(table: OpenTable, source: TableFile, context: TableContext): Batches {
  const { waiting } = table;
  table.waiting = [];
  const sample = waiting.map(({ cells }) => cells);
  const reading = planReading(table, sample, source, context);
  table.reading = reading;
  if (!reading) return;
  let batch: ImportedValue[] = [];
  for (const { cells, line } of waiting) {
    readRow(reading, cells, line, source.file.name, context, batch);
    if (batch.length < BATCH_VALUES) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function planReading(
  { header, comments, entry }: OpenTable,
  rows: readonly string[][],
  { file, number, period }: TableFile,
  context: TableContext,
): TableReading | null {
  const { format, options, summary } = context;
  const filters = format.filters?.(header, rows);
  if (filters) {
    Object.assign(entry, { table: "filters", why: "it lists the filters of the export" });
    for (const filter of filters) remark(summary, filter);
    return null;
  }
  const sample = rows.filter((cells) => cells.length === header.length && format.isTotal?.(cells) !== true);
  const roles = rolesOf(format, header, options.mapping ?? {});
  const day = format.period?.(comments)?.to ?? period?.to ?? options.asOf;
  const plan = planTable(format, { header, roles, sample, day, today: options.today });
  if ("why" in plan) {
    entry.why = plan.why;
    return null;
  }
  Object.assign(entry, { table: plan.table, ignored: plan.ignored });
  const place = { file: file.name, fileNumber: number, files: context.files, table: entry };
  const shared = { today: options.today, settled: context.settled, seen: context.seen, summary };
  return {
    plan,
    reader: createRowReader(plan, tableStyles(file.name, plan, sample, options), { ...place, ...shared }),
  };
}

function readRow(
  { plan, reader }: TableReading,
  cells: string[],
  line: number,
  file: string,
  { format, summary }: TableContext,
  out: ImportedValue[],
): void {
  if (format.isTotal?.(cells) === true) return;
  if (cells.length === plan.columns || onlyEmptyAfter(cells, plan.columns)) reader.read(cells, line, out);
  else {
    const why = `expected ${plan.columns} columns as in the header, got ${cells.length}`;
    countSkip(summary, "row_shape", `${file}:${line}`, `${why}: the file may be cut here, or a comma is not quoted`);
  }
}

function onlyEmptyAfter(cells: readonly string[], columns: number): boolean {
  return cells.length > columns && cells.slice(columns).every((cell) => cell === "");
}

/** Reads what still waits, and remarks on the table as a whole. */
function* closeTable(table: OpenTable, source: TableFile, context: TableContext): Batches {
  if (table.reading === undefined) yield* startTable(table, source, context);
  if (!table.reading) return;
  const { plan, reader } = table.reading;
  const { format, summary, sums } = context;
  const file = source.file.name;
  for (const { name, index } of plan.metrics) sums.set(`${plan.table} ${name}`, reader.sums[index] ?? 0);
  for (const [what, rows] of reader.vague) remark(summary, `${file}: ${what} in ${rows} rows`);
  if (plan.date === undefined && format.rowLimit !== undefined && table.entry.rows >= format.rowLimit) {
    remark(summary, `${file} has ${table.entry.rows} rows, the most that is exported: the list is cut`);
  }
}
