import type { OutboxItem } from "../../lib/outbox.ts";
import type { PublishDesk, Sending } from "./desk.ts";
import { HALTS, MENDED_BY_SETTINGS } from "./outcome.ts";
import { rows } from "./portions.ts";

/** Shorter pauses concern the row that met them only: until the others are read, they are over. */
const SHORT_MS = 5000;

/** One queue of deliveries: what stops one of them stops the others. */
export function accountOf({ platform, account }: Pick<OutboxItem, "platform" | "account">): string {
  return `${platform} ${account}`;
}

/** Whether what a delivery met may meet the next one of its account as well. After one whose fate nobody knows the others wait for the next round: a server that goes silent must not swallow a whole mailing. */
export function isHalting({ item: { state, problem } }: Sending): boolean {
  if (state === "unknown") return true;
  return (state === "retryable" || state === "quota_paused" || state === "held") && HALTS.has(problem?.kind ?? "");
}

/** Accounts whose queue stands still, and why: one of its rows waits for a person, for mended settings or for the end of a pause that the platform asked for. */
export async function haltedAccounts(desk: PublishDesk): Promise<Map<string, string>> {
  const waiting = await rows(desk, { state: ["retryable", "quota_paused"] }, (item) => {
    const kind = item.problem?.kind ?? "";
    const pauses = kind === "rate_limited" && isPausing(item, desk.world.now());
    return item.state === "quota_paused" || MENDED_BY_SETTINGS.has(kind) || pauses;
  });
  return new Map(
    waiting.map((item) => [accountOf(item), `it waits behind ${item.id}: ${item.problem?.message ?? item.state}`]),
  );
}

function isPausing({ not_before, updated_at }: OutboxItem, now: number): boolean {
  const end = Date.parse(not_before ?? updated_at);
  return end > now && end - Date.parse(updated_at) > SHORT_MS;
}
