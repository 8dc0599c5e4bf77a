import type { Config } from "../../config.ts";
import type { Attention } from "../../lib/task-attention.ts";
import type { Task, TaskStatus } from "../../lib/tasks.ts";
import type { TaskStats, Transaction } from "../../store/store.ts";

const PAGE_SIZE = 20;

export interface TaskListing {
  /** Missing when `attention` was asked for. */
  tasks: Task[] | undefined;
  attention: Attention[] | undefined;
  stats: TaskStats;
  page: number;
  more: boolean;
  /** Tasks that came back to the pool during this call, because their lease had run out. */
  returned: string[];
}

interface Query {
  status?: TaskStatus | undefined;
  owner?: string | undefined;
  campaign?: string | undefined;
  ready?: boolean | undefined;
  stale?: boolean | undefined;
  page: number;
}

/** One page of tasks, or with `stale` of those that will not come to an end by themselves. */
export async function listTasks(tx: Transaction, query: Query, { tasks: settings }: Config): Promise<TaskListing> {
  const { status, owner, campaign, ready, page } = query;
  const { returned } = await tx.tasks.reap();
  const offset = (page - 1) * PAGE_SIZE;
  const listing = { stats: await tx.tasks.stats(), page, returned };
  if (query.stale === true) {
    const all = await tx.tasks.attention({ staleMs: 3 * settings.heartbeat_minutes * 60_000 });
    const fits = all.filter((one) => owner === undefined || one.owner === owner);
    const attention = fits.slice(offset, offset + PAGE_SIZE);
    return { ...listing, tasks: undefined, attention, more: fits.length > offset + PAGE_SIZE };
  }
  const found = await tx.tasks.list({
    ...(status === undefined ? {} : { status: [status] }),
    owner,
    campaign,
    ready,
    offset,
    limit: PAGE_SIZE + 1,
  });
  return { ...listing, tasks: found.slice(0, PAGE_SIZE), attention: undefined, more: found.length > PAGE_SIZE };
}
