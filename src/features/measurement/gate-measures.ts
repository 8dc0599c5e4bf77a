import type { Config } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import { feasibleWeeks, HISTORY_WEEKS, LEAST_WEEKS, RELIED_ON } from "../../lib/capacity.ts";
import { dayAfter, daysAfter } from "../../lib/days.ts";
import { fieldKey, type FieldValue, type GateName } from "../../lib/gates.ts";
import { bindTree, FRESH_DAYS } from "../../lib/kpi-tree.ts";
import type { Plan } from "../../lib/plans.ts";
import { brandTest, foldQuery, priorityQueryCoverage } from "../../lib/query-map.ts";
import { SPRINT_BOARD_DOCUMENT } from "../../lib/sprint-board.ts";
import type { Transaction } from "../../store/store.ts";
import { boardTaskId } from "../tasks/board-tasks.ts";
import { readQueryMap } from "./query-map.ts";
import { eachValue } from "./scoped-values.ts";

/** What a gate field measures now, with the figures behind it; `value` is absent when something is missing. */
export interface GateMeasure {
  gate: GateName;
  field: string;
  value?: FieldValue;
  /** The figures, or what is missing. */
  says: string;
}

/** The word that stands for "as it is measured now" in the evidence of an update. */
export const MEASURED = "measured";

const COVERAGE_DAYS = 28;
/** Names that a sentence lists before it counts the rest. */
const NAMED = 3;

/** What a measure looks at beside the store. */
interface MeasureBasis {
  plan: Plan | undefined;
  config: Config;
}

/** A gate field that can be computed, and what is counted for it. */
interface MeasurableField extends Pick<GateMeasure, "gate" | "field"> {
  counts: string;
  measure(tx: Transaction, basis: MeasureBasis): Promise<Pick<GateMeasure, "value" | "says">>;
}

/** The gate fields that can be computed, in the order of the gates. */
export const MEASURABLE_FIELDS: readonly MeasurableField[] = [
  {
    gate: "strategy_gate",
    field: "kpi_tree_bound",
    counts: `\`true\` when every input of the plan's KPI tree has a value about the whole property, of its own source, from the last ${FRESH_DAYS} days`,
    measure: kpiTreeBound,
  },
  {
    gate: "capacity_gate",
    field: "rolling_weeks_feasible",
    counts: `weeks from now in which, for every owner, the open work due by the end of each week fits into what the owner finished in at least ${RELIED_ON * 100} % of its last ${HISTORY_WEEKS} weeks; at least ${LEAST_WEEKS} weeks of finished tasks are needed`,
    measure: weeksFeasible,
  },
  {
    gate: "ownership_gate",
    field: "priority_query_coverage",
    counts: `Σ Search Console impressions of priority queries with exactly one owner URL in the query map ÷ Σ impressions of all its priority queries, over ${COVERAGE_DAYS} days, brand queries left out`,
    measure: queryCoverage,
  },
];

/** What each measurable field measures now. */
export async function measureGates(tx: Transaction, plan: Plan | undefined, config: Config): Promise<GateMeasure[]> {
  const measures: GateMeasure[] = [];
  for (const { gate, field, measure } of MEASURABLE_FIELDS)
    measures.push({ gate, field, ...(await measure(tx, { plan, config })) });
  return measures;
}

/** The measured value and evidence of a field. Throws `invalid_arguments` when it cannot be measured or another value is claimed. */
export function measuredEvidence(
  measures: readonly GateMeasure[],
  { gate, field, value }: { gate: string; field: string; value: unknown },
): string {
  const measure = measures.find((one) => one.gate === gate && one.field === field);
  const key = `${gate}.${field}`;
  if (!measure) {
    const fields = measures.map((one) => fieldKey(one.gate, one.field)).join(", ");
    throw new OhmymktError("invalid_arguments", `${key} cannot be measured; these can: ${fields}`, {
      hint: "give evidence that a stranger can check: a file, a URL, a statement",
    });
  }
  if (measure.value === undefined)
    throw new OhmymktError("invalid_arguments", `${key} cannot be measured now: ${measure.says}`, {
      hint: "import what is missing, or give other evidence",
    });
  if (measure.value !== value)
    throw new OhmymktError(
      "invalid_arguments",
      `${key} measures ${measure.value}, got ${String(value)}: ${measure.says}`,
      {
        hint: `repeat the call with value ${measure.value}`,
      },
    );
  return `measured: ${measure.says}`;
}

type Measured = ReturnType<MeasurableField["measure"]>;

