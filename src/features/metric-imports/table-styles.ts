import { type DayOrder, dayOrderOf } from "./day-style.ts";
import { refusedFile } from "./import-error.ts";
import type { ImportOptions } from "./import-options.ts";
import { type Decimal, decimalOf } from "./number-style.ts";
import type { TablePlan } from "./table-plan.ts";

/** How a table writes its days and numbers. */
export interface TableStyles {
  dayOrder: DayOrder;
  /** Decimal sign per planned metric; undefined where nothing in the file tells. */
  decimals: (Decimal | undefined)[];
}

/** Decides per column from a sample; a column that contradicts itself, or a date that can be read in two ways, refuses the file. */
export function tableStyles(
  file: string,
  plan: TablePlan,
  sample: readonly string[][],
  options: Pick<ImportOptions, "dateFormat" | "decimal">,
): TableStyles {
  return {
    dayOrder: dayOrder(file, plan, sample, options.dateFormat),
    decimals: decimals(file, plan, sample, options.decimal),
  };
}

function dayOrder(file: string, plan: TablePlan, sample: readonly string[][], stated: DayOrder | undefined): DayOrder {
  const { date } = plan;
  if (date === undefined) return "ymd";
  const texts = sample.map((row) => row[date] ?? "");
  const order = dayOrderOf(texts);
  if (typeof order === "object") {
    const [one, other] = order.conflict;
    throw refusedFile(
      file,
      `dates contradict each other: ${one} has the day first, ${other} the month`,
      "make the dates alike",
    );
  }
  if (order !== "ambiguous") return order;
  if (stated !== undefined && stated !== "ymd") return stated;
  throw refusedFile(
    file,
    `dates such as ${texts[0] ?? ""} can be read in two ways`,
    "say which comes first with date_format: dmy or mdy",
  );
}

/** What one column leaves open, the others of the same file decide, when they agree. */
function decimals(
  file: string,
  plan: TablePlan,
  sample: readonly string[][],
  stated: Decimal | undefined,
): (Decimal | undefined)[] {
  const own = plan.metrics.map(({ column, definition }) => {
    const found = decimalOf(
      sample.map((row) => row[column] ?? ""),
      definition.whole === true,
    );
    if (typeof found !== "object") return found;
    throw refusedFile(
      file,
      `the column of ${definition.metric} mixes two ways to write numbers: ${found.conflict[0]} and ${found.conflict[1]}`,
      "export it again in one language",
    );
  });
  const signs = new Set(own.filter((sign) => sign !== undefined));
  const common = signs.size === 1 ? [...signs][0] : undefined;
  return own.map((sign) => sign ?? common ?? stated);
}
