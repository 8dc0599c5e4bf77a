import type { Config } from "../../config.ts";
import { isClaimOver } from "../../lib/task-lease.ts";
import type { Task } from "../../lib/tasks.ts";
import type { Store, Transaction } from "../../store/store.ts";
import type { Clock } from "../background/clock.ts";
import type { SessionRunner } from "../background/session-runner.ts";
import { type IdleAgent, judgeIdle, MAX_REMINDERS, reminderText } from "./idle-verdict.ts";

/** A task that an agent claimed by hand, and the session that it works in. */
export interface HeldClaim {
  session: string;
  agent: string;
  task: string;
  token: string;
}

/** What a tool that gives tasks away or takes them back tells; a host that has sessions listens. */
export interface ClaimListener {
  /** The session holds the task from now on. */
  take(claim: HeldClaim): void;
  drop(session: string, task: string): void;
}

/** Keeps the leases of tasks that sessions work on, and sees that none is left lying in a session that has stopped. */
export interface HeldTasks extends ClaimListener {
  /** Any sign of life of a session; costs nothing while nobody holds a task. */
  alive(session: string): void;
  /** The session is about to use a tool. */
  worked(session: string): void;
  /** To be called when the session has no running turn any more. */
  idle(session: string): void;
  /** To be called when the session was deleted: what it holds goes back at once. */
  deleted(session: string): void;
}

export interface HeldTasksOptions {
  store(): Promise<Store>;
  runner: Pick<SessionRunner, "status" | "outcome" | "lineage" | "tell" | "waitsForPerson">;
  config(): Promise<Config>;
  clock: Clock;
  /** Fires when this run of the host is over: what is held then goes back when its leases expire. */
  over: AbortSignal;
  log(message: string): void;
}

interface Holding extends HeldClaim {
  reminders: number;
  progressed: boolean;
}

/** How long a session may take to begin its next turn before it counts as idle. */
const GRACE_MS = 1500;
/** Signs of life in the time of one lease. */
const SIGNS_PER_LEASE = 3;

