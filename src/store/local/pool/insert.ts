import { OhmymktError } from "../../../errors.ts";
import { assertAcyclic } from "../../../lib/task-graph.ts";
import type { TaskStatus } from "../../../lib/tasks.ts";
import type { Sql } from "../sql.ts";

/** A new pending task as the table takes it; lists and maps are JSON text already. */
export interface NewRow {
  id: string;
  /** Whether the id was made just now and cannot exist yet. */
  fresh: boolean;
  title: string;
  description: string;
  priority: number;
  blockedBy: readonly string[];
  owner: string;
  metadata: string | null;
  agent?: string | undefined;
  maxAttempts?: number | undefined;
  module?: string | undefined;
  objective?: string | undefined;
  type?: string | undefined;
  criteria?: string | undefined;
  artifacts?: string | undefined;
  track?: string | undefined;
  campaign?: string | undefined;
  plan?: string | undefined;
  dueDate?: string | undefined;
  kpiImpact?: string | undefined;
  rollbackCondition?: string | undefined;
}

const INSERT_LOOSE = `INSERT INTO tasks(id, title, description, priority, owner, max_attempts, created_at, updated_at, metadata, acceptance_criteria) VALUES(?,?,?,?,?,?,?,?,?,?)`;
const INSERT = `INSERT INTO tasks(id, title, description, priority, blockers, assigned_agent, max_attempts, owner, module, created_at, updated_at, metadata, objective, type,
  acceptance_criteria, artifacts, track, campaign, plan, due_date, kpi_impact, rollback_condition) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING seq`;
const INSERT_EDGE = `INSERT INTO dep(task, dep) VALUES(?,?)`;

/** Inserts one task that nothing blocks, whose id is fresh and which has no more than the members of a `TaskPool`: one short statement, no search. */
export function insertLoose(sql: Sql, row: NewRow, now: number): void {
  sql.run(
    INSERT_LOOSE,
    row.id,
    row.title,
    row.description,
    row.priority,
    row.owner,
    row.maxAttempts ?? null,
    now,
    now,
    row.metadata,
    row.criteria ?? "[]",
  );
}

/** Inside a transaction: inserts tasks and their dependencies; rows whose id exists already are left out. Throws `invalid_arguments`. */
export function insertTasks(sql: Sql, rows: readonly NewRow[], now: number): NewRow[] {
  const created = withoutKnown(sql, rows);
  const batch = new Set(created.map(({ id }) => id));
  const edges = new Map(created.map((row) => [row.id, blockersOf(sql, row, batch)]));
  if (created.some(({ blockedBy }) => blockedBy.some((id) => batch.has(id)))) assertAcyclic(created);
  const seqs = new Map<string, number>();
  for (const row of created) {
    const open = edges.get(row.id)?.filter(({ status }) => status !== "completed").length ?? 0;
    const seq = sql.get<{ seq: number }>(INSERT, ...values(row, open, now))?.seq;
    if (seq !== undefined) seqs.set(row.id, seq);
  }
  for (const [id, blockers] of edges) {
    for (const blocker of blockers)
      sql.run(INSERT_EDGE, seqs.get(id) ?? null, blocker.seq ?? seqs.get(blocker.id) ?? null);
  }
  return created;
}

function withoutKnown(sql: Sql, rows: readonly NewRow[]): NewRow[] {
  const seen = new Set<string>();
  return rows.filter(({ id, fresh }) => {
    const known = seen.has(id) || (!fresh && exists(sql, id));
    seen.add(id);
    return !known;
  });
}

function exists(sql: Sql, id: string): boolean {
  return (
    sql.get(`SELECT 1 FROM tasks WHERE id = ? UNION ALL SELECT 1 FROM tasks_archive WHERE id = ?`, id, id) !== undefined
  );
}

/** A blocker; `seq` is missing while it is a new task of the same call. */
export interface Blocker {
  id: string;
  seq?: number;
  status: TaskStatus;
}

function blockersOf(sql: Sql, { id, blockedBy }: NewRow, batch: ReadonlySet<string>): Blocker[] {
  return [...new Set(blockedBy)].flatMap((blocker): Blocker[] => {
    if (blocker !== id && batch.has(blocker)) return [{ id: blocker, status: "pending" }];
    return findBlocker(sql, id, blocker);
  });
}

/** The existing task that shall block `task`; none when it was completed and archived. Throws `invalid_arguments`. */
export function findBlocker(sql: Sql, task: string, blocker: string): Blocker[] {
  if (blocker === task) throw badBlocker(task, blocker, "is the task itself");
  const found = sql.get<{ seq: number; status: TaskStatus }>(`SELECT seq, status FROM tasks WHERE id = ?`, blocker);
  if (found !== undefined) return [{ id: blocker, ...found }];
  const archived = sql.get<{ status: TaskStatus }>(`SELECT status FROM tasks_archive WHERE id = ?`, blocker);
  if (archived?.status === "completed") return [];
  throw badBlocker(
    task,
    blocker,
    archived === undefined ? "is not the id of a task" : `was archived as ${archived.status}`,
  );
}

function badBlocker(task: string, blocker: string, problem: string): OhmymktError {
  return new OhmymktError(
    "invalid_arguments",
    `task ${JSON.stringify(task)}: blocked_by expected ids of other tasks, got ${JSON.stringify(blocker)}, which ${problem}`,
    { hint: "create the blocking task first or in the same call" },
  );
}

function values(row: NewRow, blockers: number, now: number): (string | number | null)[] {
  return [
    row.id,
    row.title,
    row.description,
    row.priority,
    blockers,
    row.agent ?? null,
    row.maxAttempts ?? null,
    row.owner,
    row.module ?? null,
    now,
    now,
    row.metadata,
    row.objective ?? "",
    row.type ?? "task",
    row.criteria ?? "[]",
    row.artifacts ?? "[]",
    row.track ?? null,
    row.campaign ?? null,
    row.plan ?? null,
    row.dueDate ?? null,
    row.kpiImpact ?? null,
    row.rollbackCondition ?? null,
  ];
}
