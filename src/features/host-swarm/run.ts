import { isEnded, type Job } from "../../lib/jobs.ts";
import type { ClaimedTask, Transaction } from "../../store/store.ts";
import { claimReady } from "./choose.ts";
import { textOf, type HostSwarmContext } from "./context.ts";
import { readHolds, type Hold } from "./holds.ts";
import { readRest, totalsOf, type SwarmReport, type SwarmResult, type SwarmRest, type SwarmWorker } from "./report.ts";
import { closeRow, type RowRequest } from "./row.ts";
import type { SwarmSettings } from "./settings.ts";
import type { WorkerEnd, WorkerProgress } from "./assignment.ts";
import { work } from "./worker.ts";

/** Who asked for the swarm and what it may do; `row` is its open row of background work. */
export interface RunRequest extends SwarmSettings, RowRequest {
  row: Job;
}

/** One swarm from its start to its end. */
export interface Run {
  readonly root: string;
  /** Resolves when nothing runs any more and the end is written down; never rejects. */
  readonly done: Promise<void>;
  /** Resolves after the first look at the pool, or at the end when there is nothing to do. */
  readonly begun: Promise<void>;
  report(): Promise<SwarmReport>;
  /** Stops every worker; the tasks go back without an attempt counted. */
  stop(reason: string): void;
  /** Looks at the pool and at what is on hold now. */
  wake(): void;
  /** Notes that somebody read the end. */
  read(): Promise<void>;
}

interface Running {
  claim: ClaimedTask;
  since: string;
  stop: AbortController;
  progress: WorkerProgress;
}

/** How often the swarm looks for tasks that others made ready, and for P0s, when nothing wakes it. */
const TICK_MS = 5000;