async function kpiTreeBound(tx: Transaction, { plan }: MeasureBasis): Measured {
  const leaves = plan?.kpi_tree?.drivers.flatMap((driver) => driver.inputs) ?? [];
  const newest = new Map<string, { id: string; observed_at: string }>();
  for (const { metric, source } of leaves) {
    const days = { from: dayAfter(tx.now, -10 * FRESH_DAYS), to: tx.now.slice(0, 10) };
    const points = (await tx.observations.series({ metric, source, scope: "", ...days })).flatMap((one) => one.points);
    const last = points.toSorted((a, b) => (a.day < b.day ? -1 : 1)).at(-1);
    if (last) newest.set(`${metric} ${source}`, { id: last.observation, observed_at: `${last.day}T23:59:59.999Z` });
  }
  const tree = bindTree(plan?.kpi_tree, (metric, source) => newest.get(`${metric} ${source}`), tx.now);
  if (leaves.length === 0) return { says: "the plan has no KPI tree with inputs" };
  const says = tree.bound
    ? `all ${leaves.length} inputs have an observation of the last ${FRESH_DAYS} days (${some(tree.inputs.map(({ metric, source, observation }) => `${metric} from ${source} ${observation}`))})`
    : `no fresh data: ${some(tree.missing)}`;
  return { value: tree.bound, says };
}

async function weeksFeasible(tx: Transaction): Measured {
  const board = await tx.documents.read(SPRINT_BOARD_DOCUMENT);
  const open = await tx.tasks.list({ status: ["pending", "claimed", "in_progress"] });
  const planned: { owner?: string | undefined; due_date?: string | undefined }[] = [];
  for (const item of board?.items ?? [])
    if (board && (await tx.tasks.get(boardTaskId(board, item.id))) === undefined) planned.push(item);
  const demand = [...open, ...planned].flatMap(({ owner, due_date }) =>
    owner && due_date ? [{ owner, due_date }] : [],
  );
  const since = daysAfter(tx.now, -7 * HISTORY_WEEKS);
  const finished = (await tx.tasks.list({ status: ["completed"] })).filter(
    ({ completed_at = "" }) => completed_at >= since,
  );
  const byOwner = new Map(
    [...Map.groupBy(finished, ({ owner }) => owner)].map(([owner, tasks]) => [
      owner,
      tasks.map(({ completed_at = "" }) => completed_at),
    ]),
  );
  const found = feasibleWeeks(demand, byOwner, tx.now);
  if ("unknown" in found) return { says: found.unknown };
  const rates = Object.entries(found.capacity).map(([owner, each]) => `${owner} ${Number(each.toFixed(2))} a week`);
  const limit = found.bottleneck === undefined ? "" : `; ${found.bottleneck} gives way first`;
  return {
    value: found.weeks,
    says: `${demand.length} open items with owner and due date fit ${found.weeks} weeks${limit} (finished in 4 of 5 of the last weeks: ${some(rates)})`,
  };
}

async function queryCoverage(tx: Transaction, { config: { measurement } }: MeasureBasis): Measured {
  const map = await readQueryMap(tx, measurement);
  if (!map.some(({ priority }) => priority))
    return { says: `.ohmymkt/${measurement.query_map} has no priority queries` };
  const impressions = new Map<string, number>();
  const days = { from: dayAfter(tx.now, -COVERAGE_DAYS), to: tx.now.slice(0, 10) };
  const add = (query: string, { value }: { value: number }): void => {
    const key = foldQuery(query);
    impressions.set(key, (impressions.get(key) ?? 0) + value);
  };
  const rows = { source: "gsc", needs: { metric: "impressions", dimension: "query" } };
  await eachValue(tx, rows, days, add);
  if (impressions.size === 0)
    await eachValue(tx, { ...rows, needs: { metric: "impressions_period", dimension: "query" } }, days, add);
  const found = priorityQueryCoverage(map, impressions, brandTest(measurement.brand_pattern));
  if (!found) return { says: `no impressions of a priority query since ${days.from}` };
  const without = found.unowned.length > 0 ? `; without one owner URL: ${some(found.unowned)}` : "";
  return {
    value: Math.floor(found.share * 10_000) / 10_000,
    says: `${found.owned} of ${found.impressions} impressions of priority queries since ${days.from} go to queries with exactly one owner URL in ${measurement.query_map}${without}`,
  };
}

function some(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return rest > 0 ? `${names.slice(0, NAMED).join(", ")} and ${rest} more` : names.join(", ");
}
