import type { TaskStatus } from "../../../lib/tasks.ts";
import type { Sql } from "../sql.ts";

/** How many tasks there are in each state, and of the pending ones how many could be claimed now. */
export interface PoolStats {
  counts: Record<TaskStatus, number>;
  total: number;
  /** Pending, and nothing stands in the way. */
  ready: number;
  /** Pending, and waits for other tasks. */
  blocked: number;
  /** Pending, and waits for the pause of a retry. */
  delayed: number;
}

/** Each state is counted in its own small index; what is left over is completed, which would be the long one. */
const STATS = `SELECT (SELECT count(*) FROM tasks) AS total,
  (SELECT count(*) FROM tasks INDEXED BY tasks_ready WHERE status = 'pending' AND blockers = 0 AND run_at IS NULL) AS ready,
  (SELECT count(*) FROM tasks INDEXED BY tasks_delayed WHERE status = 'pending' AND run_at IS NOT NULL) AS delayed,
  (SELECT count(*) FROM tasks INDEXED BY tasks_blocked WHERE status = 'pending' AND blockers > 0 AND run_at IS NULL) AS blocked,
  (SELECT count(*) FROM tasks INDEXED BY tasks_active WHERE status IN('claimed','in_progress') AND status = 'claimed') AS claimed,
  (SELECT count(*) FROM tasks INDEXED BY tasks_active WHERE status IN('claimed','in_progress') AND status = 'in_progress') AS in_progress,
  (SELECT count(*) FROM tasks INDEXED BY tasks_bad WHERE status IN('failed','cancelled') AND status = 'failed') AS failed,
  (SELECT count(*) FROM tasks INDEXED BY tasks_bad WHERE status IN('failed','cancelled') AND status = 'cancelled') AS cancelled`;

type Row = Record<
  "total" | "ready" | "delayed" | "blocked" | "claimed" | "in_progress" | "failed" | "cancelled",
  number
>;
const NOTHING: Row = {
  total: 0,
  ready: 0,
  delayed: 0,
  blocked: 0,
  claimed: 0,
  in_progress: 0,
  failed: 0,
  cancelled: 0,
};

/** All counts from one snapshot. */
export function poolStats(sql: Sql): PoolStats {
  const { total, ready, delayed, blocked, claimed, in_progress, failed, cancelled } = sql.get<Row>(STATS) ?? NOTHING;
  const pending = ready + delayed + blocked;
  const completed = total - pending - claimed - in_progress - failed - cancelled;
  return { counts: { pending, claimed, in_progress, completed, failed, cancelled }, total, ready, blocked, delayed };
}
