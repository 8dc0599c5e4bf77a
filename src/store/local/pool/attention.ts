import { type Attention, type AttentionLimits, attentionFor } from "../../../lib/task-attention.ts";
import type { Sql } from "../sql.ts";
import { SELECT_TASK, type StoredTask, taskFromStored } from "./rows.ts";

/** From each failed or cancelled task down to everything pending that waits for it; one cause for each. */
const ORPHANS = `WITH RECURSIVE below(seq, cause) AS (
    SELECT dep.task, bad.id FROM tasks bad INDEXED BY tasks_bad JOIN dep ON dep.dep = bad.seq WHERE bad.status IN('failed','cancelled')
    UNION
    SELECT dep.task, below.cause FROM below JOIN tasks w ON w.seq = below.seq AND w.status = 'pending' JOIN dep ON dep.dep = below.seq
  ) SELECT t.id, min(cause) AS cause FROM below JOIN tasks t ON t.seq = below.seq WHERE t.status = 'pending' GROUP BY t.id`;

/** Unfinished tasks that need somebody, oldest first. */
export function attentionList(sql: Sql, now: string, limits: AttentionLimits): Attention[] {
  const causes = new Map(sql.all<{ id: string; cause: string }>(ORPHANS).map(({ id, cause }) => [id, cause]));
  return sql
    .all<StoredTask>(`${SELECT_TASK} WHERE status IN('pending','claimed','in_progress') ORDER BY seq`)
    .map(taskFromStored)
    .flatMap((task) => attentionFor(task, causes.get(task.id), now, limits) ?? []);
}
