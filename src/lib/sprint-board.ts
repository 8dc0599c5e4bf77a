import { z } from "zod";
import { dayAfter } from "./days.ts";
import { defineDocument } from "./documents.ts";

const Impact = z.strictObject({ metric: z.string(), direction: z.enum(["up", "down"]), expectation: z.string() });
const Rollback = z.strictObject({ metric: z.string(), condition: z.string(), action: z.string() });

/** One line of the 40-task pool: work of a module with everything but its calendar day. */
export const PoolTask = z.strictObject({
  id: z.string(),
  title: z.string(),
  objective: z.string(),
  module: z.string(),
  track: z.enum(["visibility", "quality"]),
  owner: z.string(),
  due_offset_days: z.int().min(1).max(365),
  acceptance_criteria: z.array(z.string()).min(1),
  kpi_impact: Impact,
  rollback_condition: Rollback,
  depends_on: z.array(z.string()),
});
export type PoolTask = z.infer<typeof PoolTask>;
export const TaskPoolTemplate = z.strictObject({ schema_version: z.literal(1), tasks: z.array(PoolTask) });

/** The fields without which an item is not executable. */
export const REQUIRED_FIELDS = ["owner", "due_date", "kpi_impact", "rollback_condition"] as const;

/** One item of the sprint's plan; a person may clear or change any of the four required fields by hand, so they may be absent. */
export const BoardItem = z.strictObject({
  id: z.string(),
  title: z.string(),
  objective: z.string(),
  module: z.string(),
  track: z.enum(["visibility", "quality"]),
  owner: z.string().optional(),
  due_date: z.union([z.iso.date(), z.literal("")]).optional(),
  kpi_impact: z.union([Impact, z.string()]).optional(),
  rollback_condition: z.union([Rollback, z.string()]).optional(),
  acceptance_criteria: z.array(z.string()),
  depends_on: z.array(z.string()),
});
export type BoardItem = z.infer<typeof BoardItem>;

export const SprintBoard = z.strictObject({
  schema_version: z.literal(1),
  plan: z.string(),
  created_at: z.iso.datetime(),
  items: z.array(BoardItem),
});
export type SprintBoard = z.infer<typeof SprintBoard>;
export const SPRINT_BOARD_DOCUMENT = defineDocument({
  name: "sprint-board",
  path: "state/sprint-board.json",
  schema: SprintBoard,
});

/** The board of a new campaign: every pool task with its due day counted from the start. */
export function makeBoard(plan: string, pool: readonly PoolTask[], now: string): SprintBoard {
  const items = pool.map(({ due_offset_days, ...task }) => ({
    ...task,
    due_date: dayAfter(now, due_offset_days),
  }));
  return { schema_version: 1, plan, created_at: now, items };
}

/** The required fields that an item lacks; an item with any is not executable and cannot become a task. */
export function missingFields(item: BoardItem): string[] {
  return REQUIRED_FIELDS.filter((field) => {
    const value = item[field];
    return value === undefined || (typeof value === "string" && value.trim() === "");
  });
}
