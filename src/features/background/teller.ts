import { jobMarker, type Job } from "../../lib/jobs.ts";
import { owns, type BackgroundContext } from "./context.ts";
import { insist } from "./workers.ts";

/** Tells a root session about ended jobs, each once, several in one message. */
export interface Teller {
  /** Tells what there is to tell, a moment later, so that what ends together is told together. */
  schedule(root: string): void;
}

const TOGETHER_MS = 250;
/** Characters of results in one message, and the least of one job. */
const MESSAGE = 6000;
const LEAST = 400;

export function createTeller(context: BackgroundContext): Teller {
  const waiting = new Set<string>();
  const turns = new Map<string, Promise<void>>();
  return {
    schedule(root) {
      if (waiting.has(root)) return;
      waiting.add(root);
      context.detach(`telling ${root}`, async () => {
        await context.clock.wait(TOGETHER_MS, context.over);
        waiting.delete(root);
        if (context.over.aborted) return;
        const turn = (turns.get(root) ?? Promise.resolve()).then(() => insist(context, () => tellAll(context, root)));
        turns.set(
          root,
          turn.catch(() => undefined),
        );
        await turn;
      });
    },
  };
}

/** A session that is busy is told when it goes idle; one that a person stopped, not before they use it again; a deleted one never. */
async function tellAll(context: BackgroundContext, root: string): Promise<void> {
  const ended = await context.transact((tx) => tx.jobs.list({ session: root, untold: true }));
  const open: Job[] = [];
  for (const job of ended.filter((one) => one.root_session === root && owns(context, one))) {
    if (await knows(context, job)) await mark(context, [job]);
    else open.push(job);
  }
  if (open.length === 0 || !(await mayBeTold(context, root))) return;
  const ready: Job[] = [];
  for (const job of open) if (await hasLeft(context, job)) ready.push(job);
  const [first] = ready;
  if (!first) return;
  const agent = ready.find((job) => job.parent_session === root)?.parent_agent;
  await context.runner.tell(root, agent, tellingText(ready));
  await mark(context, ready);
}

/** Whether the end came to the session already: as our message, before a crash, or as the result of a call. */
async function knows({ runner }: BackgroundContext, job: Job): Promise<boolean> {
  const marker = jobMarker(job);
  const sessions = new Set([job.parent_session, job.root_session]);
  for (const session of sessions)
    if ((await runner.exists(session)) && (await runner.told(session, marker))) return true;
  return false;
}

async function mayBeTold({ runner }: BackgroundContext, root: string): Promise<boolean> {
  if ((await runner.status(root)) !== "idle") return false;
  return (await runner.outcome(root)).error?.aborted !== true;
}

/** A session below the root that still works may collect its jobs itself; once it has handed back, the root is told. */
async function hasLeft({ runner }: BackgroundContext, job: Job): Promise<boolean> {
  return job.parent_session === job.root_session || (await runner.status(job.parent_session)) !== "busy";
}

async function mark(context: BackgroundContext, jobs: readonly Job[]): Promise<void> {
  await context.transact(async (tx) => {
    for (const job of jobs) await tx.jobs.mark(job.id, "notified");
  });
}

export function tellingText(jobs: readonly Job[]): string {
  const room = Math.max(LEAST, Math.floor(MESSAGE / jobs.length));
  return [
    "Background work has ended (this message is from ohmymkt, not from the person):",
    ...jobs.map((job) => told(job, room)),
  ].join("\n\n");
}

function told(job: Job, room: number): string {
  const text = job.result ?? "";
  const rest = text.length > room ? `\n… (background_output {id: "${job.id}"} has all ${text.length} characters)` : "";
  return [`${jobMarker(job)} ${job.agent}: ${job.title}`, job.error ?? "", text.slice(0, room) + rest]
    .filter(Boolean)
    .join("\n");
}
