import { OhmymktError } from "../../errors.ts";
import type { Task } from "../../lib/tasks.ts";
import type { ClaimedTask, Transaction } from "../../store/store.ts";
import type { Hold } from "./holds.ts";

/** What the swarm looks for. */
export interface Choice {
  owners: readonly string[];
  /** The swarm's row; a claimed task names it, so that what a lost swarm held can be told. */
  swarm: string;
  /** How many more tasks may run. */
  room: number;
  leaseMs: number;
  /** Tasks that this swarm does not touch: those that run in it already, and those that it gave up. */
  leftAlone: ReadonlySet<string>;
  hold: Hold;
  /** How many tasks of each owner run already. */
  running: ReadonlyMap<string, number>;
}

const PAGE = 100;

/**
 * Claims ready tasks, each for its owner, so that write ownership sees who works on it. The highest priority goes first,
 * then the owner with the fewest running tasks, then age.
 */
export async function claimReady(tx: Transaction, choice: Choice): Promise<ClaimedTask[]> {
  if (choice.room <= 0) return [];
  await tx.tasks.reap();
  const queues: Task[][] = [];
  for (const owner of choice.owners) queues.push(await readyOf(tx, owner, choice));
  const running = new Map(choice.running);
  const claimed: ClaimedTask[] = [];
  while (claimed.length < choice.room) {
    const queue = queues
      .filter(([head]) => head !== undefined)
      .toSorted(([a], [b]) => (a && b ? order(a, b, running) : 0))[0];
    const task = queue?.shift();
    if (!task) break;
    const one = await tryClaim(tx, task, choice);
    if (!one) continue;
    claimed.push(one);
    running.set(task.owner, (running.get(task.owner) ?? 0) + 1);
  }
  return claimed;
}

async function readyOf(tx: Transaction, owner: string, { room, leftAlone, hold }: Choice): Promise<Task[]> {
  const found: Task[] = [];
  for (let offset = 0; found.length < room; offset += PAGE) {
    const page = await tx.tasks.list({ ready: true, owner, limit: PAGE, offset });
    found.push(...page.filter(({ id, module }) => !leftAlone.has(id) && hold(module) === undefined));
    if (page.length < PAGE) break;
  }
  return found;
}

function order(a: Task, b: Task, running: ReadonlyMap<string, number>): number {
  return (
    b.priority - a.priority ||
    (running.get(a.owner) ?? 0) - (running.get(b.owner) ?? 0) ||
    a.created_at.localeCompare(b.created_at)
  );
}

/** The pool may have a reason that a list does not show. */
async function tryClaim(
  tx: Transaction,
  { id, owner }: Task,
  { leaseMs, swarm }: Choice,
): Promise<ClaimedTask | undefined> {
  try {
    const claim = await tx.tasks.claim({ id, owner, agent: owner, leaseMs });
    return claim && { ...claim, task: await tx.tasks.annotate(id, { ...claim.task.metadata, swarm }) };
  } catch (error) {
    if (error instanceof OhmymktError && (error.code === "invalid_transition" || error.code === "not_allowed"))
      return undefined;
    throw error;
  }
}
