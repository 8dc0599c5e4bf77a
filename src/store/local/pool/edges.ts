import { OhmymktError } from "../../../errors.ts";
import { circle } from "../../../lib/task-graph.ts";
import type { TaskStatus } from "../../../lib/tasks.ts";
import type { Sql } from "../sql.ts";
import { findBlocker } from "./insert.ts";

const RECOUNT = `UPDATE tasks SET updated_at = ?,
  blockers = (SELECT count(*) FROM dep JOIN tasks b ON b.seq = dep.dep WHERE dep.task = tasks.seq AND b.status <> 'completed') WHERE seq = ?`;

/** Walks from the new blockers to what they wait for; completed tasks wait for nothing any more. Stops at the first hit. */
const REACHES = `WITH RECURSIVE above(seq) AS (
    SELECT value FROM json_each(?)
    UNION
    SELECT dep.dep FROM above JOIN dep ON dep.task = above.seq JOIN tasks b ON b.seq = dep.dep AND b.status <> 'completed'
  ) SELECT 1 FROM above WHERE seq = ? LIMIT 1`;

interface Waiting {
  seq: number;
  status: TaskStatus;
}

/** Inside a transaction: makes a pending task wait for more tasks. Throws `not_found`, `invalid_transition` or `invalid_arguments`. */
export function addBlockers(sql: Sql, id: string, blockers: readonly string[], now: number): void {
  const task = pending(sql, id);
  const found = [...new Set(blockers)].flatMap((blocker) => findBlocker(sql, id, blocker));
  const open = found.filter(({ status }) => status !== "completed").map(({ seq }) => seq);
  // A task for which nobody waits cannot be part of a circle.
  const hasWaiters = sql.get(`SELECT 1 FROM dep WHERE dep = ? LIMIT 1`, task.seq) !== undefined;
  if (hasWaiters && open.length > 0 && sql.get(REACHES, JSON.stringify(open), task.seq) !== undefined)
    throw circle([id, ...blockers]);
  for (const { seq } of found)
    sql.run(`INSERT INTO dep(task, dep) VALUES(?,?) ON CONFLICT DO NOTHING`, task.seq, seq ?? null);
  sql.run(RECOUNT, now, task.seq);
}

/** Inside a transaction: the task no longer waits for these; ids that did not block it change nothing. */
export function removeBlockers(sql: Sql, id: string, blockers: readonly string[], now: number): void {
  const { seq } = pending(sql, id);
  sql.run(
    `DELETE FROM dep WHERE task = ? AND dep IN(SELECT seq FROM tasks WHERE id IN(SELECT value FROM json_each(?)))`,
    seq,
    JSON.stringify(blockers),
  );
  sql.run(RECOUNT, now, seq);
}

function pending(sql: Sql, id: string): Waiting {
  const task = sql.get<Waiting>(`SELECT seq, status FROM tasks WHERE id = ?`, id);
  if (task === undefined) throw noTask(id);
  if (task.status === "pending") return task;
  throw new OhmymktError(
    "invalid_transition",
    `task ${JSON.stringify(id)} is ${task.status}; only a pending task can wait for others`,
    {
      hint: "create a new task with these dependencies, or requeue this one first",
    },
  );
}

export function noTask(id: string): OhmymktError {
  return new OhmymktError("not_found", `there is no task ${JSON.stringify(id)}`, {
    hint: "list the tasks to see their ids",
  });
}
