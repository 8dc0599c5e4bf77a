import { readDay } from "./day-style.ts";
import { SERIES_LIMITS } from "../../lib/observations.ts";
import { scopeText } from "../../lib/scopes.ts";
import type { ImportedValue } from "./imported-value.ts";
import { countSkip, coverDay, type ImportedTable, type ImportSummary, type SkipReason } from "./import-summary.ts";
import { decimalEvidence, readNumber } from "./number-style.ts";
import { mixValue, type SeenRows, type SubjectGroup, subjectGroup } from "./seen-rows.ts";
import type { PlannedMetric, TablePlan } from "./table-plan.ts";
import type { TableStyles } from "./table-styles.ts";

const FIRST_DAY = "2000-01-01";
const LONGEST_SCOPE = SERIES_LIMITS.scope;
const CONTROL = /\p{Cc}/u;
/** Distinct date texts that are remembered; more than ten years of days. */
const KNOWN_DAYS = 4096;
const NO_VALUE = Number.NaN;
/** How analytics tools call a value that they do not know, and the rest of a list that grew too long. */
const VAGUE = ["(not set)", "(other)"] as const;

/** Where a table stands, and what is shared by all tables of an import. */
export interface RowContext {
  file: string;
  /** Number of the file within the import, from 0. */
  fileNumber: number;
  files: readonly string[];
  today: string;
  /** The last day that the source no longer corrects. */
  settled: string;
  seen: SeenRows;
  summary: ImportSummary;
  table: ImportedTable;
}

/** Turns the rows of one table into values. */
export interface RowReader {
  /** Appends the values of a row that begins on this line. */
  read(cells: readonly string[], line: number, out: ImportedValue[]): void;
  /** Sum of the values of each planned metric. */
  readonly sums: readonly number[];
  /** Rows that name a vague dimension. */
  readonly vague: ReadonlyMap<string, number>;
}

const LINE_BITS = 26;
const LINE_MASK = 2 ** LINE_BITS - 1;

