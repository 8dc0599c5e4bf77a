import { assertTaskTransition, type NewTask, type Task, TASK_STATUSES, type TaskStatus } from "../../lib/tasks.ts";
import { OhmymktError } from "../../errors.ts";
import type { Tasks } from "../store.ts";
import type { Context } from "./context.ts";
import { insertTask, SELECT_TASK, type StoredTask, taskFromStored } from "./task-rows.ts";
import { linkBlockers } from "./task-blockers.ts";
import { page, Where } from "./where.ts";

export function createTasks(context: Context): Tasks {
  const { sql } = context;
  return {
    create: async (tasks) => create(context, tasks),
    get: async (id) => get(context, id),
    list: async (filter = {}) => {
      const where = new Where();
      if (filter.status !== undefined)
        where.and(`status IN(SELECT value FROM json_each(?))`, JSON.stringify(filter.status));
      where.equal("owner", filter.owner);
      where.equal("module", filter.module);
      return sql
        .all<StoredTask>(`${SELECT_TASK} ${where.text} ORDER BY seq LIMIT ? OFFSET ?`, ...where.params, ...page(filter))
        .map(taskFromStored);
    },
    count: async () => {
      const counts = Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])) as Record<TaskStatus, number>;
      for (const { status, n } of sql.all<{ status: TaskStatus; n: number }>(
        `SELECT status, count(*) AS n FROM tasks GROUP BY status`,
      ))
        counts[status] = n;
      return counts;
    },
    transition: async (id, to, fields) => transition(context, id, to, fields),
  };
}

function get({ sql }: Context, id: string): Task | undefined {
  const row = sql.get<StoredTask>(`${SELECT_TASK} WHERE id = ?`, id);
  return row && taskFromStored(row);
}

function create(context: Context, tasks: readonly NewTask[]): Task[] {
  const created: { seq: number; id: string; blockedBy: readonly string[] }[] = [];
  for (const task of tasks) {
    const id = task.id ?? `task-${context.randomId()}`;
    const seq = insertTask(context, { ...task, id });
    if (seq !== undefined) created.push({ seq, id, blockedBy: task.blocked_by ?? [] });
  }
  linkBlockers(context.sql, created);
  return created.map(({ id }) => existing(context, id));
}

function existing(context: Context, id: string): Task {
  const task = get(context, id);
  if (task !== undefined) return task;
  throw new OhmymktError("not_found", `there is no task ${JSON.stringify(id)}`, {
    hint: "list the tasks to see their ids",
  });
}

const TERMINAL: ReadonlySet<TaskStatus> = new Set(["completed", "failed", "cancelled"]);

function transition(
  context: Context,
  id: string,
  to: TaskStatus,
  fields: Parameters<Tasks["transition"]>[2] = {},
): Task {
  const { sql, nowMs } = context;
  assertTaskTransition(existing(context, id).status, to);
  const started = to === "claimed" || to === "in_progress" ? nowMs : null;
  sql.run(
    `UPDATE tasks SET status = ?, updated_at = ?, started_at = coalesce(started_at, ?), completed_at = coalesce(?, completed_at),
       result = coalesce(?, result), error = coalesce(?, error), metadata = coalesce(?, metadata) WHERE id = ?`,
    to,
    nowMs,
    started,
    TERMINAL.has(to) ? nowMs : null,
    fields.result ?? null,
    fields.error ?? null,
    fields.metadata === undefined ? null : JSON.stringify(fields.metadata),
    id,
  );
  if (to === "pending")
    sql.run(`UPDATE tasks SET assigned_agent = NULL, lease_until = NULL, started_at = NULL WHERE id = ?`, id);
  if (to === "completed") {
    sql.run(
      `UPDATE tasks SET blockers = blockers - 1 WHERE seq IN(SELECT task FROM dep WHERE dep = (SELECT seq FROM tasks WHERE id = ?))`,
      id,
    );
  }
  return existing(context, id);
}
