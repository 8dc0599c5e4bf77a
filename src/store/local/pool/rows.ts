import type { Task } from "../../../lib/tasks.ts";
import { withoutNulls } from "../context.ts";

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
  blocked_by_failed: string;
  priority: Task["priority"];
  status: Task["status"];
  assigned_agent: string | null;
  attempt: number;
  released: number;
  max_attempts: number | null;
  lease_until: number | null;
  run_at: number | null;
  waiting: string | null;
  artifacts: string;
  module: string | null;
  track: NonNullable<Task["track"]> | null;
  campaign: string | null;
  plan: string | null;
  due_date: string | null;
  kpi_impact: string | null;
  rollback_condition: string | null;
  checkpoints: string;
  result: string | null;
  results: string | null;
  error: string | null;
  metadata: string | null;
  created_at: number;
  updated_at: number;
  started_at: number | null;
  completed_at: number | null;
}

/** A JSON list of the ids of a row's blockers, in order of age; most rows have none, and looking for one is all that they cost. */
const blockerIds = (only: string): string => `iif(EXISTS(SELECT 1 FROM dep WHERE dep.task = tasks.seq),
  (SELECT json_group_array(id) FROM (SELECT b.id FROM dep JOIN tasks b ON b.seq = dep.dep WHERE dep.task = tasks.seq${only} ORDER BY dep.dep)), '[]')`;

export const BLOCKED_BY = blockerIds("");
const BLOCKED_BY_FAILED = blockerIds(" AND b.status IN('failed','cancelled')");

/** The columns of a `StoredTask`. */
export const TASK_COLUMNS = `id, title, objective, description, type, owner, acceptance_criteria, ${BLOCKED_BY} AS blocked_by, ${BLOCKED_BY_FAILED} AS blocked_by_failed,
  priority, status, assigned_agent, attempt, released, max_attempts, lease_until, run_at, waiting, artifacts, module, track, campaign, plan, due_date,
  kpi_impact, rollback_condition, checkpoints, result, results, error, metadata, created_at, updated_at, started_at, completed_at`;

/** Selects `StoredTask` rows; append conditions and order. */
export const SELECT_TASK = `SELECT ${TASK_COLUMNS} FROM tasks`;

export function taskFromStored(row: StoredTask): Task {
  const {
    attempt,
    released,
    lease_until,
    run_at,
    waiting,
    blocked_by_failed,
    results,
    started_at,
    completed_at,
    ...rest
  } = row;
  const failed = JSON.parse(blocked_by_failed) as string[];
  return {
    ...withoutNulls(rest),
    acceptance_criteria: JSON.parse(row.acceptance_criteria) as string[],
    blocked_by: JSON.parse(row.blocked_by) as string[],
    ...(failed.length === 0 ? {} : { blocked_by_failed: failed }),
    artifacts: JSON.parse(row.artifacts) as string[],
    checkpoints: JSON.parse(row.checkpoints) as Task["checkpoints"],
    attempts: attempt - released,
    ...(lease_until === null ? {} : { lease_expires_at: iso(lease_until) }),
    ...(run_at === null ? {} : { not_before: iso(run_at) }),
    ...(waiting === null ? {} : { waiting_for: waiting }),
    ...(results === null ? {} : { results: JSON.parse(results) as Task["results"] }),
    metadata: JSON.parse(row.metadata ?? "{}") as Task["metadata"],
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
    ...(started_at === null ? {} : { started_at: iso(started_at) }),
    ...(completed_at === null ? {} : { completed_at: iso(completed_at) }),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
