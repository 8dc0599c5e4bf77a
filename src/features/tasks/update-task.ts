import type { Config } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import { parseLeaseToken } from "../../lib/task-lease.ts";
import {
  assertTaskTransition,
  TERMINAL_STATUSES,
  type CriterionResult,
  type Task,
  type TaskStatus,
} from "../../lib/tasks.ts";
import type { Transaction } from "../../store/store.ts";
import { leads, type TeamMember } from "../claude-code-agent-loader/team.ts";
import { FILE_ORDER } from "./file-order.ts";
import { freeFileWaiters } from "./file-waiters.ts";
import { retryPolicy } from "./retry.ts";

/** What a worker, or whoever leads it, says about a task. */
export interface TaskChange {
  id: string;
  token?: string | undefined;
  status?: TaskStatus | undefined;
  note?: string | undefined;
  results?: readonly CriterionResult[] | undefined;
  error?: string | undefined;
  add_blocked_by: readonly string[];
  metadata?: Record<string, unknown> | undefined;
}

export interface Updater {
  agent: string;
  team: readonly TeamMember[];
  config: Config;
}

export interface TaskUpdate {
  task: Task;
  /** Tasks that can start because of it. */
  ready: Task[];
  /** Tasks that wait for this one, which will not be completed. */
  stuck: Task[];
}

/** Metadata that the pool's own tools rely on; a caller cannot change it. */
const RESERVED: ReadonlySet<string> = new Set(["board_item", "board", "session", FILE_ORDER]);

/** Applies one change; a refusal leaves everything as it was, provided that the transaction ends with it. */
export async function updateTask(tx: Transaction, change: TaskChange, updater: Updater): Promise<TaskUpdate> {
  const before = await tx.tasks.get(change.id);
  if (before === undefined)
    throw new OhmymktError("not_found", `there is no task ${JSON.stringify(change.id)}`, {
      hint: "use an id that ohmymkt_task_list or the claim shows",
    });
  assertFits(change);
  const readyBefore = await readyIds(tx);
  if (change.token === undefined) await changeFromAbove(tx, before, change, updater);
  else await changeByHolder(tx, before, change.token, change, updater);
  if (change.add_blocked_by.length > 0) await tx.tasks.addBlockers(before.id, change.add_blocked_by);
  if (change.metadata !== undefined) await annotate(tx, before.id, change.metadata);
  const task = (await tx.tasks.get(before.id)) ?? before;
  if (task.status !== before.status) await record(tx, before, task, change);
  const lost = task.status === "failed" || task.status === "cancelled";
  if (lost) await freeFileWaiters(tx);
  const ready = (await tx.tasks.list({ ready: true })).filter(({ id }) => !readyBefore.has(id) && id !== task.id);
  const stuck = lost
    ? (await tx.tasks.list({ status: ["pending"] })).filter((one) => one.blocked_by.includes(task.id))
    : [];
  return { task, ready, stuck };
}

async function readyIds(tx: Transaction): Promise<Set<string>> {
  return new Set((await tx.tasks.list({ ready: true })).map(({ id }) => id));
}

/** Arguments that only go with one status would otherwise be lost without a word. */
function assertFits({ status, results, error, note, add_blocked_by, metadata }: TaskChange): void {
  const problem =
    results !== undefined && status !== "completed"
      ? "results go with status completed"
      : error !== undefined && status !== "failed" && status !== "pending" && status !== "cancelled"
        ? "error goes with status failed, pending or cancelled"
        : status === "failed" && error === undefined
          ? "status failed needs error, which says what was tried and what stood in the way"
          : (status ?? note ?? metadata) === undefined && add_blocked_by.length === 0
            ? "expected status, note, metadata or add_blocked_by, got none"
            : undefined;
  if (problem !== undefined) throw new OhmymktError("invalid_arguments", `ohmymkt_task_update: ${problem}`);
}

/** Without a token: only whoever leads the owner or the holder, and only what takes work back or puts it in order. */
async function changeFromAbove(
  tx: Transaction,
  task: Task,
  change: TaskChange,
  { agent, team }: Updater,
): Promise<void> {
  const { status, note, error } = change;
  if (status !== undefined && status !== task.status) assertTaskTransition(task.status, status);
  if (status !== undefined && status !== "cancelled" && status !== "pending")
    throw new OhmymktError(
      "not_allowed",
      `task ${JSON.stringify(task.id)}: status ${status} needs the token of its claim, got none`,
      {
        hint: `claim it with ohmymkt_task_claim {id: "${task.id}"} and use the token of that answer`,
      },
    );
  const above = [task.owner, task.assigned_agent].some((name) => name !== undefined && leads(team, agent, name));
  if (!above)
    throw new OhmymktError(
      "not_allowed",
      `${agent} may not change task ${JSON.stringify(task.id)} of ${task.owner} without its token`,
      {
        hint: "use the token of your claim, or ask the agent that leads the owner",
      },
    );
  if (note !== undefined && status === undefined)
    throw new OhmymktError(
      "invalid_arguments",
      "a note is kept with a claim, so it needs the token, or a status with it",
    );
  if (status === "pending" && task.status !== "pending")
    await tx.tasks.transition(task.id, "pending", reason(error ?? note));
  if (status === "cancelled") await tx.tasks.transition(task.id, "cancelled", reason(error ?? note));
}

async function changeByHolder(
  tx: Transaction,
  task: Task,
  token: string,
  change: TaskChange,
  { agent, config: { tasks: settings } }: Updater,
): Promise<void> {
  const holder = parseLeaseToken(token).agent;
  if (holder !== agent)
    throw new OhmymktError(
      "not_allowed",
      `this token is of ${holder}; expected one that ${agent} got from its own claim`,
      {
        hint: "claim the task yourself, or let its holder report",
      },
    );
  const { status, note, results, error } = change;
  await tx.tasks.heartbeat(task.id, token, {
    leaseMs: settings.lease_minutes * 60_000,
    checkpoint: note,
    waitingFor: null,
    start: status === "in_progress",
  });
  if (status === undefined || status === "in_progress" || status === task.status) return;
  assertTaskTransition(task.status, status);
  if (status === "completed") await tx.tasks.finish(task.id, token, { status, result: note, results });
  else if (status === "failed")
    await tx.tasks.finish(task.id, token, {
      status,
      error: error ?? "",
      retry: retryPolicy(settings),
    });
  else if (status === "pending")
    // Whoever finds that other work must come first is not at fault.
    await tx.tasks.requeue(task.id, token, {
      reason: error ?? note ?? "given back",
      countAttempt: change.add_blocked_by.length === 0,
    });
  else await tx.tasks.transition(task.id, status, reason(error ?? note));
}

function reason(error: string | undefined): { error?: string } {
  return error === undefined ? {} : { error };
}

async function annotate(tx: Transaction, id: string, metadata: Record<string, unknown>): Promise<void> {
  const before = (await tx.tasks.get(id))?.metadata ?? {};
  const given = Object.entries(metadata).filter(([key]) => !RESERVED.has(key));
  await tx.tasks.annotate(id, { ...before, ...Object.fromEntries(given) });
}

async function record(tx: Transaction, before: Task, task: Task, { error, note }: TaskChange): Promise<void> {
  if (!TERMINAL_STATUSES.has(task.status) && task.status !== "pending") return;
  await tx.ledger.append({
    kind: task.status === "pending" ? "task.requeued" : `task.${task.status}`,
    subject: task.id,
    reason: error ?? note,
    evidence: { owner: task.owner, agent: before.assigned_agent, attempts: task.attempts, results: task.results },
    before: before.status,
    after: task.status,
  });
}
