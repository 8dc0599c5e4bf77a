import { OhmymktError } from "../../errors.ts";
import type { Backoff } from "../../lib/task-lease.ts";
import type { PoolTask, TaskMetadata } from "../../store/local/pool/pool-task.ts";
import type { TaskPool } from "../../store/task-pool.ts";
import { readResult, type SwarmAgent } from "./agent.ts";

/** Limits of one run. */
export interface RunLimits {
  /** Aborts the work; the task goes back to the pool without counting an attempt. */
  signal?: AbortSignal | undefined;
  /** Milliseconds after which a task is aborted and counts as failed; none by default. */
  taskTimeoutMs?: number | undefined;
  /** Milliseconds that an aborted agent has to come to an end before it is left behind; 5 000 by default. */
  graceMs?: number | undefined;
  /** Attempts of a task that names no number itself; 1 by default: a failure is final. */
  maxAttempts?: number | undefined;
  backoff?: Backoff | undefined;
}

/** A claimed task with the agent that shall do it. */
export interface Assignment {
  agent: SwarmAgent;
  worker: string;
  task: PoolTask;
  /** Joined with the task's metadata into the agent's context. */
  context?: TaskMetadata | undefined;
  /** Claimed in the same transaction in which this one is completed. */
  next?: { id: string; worker: string } | undefined;
}

/** How a run ended; `lost` means that the task was cancelled or given to somebody else meanwhile. */
export interface RunEnd {
  outcome: "completed" | "failed" | "retried" | "returned" | "lost";
  /** The claimed task that follows, where one was asked for. */
  next?: PoolTask | undefined;
}

/** Runs one claimed task to its end in the pool. Rejects only when the pool itself fails. */
export async function runTask(pool: TaskPool, given: Assignment, limits: RunLimits = {}): Promise<RunEnd> {
  const { id } = given.task;
  const timeout = limits.taskTimeoutMs === undefined ? undefined : AbortSignal.timeout(limits.taskTimeoutMs);
  const signal = AbortSignal.any([limits.signal, timeout].filter((one) => one !== undefined));
  try {
    if (limits.signal?.aborted === true) return giveBack(pool, id);
    pool.updateTask(id, { status: "in_progress" });
    const value = await endOf(execute(pool, given, signal), signal, limits.graceMs ?? 5000);
    return complete(pool, given, value);
  } catch (error) {
    if (isLost(error)) return { outcome: "lost" };
    if (limits.signal?.aborted === true) return settle(() => giveBack(pool, id));
    const message = timeout?.aborted === true ? `it took longer than ${limits.taskTimeoutMs} ms` : textOf(error);
    return settle(() => ({
      outcome:
        pool.failTask(id, message, { maxAttempts: limits.maxAttempts ?? 1, backoff: limits.backoff }).status ===
        "failed"
          ? "failed"
          : "retried",
    }));
  }
}

/** In a promise of its own, so that an agent that throws at once is like one that rejects. */
async function execute(pool: TaskPool, { agent, task, context }: Assignment, signal: AbortSignal): Promise<unknown> {
  return agent.execute({
    task: task.description === "" ? task.title : task.description,
    context: { ...task.metadata, ...context },
    record: task,
    signal,
    heartbeat: (note) => pool.heartbeat(task.id, note === undefined ? {} : { checkpoint: note }),
  });
}

/** What the work comes to; once aborted, it is given a while and then left behind: its late writes are refused. */
async function endOf(work: Promise<unknown>, signal: AbortSignal, graceMs: number): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort = (): void => undefined;
  const leftBehind = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      timer = setTimeout(() => reject(new Error("the agent did not stop when it was told to")), graceMs);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, leftBehind]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function complete(pool: TaskPool, { task, next }: Assignment, value: unknown): RunEnd {
  const { result, results } = readResult(value);
  if (next === undefined) {
    pool.updateTask(task.id, { status: "completed", result, results });
    return { outcome: "completed" };
  }
  return {
    outcome: "completed",
    next: pool.completeAndClaim(task.id, result, next.worker, { id: next.id, results }) ?? undefined,
  };
}

function giveBack(pool: TaskPool, id: string): RunEnd {
  pool.requeueTask(id, { reason: "its worker was stopped", countAttempt: false });
  return { outcome: "returned" };
}

function settle(write: () => RunEnd): RunEnd {
  try {
    return write();
  } catch (error) {
    if (isLost(error)) return { outcome: "lost" };
    throw error;
  }
}

function isLost(error: unknown): boolean {
  return (
    error instanceof OhmymktError &&
    (error.code === "stale" || error.code === "not_found" || error.code === "invalid_transition")
  );
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
