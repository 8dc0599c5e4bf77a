import type { Transaction } from "../../store/store.ts";
import { fileBlockers, FILE_ORDER } from "./file-order.ts";

/** Takes off waits for the files of tasks that failed or were cancelled: nobody writes those files any more. Whether there were any. */
export async function freeFileWaiters(tx: Transaction): Promise<boolean> {
  let freed = false;
  for (const task of await tx.tasks.list({ status: ["pending"] })) {
    const mine = fileBlockers(task);
    const over = mine.filter((id) => task.blocked_by_failed?.includes(id));
    if (over.length === 0) continue;
    await tx.tasks.removeBlockers(task.id, over);
    await tx.tasks.annotate(task.id, { ...task.metadata, [FILE_ORDER]: mine.filter((id) => !over.includes(id)) });
    freed = true;
  }
  return freed;
}
