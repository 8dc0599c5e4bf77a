import { OPEN_STATES, type OutboxItem, type OutboxState, type Payload } from "../../lib/outbox.ts";
import type { PublishDesk } from "./desk.ts";
import { rows } from "./portions.ts";

/** How far back the same words count as a repetition, milliseconds. */
const PAST_MS = 30 * 24 * 3_600_000;
const OUT: readonly OutboxState[] = [...OPEN_STATES, "sent"];

/** What a person should know of words that went to the same account already under another plan, asset, time or with other pictures: a row's key does not tell them from new ones. */
export async function repetitions(
  desk: PublishDesk,
  { platform, account }: Pick<OutboxItem, "platform" | "account">,
  payloads: readonly Payload[],
  own: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const words = new Set(payloads.map(wordsOf));
  const updatedFrom = new Date(desk.world.now() - PAST_MS).toISOString();
  const same = await rows(
    desk,
    { platform, state: OUT, updatedFrom },
    (item) => item.account === account && !own.has(item.id) && words.has(wordsOf(item.payload)),
  );
  return same.map(
    ({ id, state, sent_at }) => `the same words are ${state} as ${id}${sent_at ? ` since ${sent_at}` : ""}`,
  );
}

/** The same at the moment of the question: what went out after these rows were composed. The messages of a mailing repeat each other by design. */
export async function repeatedMeanwhile(desk: PublishDesk, items: readonly OutboxItem[]): Promise<string[]> {
  const [first] = items;
  if (!first || first.payload.to !== undefined) return [];
  const payloads = items.map(({ payload }) => payload);
  return repetitions(desk, first, payloads, new Set(items.map(({ id }) => id)));
}

function wordsOf({ title = "", text }: Payload): string {
  return `${title}\n${text}`.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
}
