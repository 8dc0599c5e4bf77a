import { daysAfter } from "./days.ts";
import type { Plan } from "./plans.ts";

type KpiTree = NonNullable<Plan["kpi_tree"]>;

/** The newest observation of one input of a KPI tree; undefined when there is none. */
export type NewestOf = (metric: string, source: string) => { id: string; observed_at: string } | undefined;

/** Whether every input of the tree has fresh data; `missing` names those that have not. */
export interface TreeBinding {
  bound: boolean;
  inputs: { metric: string; source: string; observation?: string; observed_at?: string }[];
  missing: string[];
}

/** How old the newest observation of an input may be, in days. */
export const FRESH_DAYS = 14;

/** A KPI tree is bound when every input has an observation of its source in the last 14 days. */
export function bindTree(tree: KpiTree | undefined, newest: NewestOf, now: string): TreeBinding {
  const leaves = tree?.drivers.flatMap((driver) => driver.inputs) ?? [];
  if (leaves.length === 0) return { bound: false, inputs: [], missing: ["a KPI tree with inputs"] };
  const since = daysAfter(now, -FRESH_DAYS);
  const inputs = leaves.map(({ metric, source }) => {
    const found = newest(metric, source);
    return { metric, source, ...(found ? { observation: found.id, observed_at: found.observed_at } : {}) };
  });
  const missing = inputs
    .filter(({ observed_at }) => observed_at === undefined || observed_at < since)
    .map(
      ({ metric, source, observed_at }) =>
        `${metric} from ${source} (${observed_at === undefined ? "no observation" : `last ${observed_at.slice(0, 10)}`})`,
    );
  return { bound: missing.length === 0, inputs, missing };
}
