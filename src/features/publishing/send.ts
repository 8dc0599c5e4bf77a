import { hashValue } from "../../lib/canonical.ts";
import { isOnPlatform, type OutboxItem, type Receipt } from "../../lib/outbox.ts";
import { OhmymktError } from "../../errors.ts";
import { ProviderFailure } from "../../providers/failure.ts";
import type { PublishChannel } from "../../providers/publish/adapter.ts";
import type { Transaction } from "../../store/store.ts";
import { readExecution } from "../governance/seeds.ts";
import { noteFound } from "../provider-settings/found.ts";
import { approvedBytes, deliveryOf, openChannel, openPlace, type Place } from "./channel.ts";
import { transact, type PublishDesk, type Sending } from "./desk.ts";
import { giveUp, moved } from "./give-up.ts";
import { endLease, prolong } from "./lease.ts";
import { publishObstacles } from "./obstacles.ts";
import { afterFailure, failureOf, MENDED_BY_SETTINGS } from "./outcome.ts";
import { confirmDelivery, settle } from "./read-back.ts";
import { safeReceipt, withoutSecrets } from "./redacted.ts";
import { recordSent } from "./sent.ts";
import { runbookFailure, skippedPlatform } from "./trouble.ts";

/** What is still here so long after it might have gone out needs another yes, milliseconds: what it says may be past. */
const LATE_MS = 24 * 3_600_000;

/** Sends one approved row, once: claimed in the store before the first byte leaves, settled by what came back. A row that may not be sent now is left or held, and `why` says so. Throws `stale` when somebody else went on with it meanwhile. */
export async function sendItem(desk: PublishDesk, id: string): Promise<Sending> {
  const place = await placeToSend(desk, id);
  if (!("adapter" in place)) return place;
  const claimed = await transact(desk, (tx) => claim(tx, desk, id, place));
  if (claimed.item.state !== "sending" || claimed.why !== undefined) return claimed;
  return attempt(desk, place, claimed.item);
}

/** The place of a row; settings that are missing end in the runbook. */
async function placeToSend(desk: PublishDesk, id: string): Promise<Place | Sending> {
  const item = await transact(desk, async (tx) => existing(await tx.outbox.get(id), id));
  const skipped = await transact(desk, (tx) => skippedPlatform(tx, item.platform));
  if (skipped !== undefined) return { item, why: skipped };
  try {
    return await openPlace(desk, item.platform);
  } catch (error) {
    if (!(error instanceof OhmymktError) || error.code !== "provider") throw error;
    return { item, why: await runbookFailure(desk, item.platform, error.message) };
  }
}

async function claim(tx: Transaction, desk: PublishDesk, id: string, place: Place): Promise<Sending> {
  const item = existing(await tx.outbox.get(id), id);
  const waits = waiting(item, tx.now);
  if (waits !== undefined) return { item, why: waits };
  const { platform, account } = item;
  const against = [
    ...(await publishObstacles(tx, item)),
    ...(await stoppedMeanwhile(tx, item)),
    ...(item.setting_hash === place.settingHash
      ? []
      : [`the settings of ${platform} changed after a person approved it; compose it anew`]),
    ...(Date.parse(tx.now) - Date.parse(dueSince(item)) > LATE_MS
      ? [
          `it was to go out at ${dueSince(item)}, and nothing ran then or its account stood still; approve it anew if it still holds`,
        ]
      : []),
  ];
  if (against.length > 0) {
    const why = against.join("; ");
    return { item: await tx.outbox.transition(id, "held", {}, { reason: why }), why: `held: ${why}` };
  }
  const paused = await tx.outbox.list({ state: ["quota_paused"], platform });
  const before = paused.find((one) => one.account === account);
  if (before) return { item, why: `the quota of ${account} is used up; it waits behind ${before.id}` };
  return {
    item: await tx.outbox.transition(id, "sending", {
      owner: desk.world.owner,
      attempts: item.attempts + 1,
      started_at: new Date(desk.world.now()).toISOString(),
      not_before: null,
      problem: null,
    }),
  };
}

