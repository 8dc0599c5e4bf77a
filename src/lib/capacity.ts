import { quantile } from "./quantile.ts";

/** Open work of one owner that is due on a day. */
export interface Demand {
  owner: string;
  due_date: string;
}

/** For how many weeks from now every owner can finish what is due; `unknown` says what is missing instead. */
export type Feasibility =
  | { weeks: number; bottleneck?: string; capacity: Record<string, number> }
  | { unknown: string };

/** Whole weeks that an owner's capacity is taken from, at most. */
export const HISTORY_WEEKS = 8;
/** Whole weeks of finished work that an owner must have before its capacity is known. */
export const LEAST_WEEKS = 4;
/** The share of past weeks in which an owner finished at least what is counted on. */
export const RELIED_ON = 0.8;
const WEEK_MS = 7 * 86_400_000;

/**
 * The longest run of weeks in which, for every owner, the work due by the end of each week fits into what the owner finishes.
 * An owner's weekly capacity is what it finished in at least 80 % of its last 8 weeks (the 20th percentile);
 * `finished` are the instants at which its tasks were completed. What is overdue counts as due in the first week;
 * weeks after the last due date are not counted, because nothing is planned for them yet.
 */
export function feasibleWeeks(
  demand: readonly Demand[],
  finished: ReadonlyMap<string, readonly string[]>,
  now: string,
): Feasibility {
  if (demand.length === 0) return { unknown: "no open work has an owner and a due date" };
  const capacity: Record<string, number> = {};
  for (const owner of new Set(demand.map((one) => one.owner))) {
    const weekly = weeklyCounts(finished.get(owner) ?? [], now);
    if (weekly.length < LEAST_WEEKS)
      return {
        unknown: `${owner} has ${weekly.length} whole weeks of finished tasks, at least ${LEAST_WEEKS} are needed`,
      };
    capacity[owner] = quantile(weekly, 1 - RELIED_ON);
  }
  const start = Date.parse(now);
  const dueIn = demand.map(({ owner, due_date }) => ({
    owner,
    week: Math.max(1, Math.ceil((Date.parse(`${due_date}T23:59:59.999Z`) - start) / WEEK_MS)),
  }));
  const planned = Math.max(...dueIn.map(({ week }) => week));
  for (let week = 1; week <= planned; week += 1) {
    const over = Object.entries(capacity).find(
      ([owner, each]) => dueIn.filter((one) => one.owner === owner && one.week <= week).length > each * week,
    );
    if (over) return { weeks: week - 1, bottleneck: over[0], capacity };
  }
  return { weeks: planned, capacity };
}

/** Tasks finished in each whole week before now, newest first, back to the first one but at most eight. */
function weeklyCounts(finished: readonly string[], now: string): number[] {
  const ages = finished
    .map((at) => Math.floor((Date.parse(now) - Date.parse(at)) / WEEK_MS))
    .filter((age) => age >= 0 && age < HISTORY_WEEKS);
  const oldest = Math.max(-1, ...ages);
  return Array.from({ length: oldest + 1 }, (_, week) => ages.filter((age) => age === week).length);
}
