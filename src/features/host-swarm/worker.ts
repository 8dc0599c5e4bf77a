import { isClaimOver } from "../../lib/task-lease.ts";
import type { SessionOutcome } from "../background/session-runner.ts";
import type { Assignment, WorkerEnd } from "./assignment.ts";
import { textOf, type HostSwarmContext } from "./context.ts";
import { answerFormat, packetOf } from "./packet.ts";
import { verdictOf, type Verdict } from "./verdict.ts";
import { watch, type Why } from "./watch.ts";

/** What a worker's session must not have: its task is the swarm's to move, and it starts no further work that outlives it. */
export const DENIED_IN_SWARM: readonly string[] = [
  "ohmymkt_task_claim",
  "ohmymkt_task_update",
  "ohmymkt_swarm",
  "background_task",
  "background_output",
  "background_cancel",
  "question",
];

/** Sees one claimed task to its end. */
export async function work(context: HostSwarmContext, given: Assignment): Promise<WorkerEnd> {
  const why = await watch(context, given, (signal) => begin(context, given, signal));
  if (why.is === "over") return { is: "over" };
  const problem = why.is === "idle" ? "" : await halt(context, given);
  try {
    return await conclude(context, given, why, problem);
  } catch (error) {
    if (isClaimOver(error)) return { is: "lost", text: textOf(error) };
    throw error;
  }
}

/** Writes down what the end of the watching means; `problem` is what else went wrong. */
async function conclude(
  context: HostSwarmContext,
  given: Assignment,
  why: Exclude<Why, { is: "over" }>,
  problem: string,
): Promise<WorkerEnd> {
  if (why.is === "idle") return settle(context, given);
  if (why.is === "stopped") return requeue(context, given, `${String(given.stop.reason)}${problem}`);
  if (why.is === "lost") return { is: "lost", text: `the task was taken from its worker: ${why.reason}${problem}` };
  if (why.is === "unstarted") return unstarted(context, given, why.reason);
  return fail(context, given, `${why.reason}${problem}`);
}

/** Starts the session; the row has its id before the agent hears anything. */
async function begin(context: HostSwarmContext, given: Assignment, signal: AbortSignal): Promise<string> {
  const { claim, root, leaseMs, progress } = given;
  const { task, token } = claim;
  const blockers = await context.transact(async (tx) => {
    const found = [];
    for (const id of task.blocked_by) found.push(await tx.tasks.get(id));
    return found.filter((one) => one !== undefined);
  });
  const session = await context.runner.start({
    parent: root,
    agent: task.owner,
    title: task.title,
    prompt: packetOf(task, blockers, context.schemaAnswers === true),
    denied: DENIED_IN_SWARM,
    ...(context.schemaAnswers === true ? { format: answerFormat(task) } : {}),
    created: async (id) => {
      signal.throwIfAborted();
      progress.session = id;
      const metadata = { ...task.metadata, session: id };
      await context.transact((tx) => tx.tasks.heartbeat(task.id, token, { leaseMs, start: true, metadata }), {
        survives: "process",
      });
    },
  });
  // Whoever gave up meanwhile stopped it before it had its prompt.
  if (signal.aborted && !context.over.aborted) await halt(context, given);
  return session;
}

/** Without its root no task can be started; that is not the task's fault. */
async function unstarted(context: HostSwarmContext, given: Assignment, reason: string): Promise<WorkerEnd> {
  if (!(await context.insist(() => context.runner.exists(given.root))))
    return requeue(context, given, "the session that the swarm works for is gone");
  return fail(context, given, `it could not be started: ${reason}`);
}

async function settle(context: HostSwarmContext, given: Assignment): Promise<WorkerEnd> {
  const outcome = await context.insist(() => outcomeOf(context, given));
  if (outcome) Object.assign(given.progress, { tokens: outcome.tokens, toolCalls: outcome.toolCalls });
  const verdict = verdictOf(given.claim.task, outcome);
  if (verdict.is === "failed") return fail(context, given, verdict.error);
  if (verdict.is === "blocked") {
    await requeue(context, given, `blocked: ${verdict.reason}`);
    return { is: "blocked", text: verdict.reason };
  }
  return complete(context, given, verdict);
}

async function outcomeOf({ runner }: HostSwarmContext, { progress }: Assignment): Promise<SessionOutcome | undefined> {
  const { session } = progress;
  if (session === undefined || (await runner.status(session)) === "gone") return undefined;
  return runner.outcome(session);
}

async function complete(
  context: HostSwarmContext,
  { claim: { task, token }, progress: { session, tokens } }: Assignment,
  { summary, results }: Extract<Verdict, { is: "done" }>,
): Promise<WorkerEnd> {
  const metadata = { ...task.metadata, session, tokens };
  await context.insist(() =>
    context.transact((tx) =>
      tx.tasks.finish(task.id, token, { status: "completed", result: summary, results, metadata }),
    ),
  );
  return { is: "completed", text: summary };
}

async function fail(context: HostSwarmContext, { claim, retry }: Assignment, error: string): Promise<WorkerEnd> {
  const { task } = await context.insist(() =>
    context.transact((tx) => tx.tasks.finish(claim.task.id, claim.token, { status: "failed", error, retry })),
  );
  return { is: task.status === "failed" ? "failed" : "retried", text: error };
}

async function requeue(context: HostSwarmContext, { claim }: Assignment, reason: string): Promise<WorkerEnd> {
  await context.insist(() =>
    context.transact((tx) => tx.tasks.requeue(claim.task.id, claim.token, { reason, countAttempt: false })),
  );
  return { is: "requeued", text: reason };
}

/** Stops the session's requests; what to add to the reason when that fails. */
async function halt({ runner }: HostSwarmContext, { progress: { session } }: Assignment): Promise<string> {
  if (session === undefined) return "";
  try {
    await runner.abort(session);
    return "";
  } catch (error) {
    return `; its session ${session} could not be stopped: ${textOf(error)}`;
  }
}
