import { actorLabel } from "../../lib/actor.ts";
import { ASSET_MANIFEST, setPublished } from "../../lib/assets.ts";
import type { OutboxItem, OutboxState, Receipt } from "../../lib/outbox.ts";
import type { Transaction } from "../../store/store.ts";
import { providerWorked } from "../provider-settings/runbook.ts";
import { asSeen } from "./as-seen.ts";
import { adapterOf, transact, type PublishDesk } from "./desk.ts";
import { safeReceipt } from "./redacted.ts";
import { platformChannel } from "./trouble.ts";

/** States of a row whose attempt was given up before its answer came. */
const GIVEN_UP: ReadonlySet<OutboxState> = new Set(["unknown", "retryable", "held", "cancelled"]);

/** States that become `sent` or `scheduled` by way of an attempt. */
const BY_ATTEMPT: ReadonlySet<OutboxState> = new Set(["scheduled", "retryable"]);

/** States in which a row must not appear; a round takes from the platform what it keeps of them. */
const STOPPED: ReadonlySet<OutboxState> = new Set(["held", "cancelled"]);

/** Writes down that a delivery is there, or waits on the platform for its time; its asset counts as published from then on. Throws `stale` when the row is not as it was seen. */
export async function recordSent(desk: PublishDesk, seen: OutboxItem, receipt: Receipt): Promise<OutboxItem> {
  const adapter = await adapterOf(desk, seen.platform);
  const channel = await platformChannel(desk, seen.platform);
  const safe = safeReceipt(desk, { adapter }, receipt);
  return transact(desk, async (tx) => {
    const item = await writeSent(tx, desk, await present(tx, seen), safe);
    await providerWorked(tx, channel);
    return item;
  });
}

/** The row as it was seen; also one that was given up in the meantime although it arrived: only its receipt keeps it from being sent again. */
async function present(tx: Transaction, seen: OutboxItem): Promise<OutboxItem> {
  const now = await tx.outbox.get(seen.id);
  const isSameAttempt = now && seen.state === "sending" && now.started_at === seen.started_at;
  return isSameAttempt && GIVEN_UP.has(now.state) ? now : asSeen(tx, seen);
}

/** Moves a row to where a receipt puts it; without one it was a person who saw it. */
export async function writeSent(
  tx: Transaction,
  { world, actor }: Pick<PublishDesk, "world" | "actor">,
  { id, state }: OutboxItem,
  receipt: Receipt | undefined,
  reason?: string,
): Promise<OutboxItem> {
  const change = { owner: null, receipt, problem: null };
  if (receipt?.scheduled_for !== undefined && STOPPED.has(state))
    return tx.outbox.amend(
      id,
      { receipt },
      { reason: "the platform keeps it all the same; the next round takes it from there" },
    );
  if (BY_ATTEMPT.has(state)) await tx.outbox.transition(id, "sending", { owner: world.owner });
  if (receipt?.scheduled_for !== undefined && state !== "scheduled")
    return tx.outbox.transition(id, "scheduled", { ...change, not_before: receipt.scheduled_for });
  const sent_at = new Date(world.now()).toISOString();
  const note = reason === undefined ? {} : { reason };
  const item = await tx.outbox.transition(id, "sent", { ...change, not_before: null, sent_at }, note);
  await markAsset(tx, item, true, actorLabel(actor));
  return item;
}

/** The manifest follows the receipts: published while one delivery of the asset is out. */
export async function markAsset(tx: Transaction, item: OutboxItem, published: boolean, by: string): Promise<void> {
  if (item.asset === undefined || (!published && (await isOut(tx, item.asset, item.id)))) return;
  const manifest = await tx.documents.read(ASSET_MANIFEST);
  const changed = manifest && setPublished(manifest, item.asset, published, { at: tx.now, by });
  if (changed)
    await tx.documents.write(ASSET_MANIFEST, changed, { reason: `${item.id} ${published ? "sent" : "retracted"}` });
}

/** Whether another delivery of the asset is out. */
async function isOut(tx: Transaction, asset: string, but: string): Promise<boolean> {
  const out = await tx.outbox.list({ asset, state: ["sent", "retracting", "retract_failed"], limit: 2 });
  return out.some(({ id }) => id !== but);
}
