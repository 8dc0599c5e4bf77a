import { OhmymktError } from "../../errors.ts";
import { actorLabel } from "../../lib/actor.ts";
import { INCIDENTS } from "../../lib/incidents.ts";
import type { OutboxItem, Receipt } from "../../lib/outbox.ts";
import { ProviderFailure } from "../../providers/failure.ts";
import type { PublishChannel } from "../../providers/publish/adapter.ts";
import type { Transaction } from "../../store/store.ts";
import { asSeen, stillAsSeen } from "./as-seen.ts";
import { deliveryOf, openChannel, placeOf } from "./channel.ts";
import { adapterOf, transact, type PublishDesk, type Sending } from "./desk.ts";
import { sentSince } from "./hold.ts";
import { failureOf } from "./outcome.ts";
import { LOOKS_MS } from "./read-back.ts";
import { withoutSecrets } from "./redacted.ts";
import { markAsset } from "./sent.ts";

/** What can be taken back of a delivery, of those composed with it, or of all since an incident began. Throws `not_found`. */
export async function retractable(tx: Transaction, id: string): Promise<OutboxItem[]> {
  const one = await tx.outbox.get(id);
  if (one) return [one];
  const batch = await tx.outbox.list({ batch: id, state: ["sent", "retract_failed"] });
  if (batch.length > 0) return batch;
  const incident = id.startsWith("inc-") ? await tx.documents.read(INCIDENTS.at(id)) : undefined;
  if (!incident)
    throw new OhmymktError("not_found", `there is no delivery, batch or incident ${JSON.stringify(id)}`, {
      hint: 'look with ohmymkt_publish {action: "status"}',
    });
  return sentSince(tx, incident.created_at);
}

/** The rows that can be taken back, and why the others cannot. Mail cannot be taken back, and says so. */
export async function sortRetractable(
  desk: PublishDesk,
  items: readonly OutboxItem[],
): Promise<{ open: OutboxItem[]; others: Sending[] }> {
  const open: OutboxItem[] = [];
  const others: Sending[] = [];
  for (const item of items) {
    const { state, platform } = item;
    const isOut = state === "sent" || state === "retract_failed";
    if (!isOut) others.push({ item, why: `it is ${state}; there is nothing to take back` });
    else if ((await adapterOf(desk, platform)).retracts !== "none") open.push(item);
    else
      others.push({ item, why: `what ${platform} delivered cannot be taken back; send a correction (class: notice)` });
  }
  return { open, others };
}

/** What a person approves when things are taken back. */
export function retractSubject(items: readonly OutboxItem[]): unknown {
  return items.map(({ id, platform, account, receipt, updated_at }) => ({
    id,
    platform,
    account,
    remote: receipt?.remote_id ?? null,
    since: updated_at,
  }));
}

/** Begins to take back those rows that are still as a person saw them, on a spent approval: from here on a round finishes it, should this process end. */
export async function beginRetract(
  tx: Transaction,
  { world: { owner } }: PublishDesk,
  items: readonly OutboxItem[],
  approval: string,
): Promise<OutboxItem[]> {
  const begun: OutboxItem[] = [];
  for (const { id } of await stillAsSeen(tx, items)) {
    begun.push(await tx.outbox.transition(id, "retracting", { owner, problem: null }, { evidence: { approval } }));
  }
  return begun;
}

/** Takes back a row that is `retracting`, and looks whether it is gone; also where an earlier process began it, because what is gone already counts as taken back. */
export async function finishRetract(desk: PublishDesk, item: OutboxItem): Promise<Sending> {
  let left: Left;
  try {
    const place = await placeOf(desk, item);
    const channel = openChannel(desk, place);
    const { possible } = place.adapter.readBack;
    const receipt = item.receipt ?? (possible ? await channel.find(deliveryOf(item)) : undefined);
    if (receipt) {
      const said = await isTakenBack(channel, item, receipt);
      left = await whatIsLeft(desk, item, channel, { said, possible, receipt });
    } else
      left = {
        still: `it arrived by a person's word and cannot be found on ${item.platform}: take it back there by hand`,
      };
    if (left.still !== undefined) left = { still: withoutSecrets(desk, place, left.still) };
  } catch (error) {
    left = { still: withoutSecrets(desk, { adapter: await adapterOf(desk, item.platform) }, failureOf(error).message) };
  }
  const { still, unseen } = left;
  return transact(desk, async (tx) => {
    await asSeen(tx, item);
    if (still !== undefined) {
      const problem = { kind: "uncertain", message: still.slice(0, 1000) };
      return { item: await tx.outbox.transition(item.id, "retract_failed", { owner: null, problem }), why: still };
    }
    const problem = unseen === undefined ? null : { kind: "unauthorised", message: unseen };
    const change = { owner: null, problem, retracted_at: tx.now };
    const gone = await tx.outbox.transition(item.id, "retracted", change);
    await markAsset(tx, gone, false, actorLabel(desk.actor));
    return { item: gone, why: unseen };
  });
}

/** Whether the platform said that it took it back; an answer that did not come is settled by the look that follows. */
async function isTakenBack(channel: PublishChannel, item: OutboxItem, receipt: Receipt): Promise<boolean> {
  try {
    await channel.retract(deliveryOf(item), receipt);
    return true;
  } catch (error) {
    if (error instanceof ProviderFailure && error.kind === "uncertain") return false;
    throw error;
  }
}

interface Left {
  /** Why it does not count as taken back. */
  still?: string;
  /** Why it counts although nobody saw that it is gone. */
  unseen?: string;
}

/** What a look finds of a delivery: platforms show for a moment what is gone. */
async function whatIsLeft(
  desk: PublishDesk,
  item: OutboxItem,
  channel: PublishChannel,
  { said, possible, receipt }: { said: boolean; possible: boolean; receipt: Receipt },
): Promise<Left> {
  if (!possible) return {};
  let there = "";
  for (const pause of LOOKS_MS) {
    if (pause > 0) await desk.world.sleep(pause, desk.signal);
    try {
      const found = await channel.find(deliveryOf(item), receipt);
      if (!found || found.draft === true) return {};
      there = found.url ?? found.remote_id;
    } catch (error) {
      const failure = failureOf(error);
      // The same key took it back and may not look: the platform's word stands.
      if (failure.kind === "unauthorised" && said && there === "")
        return { unseen: `taken back by the word of ${item.platform}; this key may not look, so it was not read back` };
      return { still: `whether it is gone could not be seen: ${failure.message}` };
    }
  }
  return { still: `it is still there: ${there}` };
}

/** The question of a retraction in one line. */
export function retractQuestion(items: readonly OutboxItem[]): string {
  const named = items
    .slice(0, 8)
    .map(({ platform, receipt, id }) => `${platform} ${receipt?.url ?? receipt?.remote_id ?? id}`);
  return `take back ${items.length === 1 ? "" : `${items.length} deliveries: `}${named.join(", ")}${items.length > 8 ? ", …" : ""}`;
}
