import { OhmymktError } from "../../../errors.ts";
import { BLOCKED_BY } from "./rows.ts";
import type { Sql } from "../sql.ts";
import { noTask } from "./edges.ts";

/** Who wants a task and for how long; `owner` and `pausedModules` narrow the choice. */
export interface ClaimRequest {
  agent: string;
  leaseMs: number;
  owner?: string | undefined;
  pausedModules?: readonly string[] | undefined;
}

/** The statements of a claim, each returning the same columns. */
export interface ClaimTexts {
  any: string;
  owned: string;
  anyUnpaused: string;
  ownedUnpaused: string;
  byId: string;
}

const READY = `status = 'pending' AND blockers = 0 AND run_at IS NULL`;
const UNPAUSED = ` AND (module IS NULL OR module NOT IN(SELECT value FROM json_each(?)))`;

/** The choice is pinned to its index: with any other plan a claim walks over all that is blocked. */
function nextReady(index: string, extra: string): string {
  return `(SELECT seq FROM tasks INDEXED BY ${index} WHERE ${READY}${extra} ORDER BY priority DESC, seq LIMIT 1)`;
}

export function claimTexts(columns: string): ClaimTexts {
  const claim = (which: string): string =>
    `UPDATE tasks SET status = 'claimed', assigned_agent = ?, lease_until = ?, started_at = ?, updated_at = ?, attempt = attempt + 1, run_at = NULL, waiting = NULL
     WHERE ${which} RETURNING ${columns}`;
  const owner = ` AND owner = ? AND owner <> ''`;
  return {
    any: claim(`seq = ${nextReady("tasks_ready", "")}`),
    owned: claim(`seq = ${nextReady("tasks_ready_owner", owner)}`),
    anyUnpaused: claim(`seq = ${nextReady("tasks_ready", UNPAUSED)}`),
    ownedUnpaused: claim(`seq = ${nextReady("tasks_ready_owner", owner + UNPAUSED)}`),
    byId: claim(`id = ? AND status = 'pending' AND blockers = 0`),
  };
}

/** Takes the ready task of highest priority, the oldest of these; one statement, atomic by itself. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the shape of the row is that of the texts' columns
export function claimNext<Row>(sql: Sql, texts: ClaimTexts, request: ClaimRequest, now: number): Row | undefined {
  const { agent, owner, pausedModules = [] } = request;
  const until = now + request.leaseMs;
  if (pausedModules.length === 0) {
    return owner === undefined
      ? sql.get<Row>(texts.any, agent, until, now, now)
      : sql.get<Row>(texts.owned, agent, until, now, now, owner);
  }
  const paused = JSON.stringify(pausedModules);
  return owner === undefined
    ? sql.get<Row>(texts.anyUnpaused, agent, until, now, now, paused)
    : sql.get<Row>(texts.ownedUnpaused, agent, until, now, now, owner, paused);
}

/** Takes one task by its id, also before the pause of a retry is over. Throws `not_found` or `invalid_transition` with the reason. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
export function claimById<Row>(sql: Sql, texts: ClaimTexts, id: string, request: ClaimRequest, now: number): Row {
  if (!isPaused(sql, id, request)) {
    const row = sql.get<Row>(texts.byId, request.agent, now + request.leaseMs, now, now, id);
    if (row !== undefined) return row;
  }
  throw whyNot(sql, id, request);
}

function isPaused(sql: Sql, id: string, { owner, pausedModules = [] }: ClaimRequest): boolean {
  if (owner === undefined && pausedModules.length === 0) return false;
  const task = sql.get<{ owner: string; module: string | null }>(`SELECT owner, module FROM tasks WHERE id = ?`, id);
  return (
    task !== undefined && ((owner !== undefined && task.owner !== owner) || pausedModules.includes(task.module ?? ""))
  );
}

function whyNot(sql: Sql, id: string, { owner, pausedModules = [] }: ClaimRequest): OhmymktError {
  const task = sql.get<{
    status: string;
    assigned_agent: string | null;
    owner: string;
    module: string | null;
    blocked_by: string;
  }>(`SELECT status, assigned_agent, owner, module, ${BLOCKED_BY} AS blocked_by FROM tasks WHERE id = ?`, id);
  if (task === undefined) return noTask(id);
  const name = `task ${JSON.stringify(id)}`;
  if (task.status !== "pending") {
    const by = task.assigned_agent === null ? "" : ` by ${task.assigned_agent}`;
    return new OhmymktError(
      "invalid_transition",
      `${name} is ${task.status}${by}; only a pending task can be claimed`,
      { hint: "claim the next ready task instead" },
    );
  }
  if (owner !== undefined && task.owner !== owner) {
    return new OhmymktError("not_allowed", `${name} belongs to ${task.owner || "nobody"}, not to ${owner}`, {
      hint: "claim one of your own tasks",
    });
  }
  if (pausedModules.includes(task.module ?? "")) {
    return new OhmymktError("not_allowed", `${name} is part of the module ${task.module}, which is paused`, {
      hint: "claim a task of another module until it is resumed",
    });
  }
  return new OhmymktError(
    "invalid_transition",
    `${name} waits for ${(JSON.parse(task.blocked_by) as string[]).join(", ")}`,
    { hint: "complete these first" },
  );
}