export function createRun(context: HostSwarmContext, request: RunRequest): Run {
  const { clock, over } = context;
  const { owners, maxConcurrency, leaseMs, retry, limits, root, row } = request;
  const since = new Date(clock.now()).toISOString();
  const running = new Map<string, Running>();
  const results: SwarmResult[] = [];
  const setAside = new Set<string>();
  const retrying = new Set<string>();
  let stopped: string | undefined;
  let job: Job | undefined;
  let finalRest: SwarmRest | undefined;
  let waking = new AbortController();
  const wake = (): void => waking.abort();
  let hasBegun = (): void => undefined;
  const begun = new Promise<void>((resolve) => (hasBegun = resolve));

  const launch = (claim: ClaimedTask): void => {
    const one: Running = {
      claim,
      since: new Date(clock.now()).toISOString(),
      stop: new AbortController(),
      progress: { session: undefined, waits: false, tokens: 0, toolCalls: 0, newsAt: clock.now() },
    };
    running.set(claim.task.id, one);
    void work(context, {
      claim,
      root,
      limits,
      leaseMs,
      retry,
      stop: one.stop.signal,
      progress: one.progress,
    })
      .catch((error: unknown): WorkerEnd => ({
        is: "lost",
        text: `how it ended could not be written down: ${textOf(error)}`,
      }))
      .then((end) => leave(one, end));
  };
  const leave = ({ claim: { task }, progress: { tokens } }: Running, end: WorkerEnd): void => {
    running.delete(task.id);
    retrying.delete(task.id);
    if (end.is === "retried") retrying.add(task.id);
    if (end.is === "blocked") setAside.add(task.id);
    if (end.is !== "over")
      results.push({ agent: task.owner, task: task.id, title: task.title, end: end.is, text: end.text, tokens });
    wake();
  };

  /** Milliseconds until the next look, or undefined when there is nothing left to do. */
  const look = async (): Promise<number | undefined> => {
    const { hold, claimed, retryAt } = await context.transact(
      async (tx) => {
        const nowHeld = await readHolds(tx);
        const busy = new Map<string, number>();
        for (const { claim } of running.values()) busy.set(claim.task.owner, (busy.get(claim.task.owner) ?? 0) + 1);
        const room = stopped === undefined ? maxConcurrency - running.size : 0;
        const leftAlone = new Set([...setAside, ...running.keys()]);
        const taken = await claimReady(tx, {
          owners,
          swarm: row.id,
          room,
          leaseMs,
          leftAlone,
          hold: nowHeld,
          running: busy,
        });
        return { hold: nowHeld, claimed: taken, retryAt: await nextRetry(tx, retrying, nowHeld) };
      },
      { survives: "process" },
    );
    claimed.forEach(launch);
    for (const { claim, stop } of running.values()) {
      const reason = stopped ?? hold(claim.task.module);
      if (reason !== undefined) stop.abort(reason);
    }
    if (running.size === 0 && retryAt === undefined) return undefined;
    return retryAt === undefined ? TICK_MS : Math.max(1, Math.min(TICK_MS, retryAt - clock.now()));
  };

  const drive = async (): Promise<void> => {
    for (;;) {
      waking = new AbortController();
      let pause: number | undefined = TICK_MS;
      try {
        if (stopped === undefined) pause = await look();
      } catch (error) {
        context.log(`swarm: looking for tasks: ${textOf(error)}`);
      }
      if (over.aborted || pause === undefined || (stopped !== undefined && running.size === 0)) return;
      hasBegun();
      await clock.wait(pause, AbortSignal.any([waking.signal, over]));
      if (over.aborted) return;
    }
  };

  const isSilent = ({ waits, newsAt }: WorkerProgress): boolean => !waits && clock.now() - newsAt > leaseMs;
  const workers = (): SwarmWorker[] =>
    [...running.values()].map(({ claim: { task }, since: from, progress }) => ({
      agent: task.owner,
      task: task.id,
      title: task.title,
      session: progress.session,
      since: from,
      state: progress.waits ? "waiting" : "working",
      tokens: progress.tokens,
      toolCalls: progress.toolCalls,
      ...(isSilent(progress) ? { silentSince: new Date(progress.newsAt).toISOString() } : {}),
    }));
  const reportWith = (rest: SwarmRest, ended: boolean): SwarmReport => ({
    state: stopped === undefined ? (ended ? "drained" : "running") : ended ? "stopped" : "stopping",
    ...(stopped === undefined ? {} : { reason: stopped }),
    since,
    owners,
    maxConcurrency,
    limits,
    workers: workers(),
    results: [...results],
    totals: totalsOf(results, workers(), rest),
    ...(job ? { job } : {}),
  });
  const rest = async (hold?: Hold): Promise<SwarmRest> =>
    context.transact(async (tx) => readRest(tx, owners, hold ?? (await readHolds(tx))));

  const end = async (): Promise<void> => {
    finalRest = await context.insist(() => rest());
    const report = reportWith(finalRest, true);
    job = await context.insist(() => context.transact((tx) => closeRow(tx, row.id, report)));
    context.tell(root);
  };
  const done = drive()
    .then(async () => (over.aborted ? undefined : end()))
    .catch((error: unknown) => context.log(`swarm: its end could not be written down: ${textOf(error)}`))
    .then(hasBegun);

  return {
    root,
    done,
    begun,
    report: async () => reportWith(finalRest ?? (await rest()), finalRest !== undefined),
    stop(reason) {
      stopped ??= reason;
      for (const one of running.values()) one.stop.abort(stopped);
      wake();
    },
    wake,
    async read() {
      if (job && isEnded(job) && job.read_at === undefined) {
        const { id } = job;
        job = await context.transact((tx) => tx.jobs.mark(id, "read"));
      }
    },
  };
}

/** When the first of these may be tried again; those that somebody else took, finished or holds are forgotten. */
async function nextRetry(tx: Transaction, retrying: Set<string>, hold: Hold): Promise<number | undefined> {
  let first: number | undefined;
  for (const id of retrying) {
    const task = await tx.tasks.get(id);
    if (task?.status !== "pending" || hold(task.module) !== undefined) {
      retrying.delete(id);
      continue;
    }
    const at = task.not_before === undefined ? 0 : Date.parse(task.not_before);
    first = Math.min(first ?? at, at);
  }
  return first;
}
