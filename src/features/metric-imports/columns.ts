import { OhmymktError } from "../../errors.ts";

/** A metric that an export states, and what its values must be. */
export interface MetricColumn {
  metric: string;
  unit: "count" | "share" | "position" | "seconds" | "money" | "score" | "";
  /** Headers in all languages of the interface, as `normalHeader` writes them. */
  headers: readonly string[];
  /** Only whole numbers are counts; attribution gives fractions of conversions. */
  whole?: boolean;
  /** Smallest and largest value. */
  least?: number;
  most?: number;
  /** The metric that this one is an average over: where that is 0, this one says nothing. */
  over?: string;
}

/** What a format calls its columns. */
export interface KnownColumns {
  date: readonly string[];
  /** Dimension → headers. */
  scopes: Readonly<Record<string, readonly string[]>>;
  metrics: readonly MetricColumn[];
  /** Columns that are read by no one. */
  ignored: readonly string[];
}

/** What one column of a table means. */
export type ColumnRole =
  | { kind: "date" }
  | { kind: "scope"; name: string }
  | { kind: "metric"; metric: MetricColumn }
  | { kind: "ignored" };

const NAMED_COLUMNS = 30;
const NAME_LENGTH = 80;
const METRIC_NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** One spelling for a header: Unicode-normalised, lower case, single spaces, no marks around it. */
export function normalHeader(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\ufeff\u200e\u200f]/g, "")
    .trim()
    .toLowerCase()
    .replace(/\s+/g, " ");
}

/** Headers written as `one | another`, over as many lines as it takes. */
export function headerList(text: string): string[] {
  return text
    .split("|")
    .map((header) => header.trim())
    .filter((header) => header !== "");
}

/** The names of columns for a message; a long header is cut. */
export function columnNames(header: readonly string[]): string {
  const named = header.slice(0, NAMED_COLUMNS).map((text) => JSON.stringify(text.slice(0, NAME_LENGTH)));
  return `${named.join(", ")}${header.length > NAMED_COLUMNS ? ` and ${header.length - NAMED_COLUMNS} more` : ""}`;
}

/** The role of every column, undefined for one that is not known; the caller's mapping goes before the format's own headers. */
export function columnRoles(
  header: readonly string[],
  known: KnownColumns,
  mapping: Readonly<Record<string, string>> = {},
): (ColumnRole | undefined)[] {
  const roles = rolesByHeader(known);
  for (const [column, meaning] of Object.entries(mapping))
    roles.set(normalHeader(column), mappedRole(column, meaning, known));
  return header.map((text) => roles.get(normalHeader(text)));
}

/** `date`, `scope:query`, `clicks`: how rules name the columns that a format needs. */
export function roleNames(roles: readonly (ColumnRole | undefined)[]): ReadonlySet<string> {
  return new Set(roles.flatMap((role) => (role ? [roleName(role)] : [])));
}

function roleName(role: ColumnRole): string {
  if (role.kind === "metric") return role.metric.metric;
  return role.kind === "scope" ? `scope:${role.name}` : role.kind;
}

function rolesByHeader(known: KnownColumns): Map<string, ColumnRole> {
  const roles = new Map<string, ColumnRole>();
  const add = (headers: readonly string[], role: ColumnRole): void => {
    for (const header of headers) roles.set(normalHeader(header), role);
  };
  add(known.ignored, { kind: "ignored" });
  for (const [name, headers] of Object.entries(known.scopes)) add(headers, { kind: "scope", name });
  for (const metric of known.metrics) add(metric.headers, { kind: "metric", metric });
  add(known.date, { kind: "date" });
  return roles;
}

function mappedRole(column: string, meaning: string, known: KnownColumns): ColumnRole {
  if (meaning === "") return { kind: "ignored" };
  if (meaning === "date") return { kind: "date" };
  const name = meaning.startsWith("scope:") ? meaning.slice("scope:".length) : meaning;
  if (!METRIC_NAME.test(name)) {
    throw new OhmymktError(
      "invalid_arguments",
      `mapping of ${JSON.stringify(column)} expected date, scope:<name>, "" or a metric name of lower-case letters, digits and _, got ${JSON.stringify(meaning)}`,
    );
  }
  if (name !== meaning) return { kind: "scope", name };
  const metric = known.metrics.find((one) => one.metric === name) ?? { metric: name, unit: "", headers: [] };
  return { kind: "metric", metric };
}
