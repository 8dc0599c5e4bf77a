import type { Sql } from "../sql.ts";
import { OhmymktError } from "../../../errors.ts";
import { TERMINAL_STATUSES, type Task, type TaskStatus } from "../../../lib/tasks.ts";
import { noTask } from "./edges.ts";
import { waitersOf } from "./finish.ts";
import { SELECT_TASK, type StoredTask, taskFromStored } from "./rows.ts";

/** Finished before the given time, and no unfinished task waits for it. */
const OLD = `WHERE status IN('completed','failed','cancelled') AND coalesce(completed_at, updated_at) < ?
  AND NOT EXISTS(SELECT 1 FROM dep JOIN tasks w ON w.seq = dep.task WHERE dep.dep = tasks.seq AND w.status IN('pending','claimed','in_progress'))`;

/** Inside a transaction: moves old finished tasks out of the pool; how many. Their ids stay taken, and they can still be read by id. */
export function archiveTasks(sql: Sql, before: number, now: number): number {
  const old = sql.all<StoredTask>(`${SELECT_TASK} ${OLD} ORDER BY seq`, before);
  for (const row of old) {
    sql.run(
      `INSERT INTO tasks_archive(id, status, completed_at, archived_at, task) VALUES(?,?,?,?,?)`,
      row.id,
      row.status,
      row.completed_at,
      now,
      JSON.stringify(taskFromStored(row)),
    );
  }
  // All at once at the end: deleting one takes its edges away, which the others should still have in their record.
  sql.run(`DELETE FROM tasks WHERE id IN(SELECT value FROM json_each(?))`, JSON.stringify(old.map(({ id }) => id)));
  return old.length;
}

export function archivedTask(sql: Sql, id: string): Task | undefined {
  const row = sql.get<{ task: string }>(`SELECT task FROM tasks_archive WHERE id = ?`, id);
  return row && (JSON.parse(row.task) as Task);
}

/** Inside a transaction: removes a task for good. Throws `not_found`, or `invalid_transition` while an unfinished task waits for it. */
export function removeTask(sql: Sql, id: string): void {
  const task = sql.get<{ seq: number; status: TaskStatus }>(`SELECT seq, status FROM tasks WHERE id = ?`, id);
  if (task === undefined) throw noTask(id);
  const waiters = task.status === "completed" ? [] : waitersOf(sql, id);
  if (waiters.length > 0) {
    const state = TERMINAL_STATUSES.has(task.status) ? task.status : "unfinished";
    throw new OhmymktError(
      "invalid_transition",
      `task ${JSON.stringify(id)} is ${state}, and ${waiters.join(", ")} would wait for it forever`,
      {
        hint: "take it off their dependencies or cancel them first",
      },
    );
  }
  sql.run(`DELETE FROM tasks WHERE seq = ?`, task.seq);
}