export function createHeldTasks(options: HeldTasksOptions): HeldTasks {
  const { clock, over, runner, log } = options;
  const held = new Map<string, Holding>();
  /** Sessions that showed life since the leases were last renewed. */
  let lively = new Set<string>();
  let isKeeping = false;
  /** Sessions that are looked after now; true where another idle event came meanwhile. */
  const looking = new Map<string, boolean>();

  const of = (session: string): Holding[] => [...held.values()].filter((one) => one.session === session);
  const transact = async <T>(work: (tx: Transaction) => Promise<T>, claim: HeldClaim): Promise<T> => {
    const actor = { host: "opencode" as const, agent: claim.agent, session: claim.session };
    return (await options.store()).transaction({ actor, tool: "idle_guard" }, work);
  };
  const failed = (what: string) => (error: unknown) => {
    if (!over.aborted) log(`held tasks: ${what}: ${error instanceof Error ? error.message : String(error)}`);
  };
  const detach = (what: string, work: () => Promise<unknown>): void => {
    work().catch(failed(what));
  };

  /** Extends one lease; a claim that no longer holds is forgotten. */
  const renew = async (one: Holding, waits: boolean): Promise<Task | undefined> => {
    const { tasks } = await options.config();
    const beat = { leaseMs: tasks.lease_minutes * 60_000, waitingFor: waits ? "a person's answer" : null };
    try {
      return await transact((tx) => tx.tasks.heartbeat(one.task, one.token, beat), one);
    } catch (error) {
      if (!isClaimOver(error)) throw error;
      held.delete(one.task);
      return undefined;
    }
  };

  const keep = async (): Promise<void> => {
    while (held.size > 0 && !over.aborted) {
      const { tasks } = await options.config();
      await clock.wait((tasks.lease_minutes * 60_000) / SIGNS_PER_LEASE, over);
      if (over.aborted) return;
      const signs = lively;
      lively = new Set();
      // A session works as long as one below it does.
      const lines = await Promise.allSettled([...signs].map((id) => runner.lineage(id)));
      const working = new Set([...signs, ...lines.flatMap((one) => (one.status === "fulfilled" ? one.value : []))]);
      for (const one of held.values()) {
        const waits = runner.waitsForPerson(one.session);
        if (!waits && !working.has(one.session)) continue;
        // One lease that cannot be renewed now must not end the renewing of all.
        await renew(one, waits).catch(failed(`renewing the lease of ${one.task}`));
      }
    }
  };
  const keepOn = (): void => {
    if (isKeeping) return;
    isKeeping = true;
    detach("renewing leases", () => keep().finally(() => (isKeeping = false)));
  };

  const giveBack = async (one: Holding, reason: string, countAttempt: boolean): Promise<void> => {
    held.delete(one.task);
    await transact(async (tx) => {
      const task = await tx.tasks.requeue(one.task, one.token, { reason, countAttempt });
      await tx.ledger.append({
        kind: task.status === "failed" ? "task.failed" : "task.requeued",
        subject: one.task,
        reason,
        evidence: { owner: task.owner, agent: one.agent, attempts: task.attempts },
        after: task.status,
      });
    }, one).catch((error: unknown) => {
      if (!isClaimOver(error)) throw error;
    });
  };

  const lookAfter = async (session: string): Promise<void> => {
    await clock.wait(GRACE_MS, over);
    // What ended during the wait is seen by this look.
    looking.set(session, false);
    if (over.aborted || (await runner.status(session)) !== "idle") return;
    const waits = runner.waitsForPerson(session);
    // In a root session the next word is the person's.
    const isRoot = (await runner.lineage(session)).length === 1;
    const { error } = await runner.outcome(session);
    const ended: IdleAgent["ended"] = error === undefined ? "finished" : error.aborted ? "stopped" : "failed";
    const remind: Holding[] = [];
    for (const one of of(session)) {
      if ((await renew(one, waits)) === undefined) continue;
      const verdict = judgeIdle({ ...one, ended, waitsForPerson: waits || isRoot });
      if (verdict === "remind") remind.push(one);
      if (verdict === "requeue")
        await giveBack(one, `${one.agent} ${error ? `${ended}: ${error.message}` : IDLE}`, ended !== "stopped");
    }
    const [first] = remind;
    if (first === undefined) return;
    for (const one of remind) Object.assign(one, { reminders: one.reminders + 1, progressed: false });
    const left = MAX_REMINDERS - Math.max(...remind.map(({ reminders }) => reminders));
    const tasks = remind.map(({ task, token }) => ({ id: task, token }));
    await runner.tell(session, first.agent, reminderText(tasks, left));
  };

  /** One look at a session at a time: two would both remind, and a look that is under way may have seen the turn before. */
  const lookOnceAtATime = async (session: string): Promise<void> => {
    if (looking.has(session)) return void looking.set(session, true);
    try {
      do {
        looking.set(session, false);
        await lookAfter(session);
      } while (looking.get(session) === true);
    } finally {
      looking.delete(session);
    }
  };

  return {
    take(claim) {
      held.set(claim.task, { reminders: 0, progressed: false, ...held.get(claim.task), ...claim });
      lively.add(claim.session);
      keepOn();
    },
    drop(session, task) {
      if (held.get(task)?.session === session) held.delete(task);
    },
    alive(session) {
      if (held.size > 0) lively.add(session);
    },
    worked(session) {
      for (const one of of(session)) one.progressed = true;
    },
    idle(session) {
      if (of(session).length > 0) detach(`looking after ${session}`, () => lookOnceAtATime(session));
    },
    deleted(session) {
      for (const one of of(session))
        detach(`giving back ${one.task}`, () => giveBack(one, "its session was deleted", false));
    },
  };
}

const IDLE = "stopped without finishing it";
