import type { OutboxItem, OutboxProblem, Receipt } from "../../lib/outbox.ts";
import { TaskPriority } from "../../lib/tasks.ts";
import type { Transaction } from "../../store/store.ts";
import type { PublishChannel } from "../../providers/publish/adapter.ts";
import { deliveryOf, openChannel, placeOf, type Place } from "./channel.ts";
import { transact, type PublishDesk, type Sending } from "./desk.ts";
import { CONTENT_MODULE } from "./obstacles.ts";
import { giveUp, moved } from "./give-up.ts";
import { againFrom, failureOf } from "./outcome.ts";
import { withoutSecrets } from "./redacted.ts";
import { recordSent } from "./sent.ts";

/** Pauses between looks at what a platform has just accepted, in milliseconds: some show it late. */
export const LOOKS_MS = [0, 500, 1500] as const;

/** What was accepted counts as sent once it was seen where it belongs; where an adapter can look at nothing, acceptance is all there is. */
export async function confirmDelivery(
  desk: PublishDesk,
  { adapter }: Place,
  channel: PublishChannel,
  item: OutboxItem,
  receipt: Receipt,
): Promise<{ receipt: Receipt } | { problem: OutboxProblem }> {
  if (!adapter.readBack.possible) return { receipt };
  let problem: OutboxProblem = {
    kind: "uncertain",
    message: `${item.platform} accepted it as ${receipt.remote_id}, and it was not there when read back`,
  };
  for (const pause of LOOKS_MS) {
    try {
      if (pause > 0) await desk.world.sleep(pause, desk.signal);
      const found = await channel.find(deliveryOf(item), receipt);
      if (found) return { receipt: seenReceipt(receipt, found) };
    } catch (error) {
      const failure = failureOf(error);
      // The platform says yes and does not let this key look: its word stands, and the receipt has no hash of what was seen.
      if (failure.kind === "unauthorised") return { receipt };
      problem = { kind: "uncertain", message: `accepted as ${receipt.remote_id}, not read back: ${failure.message}` };
    }
  }
  return { problem };
}

/** What was said when it was accepted, with what is seen now; whether it still waits, only the look can tell. */
export function seenReceipt(said: Receipt | undefined, found: Receipt): Receipt {
  const { scheduled_for: _waits, draft: _draft, ...kept } = said ?? found;
  return { ...kept, ...found };
}

/** Resolves an `unknown` row by looking: there, it is sent; surely not there, it may be tried again; otherwise it stays, and where nobody can look a person gets a task. Throws `stale` when somebody else went on with it. */
export async function settle(desk: PublishDesk, item: OutboxItem, known?: Place): Promise<Sending> {
  const place = known ?? (await placeOf(desk, item));
  const { possible, settleMs } = place.adapter.readBack;
  if (!possible) return { item: await askPerson(desk, item), why: handOver(item) };
  // Counted from the attempt's end: its beginning may lie a long upload before the request that publishes. A look that began earlier proves nothing, however long it took.
  const believedAt = Date.parse(item.updated_at) + settleMs;
  const isEarly = desk.world.now() < believedAt;
  let found: Receipt | undefined;
  try {
    found = await openChannel(desk, place).find(deliveryOf(item), item.receipt);
  } catch (error) {
    const why = withoutSecrets(desk, place, failureOf(error).message);
    return { item, why: `not known yet whether it arrived: ${why}` };
  }
  if (found) return { item: await recordSent(desk, item, seenReceipt(item.receipt, found)) };
  if (isEarly)
    return { item, why: `not there yet; whether it arrived is known from ${new Date(believedAt).toISOString()} on` };
  const reason = "read back: it is not there";
  const not_before = againFrom(item, desk.world.now(), desk.config.publishing);
  const retryable = await moved(desk, item, "retryable", { owner: null, receipt: null, not_before }, reason);
  if (item.attempts >= desk.config.publishing.max_attempts) return giveUp(desk, retryable, reason);
  const when = not_before === null ? "" : ` from ${not_before} on`;
  return { item: retryable, why: `read back: it did not arrive, and may be sent again${when}` };
}

/** What a person is told who has to find out. */
function handOver({ id, platform, payload }: OutboxItem): string {
  const whom = payload.to ? ` to ${payload.to}` : "";
  return `nobody can look up whether ${platform} delivered it${whom}: ask the recipient or the server's log, then ohmymkt_publish {action: "resolve", id: "${id}", arrived: true or false}`;
}

async function askPerson(desk: PublishDesk, item: OutboxItem): Promise<OutboxItem> {
  await transact(desk, async (tx) =>
    tx.tasks.create([
      {
        id: await personsTask(tx, item),
        title: `Find out whether ${item.id} arrived`,
        objective: handOver(item),
        type: "delivery",
        owner: "person",
        acceptance_criteria: ["the delivery is recorded as arrived or not arrived"],
        priority: TaskPriority.HIGH,
        module: CONTENT_MODULE,
        metadata: { delivery: item.id, attempt: item.started_at ?? null },
      },
    ]),
  );
  return item;
}

/** The task of the person who finds out about this attempt: a later one that stays unknown is a task of its own. */
export async function personsTask(tx: Transaction, { id, started_at }: OutboxItem): Promise<string> {
  const usual = `resolve-${id}`;
  const known = await tx.tasks.get(usual);
  if (!known || known.metadata["attempt"] === (started_at ?? null)) return usual;
  return `${usual}-${Date.parse(started_at ?? "") || 0}`;
}
