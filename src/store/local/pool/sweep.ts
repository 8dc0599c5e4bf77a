import { DEFAULT_MAX_ATTEMPTS } from "../../../lib/task-lease.ts";
import type { Sql } from "../sql.ts";

/** What a sweep put right. */
export interface Swept {
  /** Tasks of dead workers that are pending again. */
  returned: string[];
  /** Tasks whose last attempt expired. */
  failed: string[];
}

const EXPIRED = `SELECT seq FROM tasks INDEXED BY tasks_active WHERE status IN('claimed','in_progress') AND lease_until <= ?`;
const DUE = `SELECT seq FROM tasks INDEXED BY tasks_delayed WHERE status = 'pending' AND run_at IS NOT NULL AND run_at <= ?`;
const ANY = `SELECT EXISTS(${EXPIRED}) OR EXISTS(${DUE}) AS due`;

/** Returns expired leases to the pool, fails those out of attempts, and frees retries whose pause is over. */
const REAP = `UPDATE tasks SET updated_at = ?, lease_until = NULL, waiting = NULL, error = 'the lease of ' || assigned_agent || ' expired in attempt ' || attempt,
  status = CASE WHEN attempt - released >= coalesce(max_attempts, ${DEFAULT_MAX_ATTEMPTS}) THEN 'failed' ELSE 'pending' END,
  completed_at = CASE WHEN attempt - released >= coalesce(max_attempts, ${DEFAULT_MAX_ATTEMPTS}) THEN ? END,
  assigned_agent = CASE WHEN attempt - released >= coalesce(max_attempts, ${DEFAULT_MAX_ATTEMPTS}) THEN assigned_agent END,
  started_at = CASE WHEN attempt - released >= coalesce(max_attempts, ${DEFAULT_MAX_ATTEMPTS}) THEN started_at END
  WHERE seq IN(${EXPIRED}) RETURNING id, status`;
const FREE = `UPDATE tasks SET run_at = NULL WHERE seq IN(${DUE})`;

/** Whether a sweep has anything to do; reads two index heads. */
export function sweepIsDue(sql: Sql, now: number): boolean {
  return sql.get<{ due: number }>(ANY, now, now)?.due === 1;
}

/** Inside a transaction, or alone: each of its two statements is atomic by itself. */
export function sweep(sql: Sql, now: number): Swept {
  if (!sweepIsDue(sql, now)) return { returned: [], failed: [] };
  sql.run(FREE, now);
  const rows = sql.all<{ id: string; status: string }>(REAP, now, now, now);
  const ids = (status: string): string[] => rows.filter((row) => row.status === status).map(({ id }) => id);
  return { returned: ids("pending"), failed: ids("failed") };
}

/** When the next sweep will have something to do, epoch ms; undefined while nothing is leased or delayed. */
export function nextDue(sql: Sql): number | undefined {
  const row = sql.get<{ lease: number | null; retry: number | null }>(
    `SELECT (SELECT min(lease_until) FROM tasks INDEXED BY tasks_active WHERE status IN('claimed','in_progress')) AS lease,
            (SELECT min(run_at) FROM tasks INDEXED BY tasks_delayed WHERE status = 'pending' AND run_at IS NOT NULL) AS retry`,
  );
  const times = [row?.lease, row?.retry].filter((time) => typeof time === "number");
  return times.length === 0 ? undefined : Math.min(...times);
}
