import type { Job } from "../../lib/jobs.ts";
import type { Task } from "../../lib/tasks.ts";
import type { Transaction } from "../../store/store.ts";
import type { Ending } from "./ending.ts";

/** Tasks that are named; the rest is counted. */
const NAMED = 10;

/** How a swarm ends that went with its run of the host: its sessions are cut off, and its tasks return when their leases run out. */
export async function lostSwarm(tx: Transaction, { id }: Pick<Job, "id">): Promise<Ending> {
  await tx.tasks.reap();
  const held = await tx.tasks.list({ status: ["claimed", "in_progress"] });
  const own = held.filter(({ metadata }) => metadata["swarm"] === id);
  return {
    to: "lost",
    end: { error: `the host ended while it ran; ${whereTheyAre(own)}. Start it again if the work is still wanted` },
  };
}

function whereTheyAre(held: readonly Task[]): string {
  if (held.length === 0) return "its tasks are back in the pool";
  const last = held
    .map(({ lease_expires_at: until = "" }) => until)
    .toSorted()
    .at(-1);
  const names = held.slice(0, NAMED).map((task) => task.id);
  const more = held.length > NAMED ? ` and ${held.length - NAMED} more` : "";
  const what = held.length === 1 ? "1 task returns" : `${held.length} tasks return`;
  return `${what} to the pool by ${last}: ${names.join(", ")}${more}`;
}
