import { OhmymktError } from "../../errors.ts";
import type { OutboxItem } from "../../lib/outbox.ts";
import type { Transaction } from "../../store/store.ts";

/** The row, if it is still in the state and attempt in which it was looked at. Throws `stale` when somebody else went on with it: what was found out about the old attempt says nothing about the new one. */
export async function asSeen(tx: Transaction, seen: OutboxItem): Promise<OutboxItem> {
  const present = await tx.outbox.get(seen.id);
  if (present && attemptOf(present) === attemptOf(seen)) return present;
  throw new OhmymktError(
    "stale",
    `${seen.id} was ${seen.state} and is ${present?.state} by now: somebody else went on with it`,
    {
      hint: 'look with ohmymkt_publish {action: "status"}',
    },
  );
}

/** Those of the rows that nobody changed since they were seen. */
export async function stillAsSeen(tx: Transaction, seen: readonly OutboxItem[]): Promise<OutboxItem[]> {
  const still: OutboxItem[] = [];
  for (const item of seen) {
    const present = await tx.outbox.get(item.id);
    if (present && present.updated_at === item.updated_at && attemptOf(present) === attemptOf(item))
      still.push(present);
  }
  return still;
}

function attemptOf({ state, attempts, started_at, owner, receipt }: OutboxItem): string {
  return JSON.stringify([state, attempts, started_at, owner?.pid, owner?.boot, receipt?.remote_id]);
}
