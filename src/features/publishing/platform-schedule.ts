import type { OutboxItem, Receipt } from "../../lib/outbox.ts";
import { recalled } from "../../providers/publish/publish-once.ts";
import { asSeen } from "./as-seen.ts";
import { deliveryOf, openChannel, placeOf } from "./channel.ts";
import { transact, type PublishDesk, type Sending } from "./desk.ts";
import { seenReceipt } from "./read-back.ts";
import { recordSent } from "./sent.ts";

/** How long after its time a post may be missing before a person hears of it, milliseconds: platforms run their queues by the minute. */
const MISSING_MS = 60 * 60_000;

/** What the platform was to show by now is looked up; it counts as sent once it is there. One that is missing for an hour is held: somebody took it away, or the platform lost it. */
export async function arrive(desk: PublishDesk, item: OutboxItem): Promise<Sending> {
  const { platform, receipt } = item;
  const place = await placeOf(desk, item);
  const { scheduled_for: at = "", ...said }: Receipt = receipt ?? { remote_id: "" };
  if (!place.adapter.readBack.possible) return { item: await recordSent(desk, item, said) };
  const found = await openChannel(desk, place).find(deliveryOf(item), receipt);
  if (found && found.scheduled_for === undefined)
    return { item: await recordSent(desk, item, seenReceipt(receipt, found)) };
  if (found) return { item, why: `${platform} still holds it for ${found.scheduled_for}` };
  const why = `${platform} was to show it at ${at}, and it is not there`;
  if (desk.world.now() - Date.parse(at) < MISSING_MS) return { item, why };
  const held = await transact(desk, async (tx) => {
    await asSeen(tx, item);
    return tx.outbox.transition(item.id, "held", {}, { reason: why });
  });
  return { item: held, why: `held: ${why}` };
}

/** What is held or cancelled here must not appear there: a post that waits on the platform is taken from it. One that it has shown already counts as sent. */
export async function recall(desk: PublishDesk, item: OutboxItem): Promise<Sending> {
  const { receipt, platform } = item;
  if (!receipt) return { item };
  const place = await placeOf(desk, item);
  const channel = openChannel(desk, place);
  const look = async (): Promise<Receipt | undefined> =>
    place.adapter.readBack.possible ? channel.find(deliveryOf(item), receipt) : undefined;
  const found = await look();
  if (found && found.scheduled_for === undefined && found.draft !== true)
    return {
      item: await recordSent(desk, item, seenReceipt(receipt, found)),
      why: `${platform} showed it before it could be taken from there; take it back with ohmymkt_publish {action: "retract", id: "${item.id}"}`,
    };
  await channel.retract(deliveryOf(item), receipt);
  const left = await look();
  if (left && left.draft !== true) return { item, why: `${platform} took the recall and still holds it` };
  const why = `taken from ${platform} before its time`;
  const after = await transact(desk, async (tx) => {
    await asSeen(tx, item);
    return tx.outbox.amend(item.id, { receipt: null, progress: recalled(desk.world.now()) }, { reason: why });
  });
  return { item: after, why: `${item.state}; ${why}` };
}
