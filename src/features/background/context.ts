import { isEnded, type Job, type JobOwner } from "../../lib/jobs.ts";
import type { Store, Transaction } from "../../store/store.ts";
import type { Clock } from "./clock.ts";
import type { Ending } from "./ending.ts";
import type { SessionRunner } from "./session-runner.ts";

/** Limits of background work, from the project's settings. */
export interface BackgroundLimits {
  /** Jobs that run at a time in one project. */
  parallel: number;
  /** Jobs that may wait for a place. */
  waiting: number;
  /** Minutes after which a job is stopped; waiting for a person does not count. */
  minutes: number;
}

/** Everything that one project's background work is made of. */
export interface BackgroundOptions {
  store(): Promise<Store>;
  runner: SessionRunner;
  clock: Clock;
  /** This run of the host; `boot` is a name that no other run has. */
  owner: JobOwner;
  isAlive(pid: number): boolean;
  limits(): Promise<BackgroundLimits>;
  log(message: string): void;
}

export interface BackgroundContext extends BackgroundOptions {
  /** A transaction in the name of background work, or of the agent that started this job. */
  transact<T>(work: (tx: Transaction) => Promise<T>, job?: Job): Promise<T>;
  /** Runs something nobody waits for; what it fails with is logged. */
  detach(what: string, work: () => Promise<unknown>): void;
  /** Fires when this run of the host is over. */
  readonly over: AbortSignal;
}

export function backgroundContext(options: BackgroundOptions, over: AbortSignal): BackgroundContext {
  return {
    ...options,
    over,
    transact: async (work, job) => {
      const actor = {
        host: "opencode" as const,
        ...(job ? { agent: job.parent_agent, session: job.parent_session } : {}),
      };
      return (await options.store()).transaction({ actor, tool: "background_task" }, work);
    },
    detach: (what, work) => {
      work().catch((error: unknown) => {
        if (!over.aborted)
          options.log(`background: ${what}: ${error instanceof Error ? error.message : String(error)}`);
      });
    },
  };
}

/** Whether this run of the host looks after the job. */
export function owns({ owner }: Pick<BackgroundOptions, "owner">, job: Job): boolean {
  return job.owner.pid === owner.pid && job.owner.boot === owner.boot;
}

/** No job runs for so long, so whoever has the owner's process number by then is somebody else. */
const MAX_AGE_MS = 48 * 3_600_000;

/** Whether the run of the host that looked after the job is over. */
export function isOrphan(context: BackgroundOptions, job: Job): boolean {
  if (owns(context, job)) return false;
  const tooOld = context.clock.now() - Date.parse(job.started_at ?? job.created_at) > MAX_AGE_MS;
  return tooOld || job.owner.pid === context.owner.pid || !context.isAlive(job.owner.pid);
}

/** Writes the end of a job down unless it has one; returns the row as it then stands. */
export async function finish(context: BackgroundContext, job: Job, ending: Ending): Promise<Job> {
  return context.transact((tx) => finishIn(tx, job, ending), job);
}

/** The same in a transaction that does more. */
export async function finishIn(tx: Transaction, job: Job, { to, end }: Ending): Promise<Job> {
  const now = await tx.jobs.get(job.id);
  if (!now || isEnded(now)) return now ?? job;
  const ended = await tx.jobs.transition(job.id, to, end);
  await tx.ledger.append({
    kind: `job.${to}`,
    subject: job.id,
    evidence: { agent: job.agent, title: job.title, session: ended.child_session },
    ...(end.error === undefined ? {} : { reason: end.error }),
  });
  return ended;
}
