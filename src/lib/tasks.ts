import { z } from "zod";
import { OhmymktError } from "../errors.ts";

export const PRIORITIES = { LOW: 0, MEDIUM: 1, HIGH: 2, CRITICAL: 3 } as const;

/** From → to. `pending` is reached again only by an expired lease or a retry; the last three are terminal. */
export const TASK_TRANSITIONS = {
  pending: ["claimed", "in_progress", "cancelled"],
  claimed: ["in_progress", "completed", "failed", "cancelled", "pending"],
  in_progress: ["completed", "failed", "cancelled", "pending"],
  completed: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;
export type TaskStatus = keyof typeof TASK_TRANSITIONS;
export const TASK_STATUSES = ["pending", "claimed", "in_progress", "completed", "failed", "cancelled"] as const;

/** A task of the pool. Times are ISO 8601; `due_date` is a calendar day. */
export const Task = z.strictObject({
  id: z.string().min(1),
  title: z.string().min(1),
  objective: z.string(),
  description: z.string(),
  type: z.string(),
  owner: z.string().min(1),
  acceptance_criteria: z.array(z.string()),
  blocked_by: z.array(z.string()),
  priority: z.literal([0, 1, 2, 3]),
  status: z.enum(TASK_STATUSES),
  assigned_agent: z.string().optional(),
  artifacts: z.array(z.string()),
  module: z.string().optional(),
  track: z.enum(["visibility", "quality"]).optional(),
  due_date: z.iso.date().optional(),
  kpi_impact: z.string().optional(),
  rollback_condition: z.string().optional(),
  result: z.string().optional(),
  error: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()),
  created_at: z.string(),
  updated_at: z.string(),
  started_at: z.string().optional(),
  completed_at: z.string().optional(),
});
export type Task = z.infer<typeof Task>;

export type NewTask = Pick<Task, "title" | "objective" | "owner" | "acceptance_criteria"> &
  Partial<Omit<Task, "status" | "created_at" | "updated_at">>;

/** Refuses a transition that the table does not have. */
export function assertTaskTransition(from: TaskStatus, to: TaskStatus): void {
  const allowed: readonly string[] = TASK_TRANSITIONS[from];
  if (allowed.includes(to)) return;
  throw new OhmymktError("invalid_transition", `a ${from} task cannot become ${to}`, {
    hint:
      allowed.length > 0
        ? `from ${from} a task may become ${allowed.join(", ")}`
        : `${from} is final; create a new task`,
  });
}
