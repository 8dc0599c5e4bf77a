import { OhmymktError } from "../../../errors.ts";
import {
  assertCriteriaMet,
  assertTaskTransition,
  type CriterionResult,
  TERMINAL_STATUSES,
  type TaskStatus,
} from "../../../lib/tasks.ts";
import type { Sql } from "../sql.ts";
import { noTask } from "./edges.ts";
import { unblock } from "./finish.ts";
import { BLOCKED_BY } from "./rows.ts";

/** What changes beside the state; JSON members are text already. */
export interface MoveFields {
  agent?: string | undefined;
  leaseMs?: number | undefined;
  result?: string | undefined;
  results?: readonly CriterionResult[] | undefined;
  error?: string | undefined;
  metadata?: string | undefined;
}

interface Row {
  seq: number;
  status: TaskStatus;
  blockers: number;
  criteria: string;
  assigned_agent: string | null;
  blocked_by: string;
}

/**
 * Inside a transaction: moves a task along the table without a token, for rules and people rather than workers; the ids that are ready because of it.
 * Back to pending it counts no attempt. Throws `not_found`, `invalid_transition` or `invalid_arguments`.
 */
export function moveTask(sql: Sql, id: string, to: TaskStatus, fields: MoveFields, now: number): string[] {
  const task = sql.get<Row>(
    `SELECT seq, status, blockers, acceptance_criteria AS criteria, assigned_agent, ${BLOCKED_BY} AS blocked_by FROM tasks WHERE id = ?`,
    id,
  );
  if (task === undefined) throw noTask(id);
  assertTaskTransition(task.status, to);
  if (to === "completed")
    assertCriteriaMet({ id, acceptance_criteria: JSON.parse(task.criteria) as string[] }, fields.results);
  if (to === "pending") release(sql, task.seq, now);
  else if (task.status === "pending" && to !== "cancelled") take(sql, id, task, to, fields, now);
  else sql.run(`UPDATE tasks SET status = ?, updated_at = ? WHERE seq = ?`, to, now, task.seq);
  if (TERMINAL_STATUSES.has(to))
    sql.run(
      `UPDATE tasks SET completed_at = ?, lease_until = NULL, waiting = NULL, run_at = NULL WHERE seq = ?`,
      now,
      task.seq,
    );
  sql.run(
    `UPDATE tasks SET result = coalesce(?, result), results = coalesce(?, results), error = coalesce(?, error), metadata = coalesce(?, metadata) WHERE seq = ?`,
    fields.result ?? null,
    fields.results === undefined ? null : JSON.stringify(fields.results),
    fields.error ?? null,
    fields.metadata ?? null,
    task.seq,
  );
  return to === "completed" ? unblock(sql, task.seq, now) : [];
}

/** From pending: this is a claim, so it obeys the blockers and gets the next number. */
function take(sql: Sql, id: string, task: Row, to: TaskStatus, { agent, leaseMs }: MoveFields, now: number): void {
  if (task.blockers > 0) {
    throw new OhmymktError(
      "invalid_transition",
      `task ${JSON.stringify(id)} waits for ${(JSON.parse(task.blocked_by) as string[]).join(", ")} and cannot become ${to}`,
      {
        hint: "complete these first",
      },
    );
  }
  sql.run(
    `UPDATE tasks SET status = ?, assigned_agent = ?, lease_until = ?, started_at = ?, updated_at = ?, attempt = attempt + 1, run_at = NULL WHERE seq = ?`,
    to,
    agent ?? task.assigned_agent,
    leaseMs === undefined ? null : now + leaseMs,
    now,
    now,
    task.seq,
  );
}

function release(sql: Sql, seq: number, now: number): void {
  sql.run(
    `UPDATE tasks SET status = 'pending', assigned_agent = NULL, lease_until = NULL, started_at = NULL, waiting = NULL, updated_at = ?, released = released + 1 WHERE seq = ?`,
    now,
    seq,
  );
}
