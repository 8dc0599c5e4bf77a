import { type NewTask, PRIORITIES, Task } from "../../lib/tasks.ts";
import { OhmymktError } from "../../errors.ts";
import { firstIssue } from "./issues.ts";
import { type Context, withoutNulls } from "./context.ts";

/** A row as SQL returns it: times in epoch ms, lists and maps as JSON text. */
export interface StoredTask {
  id: string;
  title: string;
  objective: string;
  description: string;
  type: string;
  owner: string;
  acceptance_criteria: string;
  blocked_by: string;
  priority: Task["priority"];
  status: Task["status"];
  assigned_agent: string | null;
  artifacts: string;
  module: string | null;
  track: NonNullable<Task["track"]> | null;
  due_date: string | null;
  kpi_impact: string | null;
  rollback_condition: string | null;
  result: string | null;
  error: string | null;
  metadata: string | null;
  created_at: number;
  updated_at: number;
  started_at: number | null;
  completed_at: number | null;
}

/** Selects `StoredTask` rows; append conditions and order. */
export const SELECT_TASK = `SELECT id, title, objective, description, type, owner, acceptance_criteria,
  (SELECT json_group_array(id) FROM (SELECT b.id FROM dep JOIN tasks b ON b.seq = dep.dep WHERE dep.task = tasks.seq ORDER BY dep.dep)) AS blocked_by,
  priority, status, assigned_agent, artifacts, module, track, due_date, kpi_impact, rollback_condition, result, error, metadata,
  created_at, updated_at, started_at, completed_at FROM tasks`;

export function taskFromStored(row: StoredTask): Task {
  return {
    ...withoutNulls(row),
    acceptance_criteria: JSON.parse(row.acceptance_criteria) as string[],
    blocked_by: JSON.parse(row.blocked_by) as string[],
    artifacts: JSON.parse(row.artifacts) as string[],
    metadata: JSON.parse(row.metadata ?? "{}") as Task["metadata"],
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
    started_at: row.started_at === null ? undefined : iso(row.started_at),
    completed_at: row.completed_at === null ? undefined : iso(row.completed_at),
  };
}

/** Inserts a pending task; its `seq`, or undefined when the id exists already. Throws `invalid_arguments`. */
export function insertTask({ sql, now, nowMs }: Context, given: NewTask & { id: string }): number | undefined {
  const task = check({
    description: "",
    type: "task",
    blocked_by: [],
    priority: PRIORITIES.MEDIUM,
    artifacts: [],
    metadata: {},
    ...given,
    status: "pending",
    created_at: now,
    updated_at: now,
  });
  return sql.get<{ seq: number }>(
    `INSERT INTO tasks(id, title, objective, description, type, owner, acceptance_criteria, artifacts, priority, assigned_agent, module, track, due_date,
       kpi_impact, rollback_condition, created_at, updated_at, started_at, completed_at, result, error, metadata)
     VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO NOTHING RETURNING seq`,
    task.id,
    task.title,
    task.objective,
    task.description,
    task.type,
    task.owner,
    JSON.stringify(task.acceptance_criteria),
    JSON.stringify(task.artifacts),
    task.priority,
    task.assigned_agent ?? null,
    task.module ?? null,
    task.track ?? null,
    task.due_date ?? null,
    task.kpi_impact ?? null,
    task.rollback_condition ?? null,
    nowMs,
    nowMs,
    task.started_at === undefined ? null : Date.parse(task.started_at),
    task.completed_at === undefined ? null : Date.parse(task.completed_at),
    task.result ?? null,
    task.error ?? null,
    JSON.stringify(task.metadata),
  )?.seq;
}

function check(task: unknown): Task {
  const checked = Task.safeParse(task, { reportInput: true });
  if (checked.success) return checked.data;
  throw new OhmymktError("invalid_arguments", `task: ${firstIssue(checked.error).problem}`, {
    hint: "correct the named field and repeat the call; nothing was created",
  });
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