/** Compiles a plan into a reader; it is called once a row, so everything that can be decided before is. */
export function createRowReader(plan: TablePlan, styles: TableStyles, context: RowContext): RowReader {
  const { summary, table, file, seen } = context;
  const signature = plan.metrics.map(({ name }) => name).join(",");
  const decimals = [...styles.decimals];
  const sums = plan.metrics.map(() => 0);
  const numbers = new Float64Array(plan.metrics.length);
  const days = new Map<string, string | undefined>();
  const groups = new Map<string, SubjectGroup>();
  const vague = new Map<string, number>();
  const skip = (reason: SkipReason, row: string, why: string): undefined => {
    countSkip(summary, reason, row, why);
    return undefined;
  };

  const dayOf = (text: string, row: string): string | undefined => {
    let day = days.get(text);
    if (day === undefined && !days.has(text)) {
      if (days.size >= KNOWN_DAYS) {
        days.clear();
        groups.clear();
      }
      day = readDay(text, styles.dayOrder);
      days.set(text, day);
    }
    if (day === undefined) {
      return text.trim() === ""
        ? skip("no_day", row, "the row has no date")
        : skip("bad_day", row, `expected a date as in the rows before, got ${JSON.stringify(text)}`);
    }
    if (day > context.today) return skip("future_day", row, `${day} is after today, ${context.today}`);
    if (day < FIRST_DAY) return skip("day_before_2000", row, `${day} is before ${FIRST_DAY}`);
    return day;
  };

  const scopeOf = (cells: readonly string[], row: string): string | undefined => {
    let scope = "";
    for (const { name, column } of plan.scopes) {
      const text = (cells[column] ?? "").trim();
      if (text === "")
        return skip("empty_scope", row, `${name} is empty: the source keeps it to itself, or it is missing`);
      if (text.length > LONGEST_SCOPE || CONTROL.test(text)) {
        return skip("bad_scope", row, `${name} expected at most ${LONGEST_SCOPE} printable characters`);
      }
      if (text.startsWith("(")) noteVague(name, text);
      const part = scopeText(name, text);
      scope = scope === "" ? part : `${scope}&${part}`;
    }
    if (scope.length > LONGEST_SCOPE)
      return skip("bad_scope", row, `its dimensions expected at most ${LONGEST_SCOPE} characters together`);
    return scope;
  };

  const noteVague = (name: string, text: string): void => {
    const kind = VAGUE.find((one) => one === text);
    if (kind) vague.set(`${name} is ${kind}`, (vague.get(`${name} is ${kind}`) ?? 0) + 1);
  };

  const numberOf = (metric: PlannedMetric, cells: readonly string[], row: string): number => {
    const text = cells[metric.column] ?? "";
    const whole = metric.definition.whole === true;
    const read = readNumber(text, decimals[metric.index], whole);
    if (read === null) return NO_VALUE;
    if (typeof read === "object") {
      skip(read.reason, row, `${metric.name}: ${read.why}`);
      return NO_VALUE;
    }
    if (decimals[metric.index] === undefined) {
      const proof = decimalEvidence(text, whole);
      if (proof !== "ambiguous") decimals[metric.index] = proof;
    }
    return metric.percent && !text.includes("%") ? read / 100 : read;
  };

  /** Leaves out what no value of this metric can be; an average over nothing is written as 0 and means nothing. */
  const judge = (metric: PlannedMetric, row: string): void => {
    const value = numbers[metric.index] ?? NO_VALUE;
    if (Number.isNaN(value)) return;
    const empty = metric.over !== undefined && numbers[metric.over] === 0;
    const objection = empty ? undefined : objectionTo(value, metric);
    if (objection) skip(objection.reason, row, `${metric.name}: ${objection.why}`);
    if (objection || empty) numbers[metric.index] = NO_VALUE;
  };

  const groupOf = (day: string): SubjectGroup => {
    const known = groups.get(day) ?? subjectGroup(`${signature}|${day}`);
    groups.set(day, known);
    return known;
  };

  /** False where the row repeats or contradicts an earlier one. */
  const isNew = (day: string, scope: string, line: number, row: string): boolean => {
    let hash = 0;
    for (const { index } of plan.metrics) hash = mixValue(hash, numbers[index] ?? NO_VALUE);
    const place = ((context.fileNumber << LINE_BITS) | Math.min(line, LINE_MASK)) >>> 0;
    const met = seen.meet(groupOf(day), scope, hash, place);
    if (met === "new") return true;
    if (met === "same") skip("duplicate", row, "the row repeats an earlier one");
    else {
      const first = `${context.files[met.other >>> LINE_BITS] ?? file}:${met.other & LINE_MASK}`;
      skip("contradiction", row, `the row has other values than ${first} for the same day and scope; ${first} is kept`);
    }
    return false;
  };

  return {
    sums,
    vague,
    read(cells, line, out) {
      const row = `${file}:${line}`;
      table.rows += 1;
      summary.rows_read += 1;
      const day = plan.date === undefined ? plan.day : dayOf(cells[plan.date] ?? "", row);
      if (day === undefined) return;
      const scope = scopeOf(cells, row);
      if (scope === undefined) return;
      for (const metric of plan.metrics) numbers[metric.index] = numberOf(metric, cells, row);
      for (const metric of plan.metrics) judge(metric, row);
      if (!isNew(day, scope, line, row)) return;
      coverDay(summary, day);
      const final = day <= context.settled;
      for (const { name, index, definition } of plan.metrics) {
        const value = numbers[index] ?? NO_VALUE;
        if (Number.isNaN(value)) continue;
        sums[index] = (sums[index] ?? 0) + value;
        table.values += 1;
        summary.values += 1;
        out.push({ metric: name, scope, day, value, unit: definition.unit, final, row });
      }
    },
  };
}

function objectionTo(value: number, { definition }: PlannedMetric): { reason: SkipReason; why: string } | undefined {
  const { least, most, whole, unit } = definition;
  // Beyond this no sum is exact, and a few such values would make it infinite.
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER)
    return { reason: "out_of_range", why: `expected at most ${Number.MAX_SAFE_INTEGER}, got ${value}` };
  if (value < 0 && least !== undefined && least >= 0)
    return { reason: "negative", why: `expected no negative ${unit}, got ${value}` };
  if (whole === true && !Number.isInteger(value))
    return { reason: "not_whole", why: `expected a whole number, got ${value}` };
  if ((least !== undefined && value < least) || (most !== undefined && value > most)) {
    return { reason: "out_of_range", why: `expected ${unit} from ${least} to ${most ?? "any"}, got ${value}` };
  }
  return undefined;
}
