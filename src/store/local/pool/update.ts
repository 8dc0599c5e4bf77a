import { OhmymktError } from "../../../errors.ts";
import { assertTaskTransition, TASK_STATUSES, type TaskStatus } from "../../../lib/tasks.ts";
import type { Sql } from "../sql.ts";
import { complete, type Completion, fail, type Lease, notHeld, requeue } from "./finish.ts";
import { moveTask } from "./move.ts";
import { bad, metadataText, type TaskMetadata } from "./pool-task.ts";
import type { CriterionResult } from "../../../lib/tasks.ts";

export interface UpdateTaskInput {
  status?: TaskStatus | undefined;
  assignedAgent?: string | undefined;
  result?: string | undefined;
  /** One for each acceptance criterion; needed to complete a task that has any. */
  results?: readonly CriterionResult[] | undefined;
  error?: string | undefined;
  metadata?: TaskMetadata | undefined;
}

const UPDATE_KEYS: ReadonlySet<string> = new Set(["status", "assignedAgent", "result", "results", "error", "metadata"]);

/** Throws `invalid_arguments` for what no task can take. */
export function checkUpdate(update: UpdateTaskInput): void {
  for (const key in update) if (!UPDATE_KEYS.has(key)) throw bad(key, `one of ${[...UPDATE_KEYS].join(", ")}`, key);
  if (update.status !== undefined) checkStatus(update.status);
  for (const name of ["assignedAgent", "result", "error"] as const) {
    if (update[name] !== undefined && typeof update[name] !== "string") throw bad(name, "a text", update[name]);
  }
}

export function checkStatus(status: unknown): void {
  if (!TASK_STATUSES.some((known) => known === status))
    throw bad("status", `one of ${TASK_STATUSES.join(", ")}`, status);
}

export function completion({ result, results, metadata }: UpdateTaskInput): Completion {
  return { result, results, metadata: metadata === undefined ? undefined : metadataText(metadata) };
}

/** Whether this only completes, which most updates do. */
export function isPlainCompletion({ status, assignedAgent, error, results }: UpdateTaskInput): boolean {
  return status === "completed" && assignedAgent === undefined && error === undefined && results === undefined;
}

interface Now {
  status: TaskStatus;
  assigned_agent: string | null;
}

/** Inside a transaction: applies an update; `lease` is the caller's claim on the task. The tasks that are ready because of it, or undefined without such a task. */
export function applyUpdate(
  sql: Sql,
  id: string,
  update: UpdateTaskInput,
  lease: Lease | undefined,
  leaseMs: number,
  now: number,
): string[] | undefined {
  const task = sql.get<Now>(`SELECT status, assigned_agent FROM tasks WHERE id = ?`, id);
  if (task === undefined) return undefined;
  const active = task.status === "claimed" || task.status === "in_progress";
  if (update.status !== undefined) assertTaskTransition(task.status, update.status);
  if (active && update.status !== "cancelled" && touchesWork(update)) assertHeld(sql, id, lease, task);
  if (!active && task.status !== "pending" && touchesWork(update)) {
    throw new OhmymktError(
      "invalid_transition",
      `task ${JSON.stringify(id)} is ${task.status}; only its metadata can still change`,
      { hint: "create a new task" },
    );
  }
  const ready =
    update.status === undefined
      ? []
      : toStatus(sql, id, update.status, update, active ? lease : undefined, leaseMs, now);
  setFields(sql, id, update, now);
  return ready;
}

/** Whether only the one who works on the task may say this. */
function touchesWork({ status, assignedAgent, result, results, error }: UpdateTaskInput): boolean {
  return [status, assignedAgent, result, results, error].some((value) => value !== undefined);
}

function assertHeld(sql: Sql, id: string, lease: Lease | undefined, task: Now): void {
  if (lease === undefined) {
    throw new OhmymktError(
      "stale",
      `task ${JSON.stringify(id)} is held by ${task.assigned_agent}, who claimed it elsewhere; nothing was changed`,
      {
        hint: "let its worker finish it, or cancel it; a dead worker's task comes back by itself",
      },
    );
  }
  const held = sql.get(
    `SELECT 1 FROM tasks WHERE id = ? AND attempt = ? AND assigned_agent = ?`,
    id,
    lease.attempt,
    lease.agent,
  );
  if (held === undefined) throw notHeld(sql, lease, task.status);
}

function toStatus(
  sql: Sql,
  id: string,
  to: TaskStatus,
  update: UpdateTaskInput,
  lease: Lease | undefined,
  leaseMs: number,
  now: number,
): string[] {
  if (lease === undefined || to === "cancelled")
    return moveTask(sql, id, to, { agent: update.assignedAgent, leaseMs, error: update.error }, now);
  if (to === "completed") return complete(sql, lease, completion(update), now);
  if (to === "failed") fail(sql, lease, update.error ?? "failed without a message", undefined, now);
  else if (to === "pending") requeue(sql, lease, { reason: update.error ?? "given back", fault: true }, now);
  else sql.run(`UPDATE tasks SET status = ? WHERE id = ?`, to, id);
  return [];
}

function setFields(sql: Sql, id: string, update: UpdateTaskInput, now: number): void {
  sql.run(
    `UPDATE tasks SET updated_at = ?, assigned_agent = coalesce(?, assigned_agent), result = coalesce(?, result), results = coalesce(?, results), error = coalesce(?, error),
     metadata = coalesce(?, metadata) WHERE id = ?`,
    now,
    update.status === "pending" ? null : (update.assignedAgent ?? null),
    update.result ?? null,
    update.results === undefined ? null : JSON.stringify(update.results),
    update.error ?? null,
    update.metadata === undefined ? null : metadataText(update.metadata),
    id,
  );
}
