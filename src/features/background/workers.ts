import { isEnded, type Job } from "../../lib/jobs.ts";
import { BACKGROUND_TOOLS } from "../claude-code-agent-loader/our-tools.ts";
import { finish, type BackgroundContext } from "./context.ts";
import { cancelledBy, endingOf, LATE, notStarted, ROOT_DELETED, type Ending } from "./ending.ts";

/** The jobs that this run of the host looks after, each from its start to its end. */
export interface Workers {
  has(id: string): boolean;
  /** Starts the job's session, or watches the one it has; `ended` is called once its row is final. */
  launch(job: Job): void;
  /** Stops one for a reason and waits for its end; false when it is not one of these. */
  stop(id: string, reason: string): Promise<boolean>;
}

/** What a background session must not have: it cannot start background work itself, and nobody would see its questions in time. */
export const DENIED_IN_BACKGROUND: readonly string[] = [...BACKGROUND_TOOLS, "question"];

const TICK_MS = 1000;
const ATTEMPTS = 5;

export function createWorkers(context: BackgroundContext, ended: (job: Job) => void): Workers {
  const running = new Map<string, { stop: AbortController; done: Promise<void> }>();
  return {
    has: (id) => running.has(id),
    launch(job) {
      if (running.has(job.id)) return;
      const stop = new AbortController();
      const done = (async () => {
        let final: Job | undefined;
        try {
          final = await see(context, job, stop.signal);
        } finally {
          running.delete(job.id);
        }
        if (final) ended(final);
      })();
      running.set(job.id, { stop, done });
      context.detach(job.id, () => done);
    },
    async stop(id, reason) {
      const one = running.get(id);
      if (!one) return false;
      one.stop.abort(reason);
      await one.done;
      return true;
    },
  };
}

/** The row at the end, or undefined when this run of the host is over first. */
async function see(context: BackgroundContext, job: Job, stop: AbortSignal): Promise<Job | undefined> {
  const ending = await work(context, job, stop);
  return ending && (await insist(context, () => finish(context, job, ending)));
}

async function work(context: BackgroundContext, job: Job, stop: AbortSignal): Promise<Ending | undefined> {
  let child = job.child_session;
  try {
    child ??= await begin(context, job, stop);
  } catch (error) {
    if (stop.aborted) return cancelledBy(String(stop.reason));
    return (await isDeleted(context, job.root_session)) ? cancelledBy(ROOT_DELETED) : notStarted(error);
  }
  const { minutes } = await context.limits();
  const why = await lookAfter(context, job, child, minutes, stop);
  if (why === "over") return undefined;
  if (why === "idle") return settled(context, child);
  const problem = await halt(context, child);
  const { to, end } = why === "late" ? LATE(minutes) : cancelledBy(String(stop.reason));
  const soFar = (await settled(context, child)).end;
  return { to, end: { ...soFar, error: `${end.error ?? to}${problem}` } };
}

async function begin(context: BackgroundContext, job: Job, stop: AbortSignal): Promise<string> {
  return context.runner.start({
    parent: job.root_session,
    agent: job.agent,
    title: job.title,
    prompt: job.prompt,
    denied: DENIED_IN_BACKGROUND,
    created: (child_session) =>
      context.transact(async (tx) => {
        const now = await tx.jobs.get(job.id);
        if (!now || isEnded(now) || stop.aborted) throw new Error("it was cancelled first");
        await tx.jobs.assign(job.id, { child_session });
      }, job),
  });
}

/** The host deletes what is below a session with it, before it says so. */
async function isDeleted(context: BackgroundContext, session: string): Promise<boolean> {
  return insist(context, async () => !(await context.runner.exists(session))).catch(() => false);
}

type Why = "idle" | "late" | "stopped" | "over";

/** Waits for the first of: the turn ends, the time is up, somebody stops it, the host ends. */
async function lookAfter(
  context: BackgroundContext,
  job: Job,
  child: string,
  minutes: number,
  stop: AbortSignal,
): Promise<Why> {
  const decided = new AbortController();
  const signal = AbortSignal.any([decided.signal, stop, context.over]);
  const outside = new Promise<Why>((resolve) => {
    const tell = (): void => resolve(context.over.aborted ? "over" : "stopped");
    if (stop.aborted || context.over.aborted) tell();
    AbortSignal.any([stop, context.over]).addEventListener("abort", tell, { once: true });
  });
  try {
    return await Promise.race([
      outside,
      untilIdle(context, child, signal),
      untilLate(context, job, child, minutes, signal),
    ]);
  } finally {
    decided.abort();
  }
}

/** A host that cannot be asked for a moment is asked again; the time limit bounds it. */
async function untilIdle({ runner, clock }: BackgroundContext, child: string, signal: AbortSignal): Promise<Why> {
  for (;;) {
    try {
      await runner.idle(child, signal);
      return "idle";
    } catch (error) {
      if (signal.aborted) throw error;
      await clock.wait(TICK_MS, signal);
    }
  }
}

async function untilLate(
  { runner, clock }: BackgroundContext,
  job: Job,
  child: string,
  minutes: number,
  signal: AbortSignal,
): Promise<Why> {
  let left =
    minutes * 60_000 -
    (job.child_session === undefined ? 0 : clock.now() - Date.parse(job.started_at ?? job.created_at));
  while (left > 0 && !signal.aborted) {
    const step = Math.min(left, TICK_MS);
    await clock.wait(step, signal);
    if (!runner.waitsForPerson(child)) left -= step;
  }
  return "late";
}

async function settled(context: BackgroundContext, child: string): Promise<Ending> {
  return insist(context, async () => {
    const status = await context.runner.status(child);
    return endingOf(status, status === "gone" ? undefined : await context.runner.outcome(child));
  });
}

/** Stops the session's requests; what to add to the job's error when that fails. */
async function halt({ runner }: BackgroundContext, child: string): Promise<string> {
  try {
    await runner.abort(child);
    return "";
  } catch (error) {
    return `; its session ${child} could not be stopped: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Repeats what a busy disk or host refused; the last error is thrown. */
export async function insist<T>({ clock, over }: BackgroundContext, act: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (attempt === ATTEMPTS || over.aborted) throw error;
      await clock.wait(attempt * TICK_MS, over);
    }
  }
}
