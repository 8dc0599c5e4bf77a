import { isEnded, isSwarm, type Job, OPEN_STATES } from "../../lib/jobs.ts";
import type { Transaction } from "../../store/store.ts";
import { finish, finishIn, isOrphan, owns, type BackgroundContext } from "./context.ts";
import { endingOf, LOST_AT_START, NEVER_STARTED } from "./ending.ts";
import { lostSwarm } from "./lost-swarm.ts";
import type { Workers } from "./workers.ts";

/** Takes over what a run of the host that is over left behind: finished work is recovered, cut-off work is lost, a session that still runs is watched again. Returns every job it touched. */
export async function takeOver(context: BackgroundContext, workers: Workers): Promise<Job[]> {
  const mine = await context.transact(async (tx) => {
    const rows = [...(await tx.jobs.list({ state: OPEN_STATES })), ...(await tx.jobs.list({ untold: true }))];
    const taken: Job[] = [];
    for (const job of rows) {
      if (isOrphan(context, job)) taken.push(await adopt(tx, context, job));
      else if (owns(context, job) && (isEnded(job) || isUnwatched(workers, job))) taken.push(job);
    }
    return taken;
  });
  const touched: Job[] = [];
  for (const job of mine) touched.push(await settle(context, workers, job));
  return touched;
}

/** A swarm ends at once: as a running row of this run of the host it would pass for one that runs. */
async function adopt(tx: Transaction, { owner }: BackgroundContext, job: Job): Promise<Job> {
  const own = await tx.jobs.assign(job.id, { owner });
  return isSwarm(own) && !isEnded(own) ? finishIn(tx, own, await lostSwarm(tx, own)) : own;
}

/** A swarm of this run of the host looks after itself. */
function isUnwatched(workers: Workers, job: Job): boolean {
  return job.state === "running" && !isSwarm(job) && !workers.has(job.id);
}

async function settle(context: BackgroundContext, workers: Workers, job: Job): Promise<Job> {
  if (isEnded(job)) return job;
  if (job.state === "queued") return finish(context, job, NEVER_STARTED);
  if (job.child_session === undefined) return finish(context, job, LOST_AT_START);
  const status = await context.runner.status(job.child_session);
  if (status === "busy") {
    workers.launch(job);
    return job;
  }
  return finish(
    context,
    job,
    endingOf(status, status === "gone" ? undefined : await context.runner.outcome(job.child_session)),
  );
}