/** Why a row is not to be sent now, if it is not. */
function waiting(item: OutboxItem, now: string): string | undefined {
  const { state, platform, not_before, problem, receipt } = item;
  if (state !== "approved" && state !== "retryable" && state !== "scheduled") return `it is ${state}`;
  if (isOnPlatform(item)) return `${platform} holds it until ${receipt?.scheduled_for}`;
  if (not_before === undefined || not_before <= now) return undefined;
  if (state === "scheduled") return `it waits until ${not_before}`;
  if (state !== "retryable" || MENDED_BY_SETTINGS.has(problem?.kind ?? "")) return undefined;
  return `${problem?.message ?? "the last attempt failed"}; it may be tried again from ${not_before} on`;
}

/** A stop of the campaign holds what waits; what was on its way at that moment and did not arrive is held when it comes back. */
async function stoppedMeanwhile(
  tx: Transaction,
  { class: kind, state, started_at = "" }: OutboxItem,
): Promise<string[]> {
  if (kind === "notice" || state !== "retryable") return [];
  const { history } = await readExecution(tx);
  const stopped = history.findLast(({ to, at }) => to !== "active" && at >= started_at);
  return stopped ? [`the campaign was ${stopped.to.replace("_", " ")} after it was approved; approve it anew`] : [];
}

/** When it might have gone out: its time (a platform may have been meant to get it long before), or when a person or an attempt moved it last. */
function dueSince({ payload, not_before = "", updated_at }: OutboxItem): string {
  return [payload.at ?? "", not_before, updated_at].reduce((one, other) => (other > one ? other : one));
}

async function attempt(desk: PublishDesk, place: Place, item: OutboxItem): Promise<Sending> {
  let channel: PublishChannel;
  let receipt: Receipt;
  prolong(desk);
  try {
    if (hashValue(item.payload) !== item.payload_hash)
      throw new ProviderFailure("rejected", "the stored payload is not the one that was approved");
    channel = openChannel(desk, place);
    receipt = await channel.send(deliveryOf(item), {
      read: (media) => approvedBytes(desk, media),
      async note(progress) {
        await transact(desk, (tx) => tx.outbox.progress(item.id, desk.world.owner, progress));
        prolong(desk);
      },
    });
  } catch (error) {
    return await failed(desk, place, item, withoutKeys(desk, place, failureOf(error)));
  } finally {
    endLease(desk);
  }
  const confirmed = await confirmDelivery(desk, place, channel, item, receipt);
  if ("receipt" in confirmed) return { item: await recordSent(desk, item, confirmed.receipt) };
  const { kind, message } = confirmed.problem;
  const why = withoutSecrets(desk, place, message);
  const unknown = await moved(desk, item, "unknown", {
    owner: null,
    receipt: safeReceipt(desk, place, receipt),
    problem: { kind, message: why },
    not_before: null,
  });
  return { item: unknown, why };
}

async function failed(desk: PublishDesk, place: Place, item: OutboxItem, failure: ProviderFailure): Promise<Sending> {
  const { message } = failure;
  const { state, change } = afterFailure(item, failure, desk.world.now(), desk.config.publishing);
  const after = await moved(desk, item, state, change, message);
  await transact(desk, (tx) => noteFound(tx, "publish", item.platform, failure));
  if (state === "unknown") return settle(desk, after, place);
  if (MENDED_BY_SETTINGS.has(failure.kind))
    return { item: after, why: await runbookFailure(desk, item.platform, message) };
  if (state === "retryable" && after.attempts >= desk.config.publishing.max_attempts)
    return giveUp(desk, after, message);
  return { item: after, why: message };
}

function withoutKeys(
  desk: PublishDesk,
  place: Place,
  { kind, message, status, retryAfterMs }: ProviderFailure,
): ProviderFailure {
  return new ProviderFailure(kind, withoutSecrets(desk, place, message), { status, retryAfterMs });
}

function existing(item: OutboxItem | undefined, id: string): OutboxItem {
  if (item) return item;
  throw new OhmymktError("not_found", `there is no delivery ${JSON.stringify(id)}`);
}
