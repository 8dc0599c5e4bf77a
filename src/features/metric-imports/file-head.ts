import { parse } from "papaparse";
import { columnNames, type ColumnRole, columnRoles, normalHeader, roleNames } from "./columns.ts";
import { type Delimiter, DELIMITER_NAMES, DELIMITERS, findDelimiter } from "./delimiter.ts";
import type { ExportFormat } from "./export-format.ts";
import { FORMATS } from "./formats.ts";
import { refusedFile } from "./import-error.ts";
import { FORMAT_NAMES, type ImportOptions } from "./import-options.ts";
import type { TextFile } from "./text-file.ts";

/** What the beginning of a file tells: its delimiter and the headers of its tables. */
export interface FileHead {
  file: string;
  delimiter: Delimiter;
  /** One a table; more than one where comment lines stand between. */
  headers: string[][];
  comments: string[];
  /** Whether a table has a column of dates, by any format's name for it. */
  dated: boolean;
}

/** Reads the beginning of a file; refuses one that has a single column under every delimiter. */
export function readHead({ name, head }: TextFile): FileHead {
  const lines = head.split("\n").filter((line) => line.trim() !== "" && !isComment(line) && !isExcelHint(line));
  const delimiter = findDelimiter(lines);
  const [first = ""] = lines;
  if (delimiter === undefined) {
    const tried = DELIMITERS.map((one) => DELIMITER_NAMES[one]).join(", ");
    throw refusedFile(
      name,
      `expected columns, got one column (${JSON.stringify(first.slice(0, 80))}) with each delimiter that was tried: ${tried}`,
      "export it as CSV with commas",
    );
  }
  const headers = headerLines(head).map((line) => parse<string[]>(line, { delimiter }).data[0] ?? []);
  const dated = FORMAT_NAMES.some((format) =>
    headers.some((header) => roleNames(columnRoles(header, FORMATS[format].columns)).has("date")),
  );
  return { file: name, delimiter, headers, comments: head.split("\n").filter(isComment).map(commentText), dated };
}

/** The first line, and every first line after a comment. */
function headerLines(head: string): string[] {
  const found: string[] = [];
  let expected = true;
  for (const line of head.split("\n")) {
    if (isComment(line)) expected = true;
    else if (expected && line.trim() !== "" && !isExcelHint(line)) {
      found.push(line);
      expected = false;
    }
  }
  return found;
}

/** A line that describes the export instead of belonging to a table. */
export function isComment(line: string): boolean {
  return line.startsWith("#");
}

/** A comment without its mark. */
export function commentText(line: string): string {
  return line.replace(/^#\s*/, "").trim();
}

/** `sep=;`, which tells Excel the delimiter. */
export function isExcelHint(line: string): boolean {
  return /^"?sep=/i.test(line);
}

/** The format of an export: the named one, or the first whose columns a file has. */
export function findFormat(
  name: string,
  heads: readonly FileHead[],
  { format, mapping }: Pick<ImportOptions, "format" | "mapping">,
): ExportFormat {
  if (format === "csv" && mapping === undefined) {
    throw refusedFile(name, "a generic CSV needs a mapping", `say which columns are metrics: ${columnList(heads)}`);
  }
  if (mapping) refuseStrayMapping(name, heads, mapping);
  if (format !== "auto") return FORMATS[format];
  const recognised = FORMAT_NAMES.find((one) => heads.some((head) => isOf(FORMATS[one], head, mapping ?? {})));
  if (recognised !== undefined) return FORMATS[recognised];
  if (mapping !== undefined) return FORMATS.csv;
  const known = FORMAT_NAMES.map((one) => `- ${FORMATS[one].expects}`).join("\n");
  throw refusedFile(
    name,
    `the columns fit no known export: ${columnList(heads)}. Expected one of\n${known}`,
    "export one of these, or say the `mapping`",
  );
}

/** The roles of a header under a format; of a comparison the present period's columns. */
export function rolesOf(
  format: ExportFormat,
  header: readonly string[],
  mapping: Readonly<Record<string, string>>,
): (ColumnRole | undefined)[] {
  return columnRoles(format.singlePeriod?.(header).header ?? header, format.columns, mapping);
}

/** By the columns of a table, or by comments that only this format writes. */
function isOf(
  format: ExportFormat,
  { headers, comments }: FileHead,
  mapping: Readonly<Record<string, string>>,
): boolean {
  const sets = format.period?.(comments) === undefined ? format.signature : [...format.signature, ...format.needs];
  return headers.some((header) => {
    const names = roleNames(rolesOf(format, header, mapping));
    return sets.some((set) => set.every((one) => names.has(one)));
  });
}

function refuseStrayMapping(name: string, heads: readonly FileHead[], mapping: Readonly<Record<string, string>>): void {
  const present = new Set(heads.flatMap(({ headers }) => headers.flat().map(normalHeader)));
  const stray = Object.keys(mapping).find((column) => !present.has(normalHeader(column)));
  if (stray !== undefined) {
    throw refusedFile(
      name,
      `mapping names a column ${JSON.stringify(stray)} that the file does not have: ${columnList(heads)}`,
      "use the header's words",
    );
  }
}

function columnList(heads: readonly FileHead[]): string {
  return heads.map(({ headers }) => columnNames(headers[0] ?? [])).join("; ");
}
