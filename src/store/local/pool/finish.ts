import { OhmymktError } from "../../../errors.ts";
import { DEFAULT_MAX_ATTEMPTS, type Holder } from "../../../lib/task-lease.ts";
import { assertCriteriaMet, assertTaskTransition, type CriterionResult, type TaskStatus } from "../../../lib/tasks.ts";
import type { Sql } from "../sql.ts";
import { noTask } from "./edges.ts";

/** One claim of one task: every write of a worker names it, and none succeeds once the task was given to another claim. */
export interface Lease extends Holder {
  id: string;
}

/** What a worker reports at the end. Texts are stored as they are. */
export interface Completion {
  result?: string | undefined;
  results?: readonly CriterionResult[] | undefined;
  /** JSON text that replaces the metadata. */
  metadata?: string | undefined;
}

const HELD = `id = ? AND attempt = ? AND assigned_agent = ? AND status IN('claimed','in_progress')`;

const SET_COMPLETED = `UPDATE tasks SET status = 'completed', updated_at = ?, completed_at = ?, result = coalesce(?, result), results = coalesce(?, results), metadata = coalesce(?, metadata),
  error = NULL, lease_until = NULL, waiting = NULL WHERE ${HELD}`;
const COMPLETE = `${SET_COMPLETED} RETURNING seq, acceptance_criteria AS criteria, EXISTS(SELECT 1 FROM dep WHERE dep.dep = tasks.seq) AS waiters`;

/** Inside a transaction: completes a held task; the ids of the tasks that are ready because of it. Throws `stale` or `invalid_arguments`. */
export function complete(sql: Sql, lease: Lease, { result, results, metadata }: Completion, now: number): string[] {
  const told = results === undefined ? null : JSON.stringify(results);
  const row = sql.get<{ seq: number; criteria: string; waiters: number }>(
    COMPLETE,
    now,
    now,
    result ?? null,
    told,
    metadata ?? null,
    lease.id,
    lease.attempt,
    lease.agent,
  );
  if (row === undefined) throw notHeld(sql, lease, "completed");
  if (row.criteria !== "[]" || results !== undefined)
    assertCriteriaMet({ id: lease.id, acceptance_criteria: JSON.parse(row.criteria) as string[] }, results);
  return row.waiters === 0 ? [] : unblock(sql, row.seq, now);
}

/** The statement of `completeAlone`, returning these columns. */
export function completeAloneText(columns: string): string {
  return `${SET_COMPLETED} AND acceptance_criteria = '[]' AND NOT EXISTS(SELECT 1 FROM dep WHERE dep.dep = tasks.seq) RETURNING ${columns}`;
}

/** One statement, atomic by itself: completes a held task without criteria for which nobody waits. Undefined for every other task, which is left as it is. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the shape of the row is that of the text's columns
export function completeAlone<Row>(
  sql: Sql,
  text: string,
  { id, attempt, agent }: Lease,
  { result, metadata }: Completion,
  now: number,
): Row | undefined {
  return sql.get<Row>(text, now, now, result ?? null, null, metadata ?? null, id, attempt, agent);
}

/** Inside a transaction: takes a completed task off the counts of those that waited for it; the ids that are ready now. */
export function unblock(sql: Sql, seq: number, now: number): string[] {
  return sql
    .all<{ id: string; ready: number }>(
      `UPDATE tasks SET blockers = blockers - 1, updated_at = ? WHERE seq IN(SELECT task FROM dep WHERE dep = ?)
       RETURNING id, status = 'pending' AND blockers = 0 AS ready`,
      now,
      seq,
    )
    .filter(({ ready }) => ready === 1)
    .map(({ id }) => id);
}

/** The ids of the pending tasks that wait for this one. */
export function waitersOf(sql: Sql, id: string): string[] {
  return sql
    .all<{ id: string }>(
      `SELECT w.id FROM tasks t JOIN dep ON dep.dep = t.seq JOIN tasks w ON w.seq = dep.task WHERE t.id = ? AND w.status = 'pending' ORDER BY w.seq`,
      id,
    )
    .map((row) => row.id);
}

/** How a failure goes on; the task's own `max_attempts` goes before `maxAttempts`. */
export interface RetryPolicy {
  maxAttempts: number;
  /** Milliseconds to wait after so many attempts. */
  delayMs(attempts: number): number;
}

/** Inside a transaction: fails a held task, or with `retry` puts it back for a later attempt while one is left. Throws `stale`. */
export function fail(
  sql: Sql,
  lease: Lease,
  error: string,
  retry: RetryPolicy | undefined,
  now: number,
): "failed" | "pending" {
  return giveBack(sql, lease, { error, fault: true, retry }, now);
}

/** Inside a transaction: returns a held task to the pool at once; with `fault` it counts as an attempt, and the last one fails. Throws `stale`. */
export function requeue(
  sql: Sql,
  lease: Lease,
  { reason, fault }: { reason: string; fault: boolean },
  now: number,
): "failed" | "pending" {
  return giveBack(
    sql,
    lease,
    { error: reason, fault, retry: { maxAttempts: DEFAULT_MAX_ATTEMPTS, delayMs: () => 0 } },
    now,
  );
}

interface GivenBack {
  error: string;
  fault: boolean;
  retry: RetryPolicy | undefined;
}

function giveBack(sql: Sql, lease: Lease, { error, fault, retry }: GivenBack, now: number): "failed" | "pending" {
  const row = sql.get<{ released: number; max_attempts: number | null }>(
    `SELECT released, max_attempts FROM tasks WHERE ${HELD}`,
    lease.id,
    lease.attempt,
    lease.agent,
  );
  if (row === undefined) throw notHeld(sql, lease, "failed");
  const attempts = lease.attempt - row.released;
  if (retry === undefined || (fault && attempts >= (row.max_attempts ?? retry.maxAttempts))) {
    sql.run(
      `UPDATE tasks SET status = 'failed', updated_at = ?, completed_at = ?, error = ?, lease_until = NULL, waiting = NULL WHERE id = ?`,
      now,
      now,
      error,
      lease.id,
    );
    return "failed";
  }
  const delay = retry.delayMs(attempts);
  sql.run(
    `UPDATE tasks SET status = 'pending', updated_at = ?, error = ?, assigned_agent = NULL, lease_until = NULL, started_at = NULL, waiting = NULL, run_at = ?, released = released + ? WHERE id = ?`,
    now,
    error,
    delay > 0 ? now + delay : null,
    fault ? 0 : 1,
    lease.id,
  );
  return "pending";
}

/** Why a worker's write changed no row: the task is gone, finished, or given to a later claim. */
export function notHeld(sql: Sql, { id, attempt, agent }: Lease, to: TaskStatus): OhmymktError {
  const row = sql.get<{ status: TaskStatus; attempt: number; assigned_agent: string | null }>(
    `SELECT status, attempt, assigned_agent FROM tasks WHERE id = ?`,
    id,
  );
  if (row === undefined) return noTask(id);
  if (row.attempt === attempt && row.assigned_agent === agent) {
    try {
      assertTaskTransition(row.status, to);
    } catch (error) {
      if (error instanceof OhmymktError) return error;
      throw error;
    }
  }
  const now =
    row.status === "claimed" || row.status === "in_progress"
      ? `held by ${row.assigned_agent} (attempt ${row.attempt})`
      : row.status;
  return new OhmymktError(
    "stale",
    `task ${JSON.stringify(id)}: expected it to be held by ${agent} (attempt ${attempt}), but it is ${now}; nothing was changed`,
    {
      hint: "stop working on it and claim a task again; its lease had expired or it was given back",
    },
  );
}
