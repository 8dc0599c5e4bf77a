import { OhmymktError } from "../../errors.ts";
import type { Sql } from "./sql.ts";

interface Created {
  seq: number;
  id: string;
  blockedBy: readonly string[];
}

/** Stores the edges of new tasks and counts the blockers that are still open. Throws `invalid_arguments` for unknown ids and circles. */
export function linkBlockers(sql: Sql, created: readonly Created[]): void {
  for (const { seq, id, blockedBy } of created) {
    for (const blocker of new Set(blockedBy)) link(sql, seq, id, blocker);
  }
  refuseCircle(sql, created);
  for (const { seq } of created) {
    sql.run(
      `UPDATE tasks SET blockers = (SELECT count(*) FROM dep JOIN tasks b ON b.seq = dep.dep WHERE dep.task = ? AND b.status <> 'completed') WHERE seq = ?`,
      seq,
      seq,
    );
  }
}

function link(sql: Sql, seq: number, id: string, blocker: string): void {
  const found = sql.get<{ seq: number }>(`SELECT seq FROM tasks WHERE id = ?`, blocker);
  if (found === undefined || found.seq === seq) {
    const problem = found === undefined ? "is not the id of a task" : "is the task itself";
    throw new OhmymktError(
      "invalid_arguments",
      `task ${JSON.stringify(id)}: blocked_by expected ids of other tasks, got ${JSON.stringify(blocker)}, which ${problem}`,
      {
        hint: "create the blocking task first or in the same call",
      },
    );
  }
  sql.run(`INSERT INTO dep(task, dep) VALUES(?,?)`, seq, found.seq);
}

/** Only tasks of one call can wait for each other in a circle, because an older task never waits for a newer one. */
function refuseCircle(sql: Sql, created: readonly Created[]): void {
  const waiting = new Map(created.map(({ seq, id }) => [seq, id]));
  const edges = new Map(
    created.map(({ seq }) => [
      seq,
      sql.all<{ dep: number }>(`SELECT dep FROM dep WHERE task = ?`, seq).map(({ dep }) => dep),
    ]),
  );
  for (let freed = true; freed;) {
    freed = false;
    for (const seq of waiting.keys()) {
      if (edges.get(seq)?.some((dep) => waiting.has(dep)) === true) continue;
      waiting.delete(seq);
      freed = true;
    }
  }
  if (waiting.size === 0) return;
  throw new OhmymktError(
    "invalid_arguments",
    `blocked_by: these tasks wait for each other in a circle: ${[...waiting.values()].join(", ")}`,
    {
      hint: "remove one of the dependencies",
    },
  );
}
