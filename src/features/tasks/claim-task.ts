import type { Config } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import type { Task } from "../../lib/tasks.ts";
import type { ClaimedTask, ClaimRequest, Transaction } from "../../store/store.ts";
import { leads, type TeamMember } from "../claude-code-agent-loader/team.ts";
import { freeFileWaiters } from "./file-waiters.ts";
import { heldModules, RECOVERY_TYPES } from "./scale-hold.ts";

/** Who claims, from where, and what. */
export interface Claimant {
  agent: string;
  session: string | undefined;
  team: readonly TeamMember[];
  config: Config;
}

/** What a worker should know before it begins. */
export interface TaskContext {
  plan: string | null;
  /** What the tasks that it waited for found. */
  inputs: { id: string; title: string; result: string | null; evidence: string[]; artifacts: string[] }[];
  /** Globs that only this task's agent may write while it holds the task. */
  may_write: string[];
  /** Notes and the error of earlier attempts. */
  earlier: string[];
}

export interface Claim extends ClaimedTask {
  context: TaskContext;
  heartbeat_minutes: number;
}

/** A claimed task, or why there is none. */
export type ClaimResult = { claim: Claim } | { claim: undefined; owner: string; reasons: string[] };

/** Claims the next ready task of an owner, or one by id. Throws `not_allowed`, `not_found` or `invalid_transition`. */
export async function claimTask(
  tx: Transaction,
  wanted: { owner?: string | undefined; id?: string | undefined },
  claimant: Claimant,
): Promise<ClaimResult> {
  const { agent, team, config } = claimant;
  const named = wanted.id === undefined ? undefined : await tx.tasks.get(wanted.id);
  const owner = wanted.owner ?? (named !== undefined && leads(team, agent, named.owner) ? named.owner : agent);
  if (owner !== agent && !leads(team, agent, owner))
    throw new OhmymktError(
      "not_allowed",
      `${agent} may not claim tasks of ${owner}, got owner ${JSON.stringify(owner)}`,
      {
        hint: "claim without owner to get your own next task",
      },
    );
  await assertHandsFree(tx, agent, config);
  const held = await heldModules(tx);
  const request = { agent, owner, leaseMs: config.tasks.lease_minutes * 60_000 };
  if (named !== undefined) assertNotHeld(named, held);
  const claimed =
    wanted.id === undefined ? await claimNext(tx, request, held) : await tx.tasks.claim({ ...request, id: wanted.id });
  if (claimed === undefined) return { claim: undefined, owner, reasons: await whyNothing(tx, owner, held) };
  const { task, token } = claimed;
  const { session } = claimant;
  if (session !== undefined) await tx.tasks.annotate(task.id, { ...task.metadata, session });
  return {
    claim: { task, token, context: await contextOf(tx, task), heartbeat_minutes: config.tasks.heartbeat_minutes },
  };
}

/** What ends an incident goes first; nothing of a held module otherwise. */
async function claimNext(
  tx: Transaction,
  request: ClaimRequest,
  held: ReadonlyMap<string, string>,
): Promise<ClaimedTask | undefined> {
  await tx.tasks.reap();
  const pausedModules = [...held.keys()];
  const recovery =
    held.size === 0
      ? undefined
      : (await tx.tasks.list({ ready: true, owner: request.owner })).find(
          ({ type, module }) => RECOVERY_TYPES.has(type) && held.has(module ?? ""),
        );
  if (recovery !== undefined) return tx.tasks.claim({ ...request, id: recovery.id });
  const next = await tx.tasks.claim({ ...request, pausedModules });
  if (next !== undefined || !(await freeFileWaiters(tx))) return next;
  return tx.tasks.claim({ ...request, pausedModules });
}

function assertNotHeld({ id, type, module = "" }: Task, held: ReadonlyMap<string, string>): void {
  const reason = held.get(module);
  if (reason === undefined || RECOVERY_TYPES.has(type)) return;
  throw new OhmymktError(
    "not_allowed",
    `task ${JSON.stringify(id)} of module ${module} cannot be claimed now: ${reason}`,
    {
      hint: "claim a task of another module; scale work begins again when the P0 is resolved and a person resumes the campaign",
    },
  );
}

async function assertHandsFree(tx: Transaction, agent: string, { tasks }: Config): Promise<void> {
  const holding = await tx.tasks.list({ status: ["claimed", "in_progress"], agent });
  if (holding.length < tasks.max_held) return;
  throw new OhmymktError(
    "not_allowed",
    `${agent} holds ${holding.length} tasks (${holding.map(({ id }) => id).join(", ")}); expected at most ${tasks.max_held}`,
    { hint: "complete, fail or give back one of them with ohmymkt_task_update first" },
  );
}

async function whyNothing(tx: Transaction, owner: string, held: ReadonlyMap<string, string>): Promise<string[]> {
  const pending = await tx.tasks.list({ status: ["pending"], owner });
  if (pending.length === 0) return [`${owner} has no pending task`];
  const open = new Map<string, boolean>();
  for (const id of new Set(pending.flatMap(({ blocked_by }) => blocked_by)))
    open.set(id, (await tx.tasks.get(id))?.status !== "completed");
  return pending.slice(0, 10).map((task) => {
    const waits = task.blocked_by.filter((id) => open.get(id));
    if (task.blocked_by_failed)
      return `${task.id} waits for ${task.blocked_by_failed.join(", ")}, which failed or was cancelled`;
    if (waits.length > 0) return `${task.id} waits for ${waits.join(", ")}`;
    const reason = held.get(task.module ?? "");
    if (reason !== undefined) return `${task.id} of module ${task.module}: ${reason}`;
    return `${task.id} is tried again at ${task.not_before ?? "any time"}`;
  });
}

async function contextOf(tx: Transaction, task: Task): Promise<TaskContext> {
  const inputs: TaskContext["inputs"] = [];
  for (const id of task.blocked_by) {
    const blocker = await tx.tasks.get(id);
    if (blocker === undefined) continue;
    inputs.push({
      id,
      title: blocker.title,
      result: blocker.result ?? null,
      evidence: (blocker.results ?? []).map(({ criterion, evidence }) => `${criterion}: ${evidence}`),
      artifacts: blocker.artifacts,
    });
  }
  return {
    plan: task.plan === undefined ? null : `.ohmymkt/plans/${task.plan}.md`,
    inputs,
    may_write: task.artifacts,
    earlier: [
      ...task.checkpoints.map(({ at, agent, note }) => `${at.slice(0, 16)} ${agent}: ${note}`),
      ...(task.error === undefined ? [] : [`last attempt: ${task.error}`]),
    ],
  };
}
