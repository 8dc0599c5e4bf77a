import { isEnded, isSwarm, type Job, OPEN_STATES } from "../../lib/jobs.ts";
import { OhmymktError } from "../../errors.ts";
import type { Transaction } from "../../store/store.ts";
import {
  backgroundContext,
  finish,
  isOrphan,
  owns,
  type BackgroundContext,
  type BackgroundOptions,
} from "./context.ts";
import { cancelledBy, ROOT_DELETED } from "./ending.ts";
import { takeOver } from "./orphans.ts";
import { createTeller } from "./teller.ts";
import { createWorkers, type Workers } from "./workers.ts";

/** Who asks for what; `session` is the one that the call came from. */
export interface JobRequest {
  session: string;
  caller: string;
  agent: string;
  title: string;
  prompt: string;
}

/** How far a running job is. */
export interface JobProgress {
  waitsForPerson: boolean;
  /** Of its last answer. */
  text: string;
  tokens: number;
}

/** Background work of one project in one run of the host. */
export interface BackgroundJobs {
  /** Writes the job down and starts it when there is room; throws `not_allowed` from inside background work, `busy` when too many wait. */
  start(request: JobRequest): Promise<Job>;
  /** Throws `not_found`. */
  get(id: string): Promise<Job>;
  /** Resolves at its end, or earlier when the signal fires; the job goes on in that case. */
  wait(id: string, signal: AbortSignal): Promise<Job>;
  /** Notes that this session read the job's end. */
  read(job: Job, session: string | undefined): Promise<Job>;
  progress(job: Job): Promise<JobProgress | undefined>;
  /** Stops it and its session's requests; an ended job stays as it is. */
  cancel(id: string, reason: string): Promise<Job>;
  /** Tells a session of ended rows that somebody else wrote for it. */
  tell(root: string): void;
  /** To be called when some session has no running turn any more: it, or one above it, may be told now. */
  sessionIdle(): void;
  /** To be called when a session was deleted: work in it and for it is cancelled. */
  sessionDeleted(sessionID: string): void;
  /** Looks once after what an earlier run of the host left behind. */
  ready(): Promise<void>;
  /** Ends the watching without a trace in the store, as the end of the host would. */
  stop(): void;
}

const POLL_MS = 1000;

export function createBackgroundJobs(options: BackgroundOptions): BackgroundJobs {
  const over = new AbortController();
  const context = backgroundContext(options, over.signal);
  const teller = createTeller(context);
  const waiting = new Map<AbortController, string>();
  const ended = (job: Job): void => {
    for (const [wake, id] of waiting) if (id === job.id) wake.abort();
    teller.schedule(job.root_session);
    context.detach("starting the next job", pump);
  };
  const workers = createWorkers(context, ended);

  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work);
    turn = next.catch(() => undefined);
    return next;
  };
  let polling = false;
  const pump = (): Promise<void> =>
    inTurn(async () => {
      if (over.signal.aborted) return;
      const { orphans, left } = await fill(context, workers);
      if (orphans) context.detach("taking over", sweep);
      if (left === 0 || polling) return;
      // Room that another process makes is not announced.
      polling = true;
      context.detach("starting the next job", async () => {
        await context.clock.wait(POLL_MS, over.signal);
        polling = false;
        await pump();
      });
    });
  const sweep = (): Promise<void> =>
    inTurn(async () => {
      for (const job of await takeOver(context, workers)) if (isEnded(job)) ended(job);
    });
  let reconciled: Promise<void> | undefined;
  const ready = async (): Promise<void> => {
    reconciled ??= (async () => {
      if (await (await options.store()).exists()) await sweep();
    })();
    await reconciled.catch((error: unknown) => {
      reconciled = undefined;
      throw error;
    });
  };
  const get = async (id: string): Promise<Job> => {
    await ready();
    const job = await context.transact((tx) => tx.jobs.get(id));
    if (job) return job;
    throw new OhmymktError("not_found", `there is no job ${JSON.stringify(id)}`, {
      hint: "use the id that background_task gave",
    });
  };
  const cancel = async (id: string, reason: string): Promise<Job> => {
    const job = await get(id);
    if (isEnded(job)) return job;
    if (isSwarm(job))
      throw new OhmymktError("not_allowed", `${id} is a swarm, not a job of one agent`, {
        hint: "stop it with ohmymkt_swarm, action stop",
      });
    if (!owns(context, job))
      throw new OhmymktError("not_allowed", `job ${id} belongs to another run of the host, process ${job.owner.pid}`, {
        hint: "cancel it there",
      });
    if (await workers.stop(id, reason)) return get(id);
    const final = await finish(context, job, cancelledBy(reason));
    // It may have begun between the look and the write.
    await workers.stop(id, reason);
    ended(final);
    return final;
  };

  return {
    async start(request) {
      await ready();
      const job = await enter(context, request);
      await pump();
      return get(job.id);
    },
    get,
    async wait(id, signal) {
      for (;;) {
        const wake = new AbortController();
        waiting.set(wake, id);
        try {
          const job = await get(id);
          if (isEnded(job) || signal.aborted || over.signal.aborted) return job;
          await context.clock.wait(POLL_MS, AbortSignal.any([wake.signal, signal, over.signal]));
        } finally {
          waiting.delete(wake);
        }
      }
    },
    async read(job, session) {
      if (!isEnded(job) || (session !== job.parent_session && session !== job.root_session)) return job;
      return context.transact((tx) => tx.jobs.mark(job.id, "read"));
    },
    async progress(job) {
      const child = job.child_session;
      if (isEnded(job) || child === undefined || !(await context.runner.exists(child))) return undefined;
      const { text, tokens } = await context.runner.outcome(child);
      return { waitsForPerson: context.runner.waitsForPerson(child), text, tokens };
    },
    cancel,
    tell: (root) => teller.schedule(root),
    sessionIdle: () => teller.scheduleAll(),
    sessionDeleted(sessionID) {
      context.detach("cancelling the work of a deleted session", async () => {
        const own = await context.transact((tx) => tx.jobs.list({ child: sessionID, state: OPEN_STATES }));
        const below = await context.transact((tx) => tx.jobs.list({ session: sessionID, state: OPEN_STATES }));
        for (const job of own) await cancel(job.id, "its session was deleted");
        for (const job of below.filter((one) => !isSwarm(one))) await cancel(job.id, ROOT_DELETED);
      });
    },
    ready,
    stop: () => over.abort(),
  };
}

