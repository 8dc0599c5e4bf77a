import { z } from "zod";
import { OhmymktError } from "../errors.ts";

export const TaskPriority = { LOW: 0, MEDIUM: 1, HIGH: 2, CRITICAL: 3 } as const;
export type TaskPriority = (typeof TaskPriority)[keyof typeof TaskPriority];

export const TaskStatus = {
  PENDING: "pending",
  CLAIMED: "claimed",
  IN_PROGRESS: "in_progress",
  COMPLETED: "completed",
  FAILED: "failed",
  CANCELLED: "cancelled",
} as const;
export type TaskStatus = (typeof TaskStatus)[keyof typeof TaskStatus];
export const TASK_STATUSES = ["pending", "claimed", "in_progress", "completed", "failed", "cancelled"] as const;

/** From → to. `pending` is reached again only by an expired lease, a requeue or a retry; the last three are terminal. */
export const TASK_TRANSITIONS = {
  pending: ["claimed", "in_progress", "cancelled"],
  claimed: ["in_progress", "completed", "failed", "cancelled", "pending"],
  in_progress: ["completed", "failed", "cancelled", "pending"],
  completed: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<TaskStatus, readonly TaskStatus[]>;

/** What was found for one acceptance criterion. */
export const CriterionResult = z.strictObject({ criterion: z.string().min(1), evidence: z.string().min(1) });
export type CriterionResult = z.infer<typeof CriterionResult>;

/** A note that the worker left on its way; a later attempt can go on from there. */
export const Checkpoint = z.strictObject({ at: z.string(), agent: z.string(), note: z.string() });
export type Checkpoint = z.infer<typeof Checkpoint>;

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
  /** Those of `blocked_by` that failed or were cancelled: the task cannot become ready by itself. */
  blocked_by_failed: z.array(z.string()).optional(),
  priority: z.literal([0, 1, 2, 3]),
  status: z.enum(TASK_STATUSES),
  assigned_agent: z.string().optional(),
  /** Attempts that count against `max_attempts`: every claim, except those given back without fault. */
  attempts: z.int().min(0),
  max_attempts: z.int().min(1).max(100).optional(),
  lease_expires_at: z.string().optional(),
  /** A retry is not claimed before this time. */
  not_before: z.string().optional(),
  /** What an active task waits for (an approval, a person); it is then neither stuck nor idle. */
  waiting_for: z.string().optional(),
  artifacts: z.array(z.string()),
  module: z.string().optional(),
  track: z.enum(["visibility", "quality"]).optional(),
  campaign: z.string().optional(),
  plan: z.string().optional(),
  due_date: z.iso.date().optional(),
  kpi_impact: z.string().optional(),
  rollback_condition: z.string().optional(),
  checkpoints: z.array(Checkpoint),
  result: z.string().optional(),
  results: z.array(CriterionResult).optional(),
  error: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()),
  created_at: z.string(),
  updated_at: z.string(),
  started_at: z.string().optional(),
  completed_at: z.string().optional(),
});
export type Task = z.infer<typeof Task>;

/** What a new task may say; the pool adds the rest. */
export const NewTask = Task.omit({
  status: true,
  blocked_by_failed: true,
  attempts: true,
  lease_expires_at: true,
  not_before: true,
  waiting_for: true,
  checkpoints: true,
  result: true,
  results: true,
  error: true,
  created_at: true,
  updated_at: true,
  started_at: true,
  completed_at: true,
})
  .partial()
  .required({ title: true, objective: true, owner: true, acceptance_criteria: true });
export type NewTask = z.infer<typeof NewTask>;

export const TERMINAL_STATUSES: ReadonlySet<TaskStatus> = new Set(["completed", "failed", "cancelled"]);

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

/** Refuses a completion that leaves an acceptance criterion without a result, or has a result for something else. */
export function assertCriteriaMet(
  task: Pick<Task, "id" | "acceptance_criteria">,
  results: readonly CriterionResult[] = [],
): void {
  const told = new Set(results.filter(({ evidence }) => evidence.trim() !== "").map(({ criterion }) => criterion));
  const missing = task.acceptance_criteria.filter((criterion) => !told.has(criterion));
  const foreign = [...told].filter((criterion) => !task.acceptance_criteria.includes(criterion));
  if (missing.length === 0 && foreign.length === 0) return;
  const problem =
    missing.length > 0 ? `no result for ${quoted(missing)}` : `results for ${quoted(foreign)}, which it does not have`;
  throw new OhmymktError(
    "invalid_arguments",
    `task ${JSON.stringify(task.id)}: expected one result with evidence for each acceptance criterion, got ${problem}`,
    {
      hint: `complete it with results for exactly: ${quoted(task.acceptance_criteria)}`,
    },
  );
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(", ");
}
