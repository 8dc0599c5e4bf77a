import { isClaimOver } from "../../lib/task-lease.ts";
import type { Clock } from "../background/clock.ts";
import type { SessionOutcome } from "../background/session-runner.ts";
import type { Assignment, WorkerProgress } from "./assignment.ts";
import { textOf, type HostSwarmContext } from "./context.ts";

/** Why a worker stops watching its session. */
export type Why =
  | { is: "idle" }
  | { is: "stopped" }
  | { is: "over" }
  | { is: "limit" | "lost" | "unstarted"; reason: string };

/** How often a worker looks whether its session waits for a person; asks neither host nor disk. */
const STEP_MS = 2000;

/** Runs `begin` and waits for the first of: the turn ends, a limit is reached, the claim is lost, somebody stops it, the host ends. */
export async function watch(
  context: HostSwarmContext,
  given: Assignment,
  begin: (signal: AbortSignal) => Promise<string>,
): Promise<Why> {
  const outside = AbortSignal.any([given.stop, context.over]);
  const decided = new AbortController();
  const signal = AbortSignal.any([decided.signal, outside]);
  const told = new Promise<Why>((resolve) => {
    const tell = (): void => resolve(context.over.aborted ? { is: "over" } : { is: "stopped" });
    if (outside.aborted) tell();
    outside.addEventListener("abort", tell, { once: true });
  });
  try {
    const why = await Promise.race([told, turn(context, begin, signal), bounds(context, given, signal)]);
    return why.is !== "idle" && outside.aborted ? await told : why;
  } finally {
    decided.abort();
  }
}

async function turn(
  { runner, clock }: HostSwarmContext,
  begin: (signal: AbortSignal) => Promise<string>,
  signal: AbortSignal,
): Promise<Why> {
  let session: string;
  try {
    session = await begin(signal);
  } catch (error) {
    return isClaimOver(error) ? { is: "lost", reason: textOf(error) } : { is: "unstarted", reason: textOf(error) };
  }
  // A host that cannot be asked for a moment is asked again; the time limit bounds it.
  for (;;) {
    try {
      await runner.idle(session, signal);
      return { is: "idle" };
    } catch {
      if (signal.aborted) return { is: "stopped" };
      await clock.wait(STEP_MS, signal);
    }
  }
}

/** Signs of life at a third of the lease, and at once when a wait for a person begins or ends. */
async function bounds(context: HostSwarmContext, given: Assignment, signal: AbortSignal): Promise<Why> {
  const { runner, clock } = context;
  const { limits, leaseMs, progress } = given;
  const every = leaseMs / 3;
  const step = Math.min(STEP_MS, every);
  let beatAt = clock.now() + every;
  for (let left = limits.minutes * 60_000; left > 0;) {
    await clock.wait(Math.min(step, left), signal);
    if (signal.aborted) return { is: "stopped" };
    const waits = progress.session !== undefined && runner.waitsForPerson(progress.session);
    if (!waits) left -= Math.min(step, left);
    if (waits === progress.waits && clock.now() < beatAt) continue;
    beatAt = clock.now() + every;
    const why = await beat(context, given, waits);
    if (why) return why;
  }
  return { is: "limit", reason: `stopped after ${limits.minutes} minutes, the limit for a task` };
}

async function beat(context: HostSwarmContext, given: Assignment, waits: boolean): Promise<Why | undefined> {
  const { claim, leaseMs, limits, progress } = given;
  const waitingFor = waits ? "a person's answer" : null;
  try {
    await context.transact((tx) => tx.tasks.heartbeat(claim.task.id, claim.token, { leaseMs, waitingFor }), {
      survives: "process",
    });
    progress.waits = waits;
    if (progress.session !== undefined) note(progress, await context.runner.outcome(progress.session), context.clock);
  } catch (error) {
    if (isClaimOver(error)) return { is: "lost", reason: textOf(error) };
    // The lease outlives two missed signs; the next one comes in time, or the task goes back to the pool.
    context.log(`swarm: no sign of life for ${claim.task.id}: ${textOf(error)}`);
  }
  if (progress.tokens > limits.tokens) return beyond(progress.tokens, limits.tokens, "tokens");
  if (progress.toolCalls > limits.toolCalls) return beyond(progress.toolCalls, limits.toolCalls, "tool calls");
  return undefined;
}

function note(progress: WorkerProgress, { tokens, toolCalls }: SessionOutcome, clock: Clock): void {
  if (tokens !== progress.tokens || toolCalls !== progress.toolCalls) progress.newsAt = clock.now();
  Object.assign(progress, { tokens, toolCalls });
}

function beyond(used: number, limit: number, unit: string): Why {
  return { is: "limit", reason: `stopped after ${used} ${unit}; the limit for a task is ${limit}` };
}
