import type { OutboxChange, OutboxItem, OutboxState } from "../../lib/outbox.ts";
import { asSeen } from "./as-seen.ts";
import { transact, type PublishDesk, type Sending } from "./desk.ts";
import { runbookFailure } from "./trouble.ts";

/** Enough attempts that certainly did not happen: a person decides. */
export async function giveUp(desk: PublishDesk, item: OutboxItem, message: string): Promise<Sending> {
  const why = `${item.attempts} attempts failed, the last with: ${message}`;
  const held = await moved(desk, item, "held", {}, why);
  return { item: held, why: `held: ${why}. ${await runbookFailure(desk, item.platform, why, true)}` };
}

/** Moves a row that is still as it was seen. */
export function moved(
  desk: PublishDesk,
  item: OutboxItem,
  to: OutboxState,
  change: OutboxChange,
  reason?: string,
): Promise<OutboxItem> {
  return transact(desk, async (tx) => {
    await asSeen(tx, item);
    return tx.outbox.transition(item.id, to, change, reason === undefined ? {} : { reason });
  });
}
