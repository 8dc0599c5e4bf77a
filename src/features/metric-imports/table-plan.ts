import { columnNames, type ColumnRole, type MetricColumn, roleNames } from "./columns.ts";
import type { ExportFormat } from "./export-format.ts";
import { decimalEvidence, readNumber } from "./number-style.ts";

/** One metric of a table: where it stands and what it is called for this table. */
export interface PlannedMetric {
  name: string;
  /** Its place among the table's metrics. */
  index: number;
  column: number;
  definition: MetricColumn;
  /** Index among the table's metrics of the one that this one is an average over. */
  over: number | undefined;
  /** The header says that the numbers are per cent. */
  percent: boolean;
}

/** How the rows of one table become values. */
export interface TablePlan {
  /** `totals`, or the table's dimensions such as `query` or `date × query`. */
  table: string;
  columns: number;
  /** Column of the date; without one all values are of `day`. */
  date: number | undefined;
  day: string | undefined;
  /** Dimensions by name, so that the order of columns does not change a scope. */
  scopes: { name: string; column: number }[];
  metrics: PlannedMetric[];
  ignored: string[];
}

/** A table as it stands in a file. */
export interface FoundTable {
  header: readonly string[];
  roles: readonly (ColumnRole | undefined)[];
  /** Its first rows. */
  sample: readonly string[][];
  /** The day that its values are of when no column says so. */
  day: string | undefined;
  today: string;
}

/** Plans a table, or says why its rows cannot be read. */
export function planTable(format: ExportFormat, found: FoundTable): TablePlan | { why: string } {
  const why = format.refusal?.(found.header) ?? misfit(format, found);
  if (why !== undefined) return { why };
  const { header, roles } = found;
  const columnsOf = (kind: ColumnRole["kind"]): number[] =>
    roles.flatMap((role, at) => (role?.kind === kind ? [at] : []));
  const [date] = columnsOf("date");
  if (date === undefined && found.day === undefined) {
    return { why: "its rows have no date, and the export does not say its last day: say it with `as_of`" };
  }
  if (date === undefined && found.day !== undefined && found.day > found.today) {
    return { why: `its values are of the period up to ${found.day}, which is after today, ${found.today}` };
  }
  const scopes = roles
    .flatMap((role, column) => (role?.kind === "scope" ? [{ name: role.name, column }] : []))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const suffix = date === undefined && format.undated === "period" ? "_period" : "";
  const measured = roles.flatMap((role, column) =>
    role?.kind === "metric" ? [{ definition: role.metric, column }] : [],
  );
  const metrics = measured.map(({ definition, column }, index) => ({
    name: `${definition.metric}${suffix}`,
    index,
    column,
    definition,
    over: indexOf(measured, definition.over),
    percent: /[%٪]/.test(header[column] ?? ""),
  }));
  return {
    table: tableName(date !== undefined, scopes),
    columns: header.length,
    date,
    day: found.day,
    scopes,
    metrics,
    ignored: header
      .filter((_, at) => roles[at] === undefined || roles[at].kind === "ignored")
      .filter((text) => text !== ""),
  };
}

function tableName(dated: boolean, scopes: readonly { name: string }[]): string {
  if (scopes.length === 0) return "totals";
  return [...(dated ? ["date"] : []), ...scopes.map(({ name }) => name)].join(" × ");
}

function indexOf(measured: readonly { definition: MetricColumn }[], metric: string | undefined): number | undefined {
  const at = measured.findIndex(({ definition }) => definition.metric === metric);
  return at === -1 ? undefined : at;
}

/** Why the columns of a table do not fit, or undefined. */
function misfit(format: ExportFormat, { header, roles, sample }: FoundTable): string | undefined {
  const names = roleNames(roles);
  if (
    !roles.some((role) => role?.kind === "metric") ||
    !format.needs.some((set) => set.every((name) => names.has(name)))
  ) {
    return `expected ${format.expects}; got the columns ${columnNames(header)}`;
  }
  const twice = [...names].find((name) => {
    const among = roles.filter((role) => role !== undefined && [...roleNames([role])][0] === name);
    return name !== "ignored" && among.length > 1;
  });
  if (twice !== undefined) return `two columns mean ${twice}: leave one out by mapping it to ""`;
  // A dimension that is left out would make different rows look alike; a number that is left out is only missed.
  const unknown = header.findIndex((text, at) => roles[at] === undefined && text !== "" && isText(sample, at));
  if (unknown === -1 || format.name === "csv") return undefined;
  return `the column ${JSON.stringify(header[unknown])} is not known and holds text: map it to "scope:<name>", or to "" to leave it out`;
}

function isText(sample: readonly string[][], column: number): boolean {
  return sample.some((row) => {
    const text = row[column] ?? "";
    const evidence = decimalEvidence(text, false);
    const read = readNumber(text, evidence === "ambiguous" ? "." : evidence, false);
    return typeof read === "object" && read !== null && read.reason !== "bound";
  });
}