async function enter(context: BackgroundContext, { session, caller, agent, title, prompt }: JobRequest): Promise<Job> {
  const lineage = await context.runner.lineage(session);
  const { parallel, waiting } = await context.limits();
  return context.transact(async (tx) => {
    for (const one of lineage) {
      const [above] = await tx.jobs.list({ child: one, limit: 1 });
      if (above)
        throw new OhmymktError(
          "not_allowed",
          `this is the background work ${above.id}, which cannot start background work itself`,
          { hint: "do it here, or hand it back" },
        );
    }
    const open = await openJobs(tx);
    if (open.length >= parallel + waiting) {
      throw new OhmymktError(
        "busy",
        `${open.length} jobs run or wait already; ${parallel} may run and ${waiting} may wait`,
        { hint: "wait for one with background_output, or cancel what is not needed any more" },
      );
    }
    return tx.jobs.create({
      parent_session: session,
      parent_agent: caller,
      root_session: lineage.at(-1) ?? session,
      agent,
      title,
      prompt,
      owner: context.owner,
    });
  });
}

/** Those that count against the limits; a swarm has limits of its own. */
async function openJobs(tx: Transaction): Promise<Job[]> {
  return (await tx.jobs.list({ state: OPEN_STATES })).filter((job) => !isSwarm(job));
}

/** Starts the oldest of our waiting jobs as far as there is room in the project. */
async function fill(context: BackgroundContext, workers: Workers): Promise<{ orphans: boolean; left: number }> {
  const { parallel } = await context.limits();
  const { started, left, orphans } = await context.transact(async (tx) => {
    const open = await openJobs(tx);
    const dead = open.filter((job) => isOrphan(context, job));
    const room = parallel - open.filter((job) => job.state === "running" && !dead.includes(job)).length;
    const mine = open.filter((job) => job.state === "queued" && owns(context, job));
    const next: Job[] = [];
    for (const job of mine.slice(0, Math.max(0, room))) {
      next.push(await tx.jobs.transition(job.id, "running"));
      await tx.ledger.append({
        kind: "job.running",
        subject: job.id,
        evidence: { agent: job.agent, title: job.title, for: job.parent_session },
      });
    }
    return { started: next, left: mine.length - next.length, orphans: dead.length > 0 };
  });
  for (const job of started) workers.launch(job);
  return { orphans, left };
}
