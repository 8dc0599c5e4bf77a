import { HOLDABLE_STATES, isOnPlatform, type OutboxItem } from "../../lib/outbox.ts";
import type { Transaction } from "../../store/store.ts";

/** The call that looks, takes from platforms what is held, and tells. */
const STATUS = 'ohmymkt_publish {action: "status"}';

/** Holds everything unsent but corrective notices; lines for what a person should know, none when there is nothing. */
export async function holdUnsent(tx: Transaction, cause: string): Promise<string[]> {
  const unsent = await tx.outbox.list({ state: HOLDABLE_STATES });
  const content = unsent.filter((item) => item.class === "content");
  for (const { id } of content) await tx.outbox.transition(id, "held", {}, { reason: cause });
  const kept = content.filter(isOnPlatform).length;
  return [
    ...(content.length > 0 ? [`held in the outbox: ${listed(content)}`] : []),
    ...(kept > 0 ? [`still kept by their platforms: ${kept}; ${STATUS} takes them from there now`] : []),
  ];
}

/** What went out since an instant and was not taken back: what a rollback offers for retracting. Nobody knows since when an incident counts whose file cannot be read (""): then everything does. */
export async function sentSince(tx: Transaction, from: string): Promise<OutboxItem[]> {
  const since = from === "" ? {} : { sentFrom: from };
  const sent = await tx.outbox.list({ ...since, state: ["sent", "retract_failed"] });
  return sent.filter((item) => item.class === "content");
}

/** The line that offers retracting what went out since an incident began. */
export async function retractOffer(tx: Transaction, incident: { id: string; created_at: string }): Promise<string[]> {
  const sent = await sentSince(tx, incident.created_at);
  const open = (await tx.outbox.list({ state: ["sending", "unknown"] })).filter((item) => item.class === "content");
  const unsure = open.length > 0 ? [`not known yet whether it arrived: ${listed(open)}; ${STATUS} looks`] : [];
  if (sent.length === 0) return unsure;
  return [
    ...unsure,
    `sent since ${incident.id} began: ${listed(sent)}; take back on one approval with ohmymkt_publish {action: "retract", id: "${incident.id}"}`,
  ];
}

/** Ids with their platforms, the first ten of them. */
export function listed(items: readonly Pick<OutboxItem, "id" | "platform">[]): string {
  const named = items.slice(0, 10).map(({ id, platform }) => `${id} (${platform})`);
  return [...named, ...(items.length > 10 ? [`and ${items.length - 10} more`] : [])].join(", ");
}
