import { assertSecrets, openPlace } from "../../features/publishing/channel.ts";
import { compose } from "../../features/publishing/compose.ts";
import type { PublishDesk } from "../../features/publishing/desk.ts";
import { withRunbook } from "../../features/publishing/trouble.ts";
import { OhmymktError } from "../../errors.ts";
import type { ContentClass, OutboxItem } from "../../lib/outbox.ts";
import type { Transaction } from "../../store/store.ts";

/** What a publish call says of what it means. */
export interface PublishWords {
  action: string;
  platform?: string | undefined;
  content?: string | undefined;
  title?: string | undefined;
  asset_id?: string | undefined;
  media?: string[] | undefined;
  at?: string | undefined;
  audience?: string | string[] | undefined;
  class: ContentClass;
  id?: string | undefined;
  arrived?: boolean | undefined;
}

/** The rows of a call: those of an id, or composed from what it says. Throws `invalid_arguments`, `not_found`, or `provider` with the call that mends it. */
export async function rowsOf(words: PublishWords, desk: PublishDesk): Promise<OutboxItem[]> {
  const { action, id, platform, arrived: _, ...request } = words;
  if (id !== undefined) {
    const given = Object.entries({ platform, ...request }).filter(
      ([key, value]) => value !== undefined && key !== "class",
    );
    if (given.length > 0)
      throw new OhmymktError(
        "invalid_arguments",
        `an id stands for what was composed; it takes no ${given.map(([key]) => key).join(", ")}`,
        {
          hint: "repeat the call with the id alone, or without it to compose anew",
        },
      );
    return desk.store.transaction({ actor: desk.actor, tool: desk.tool }, (tx) => rowsById(tx, id));
  }
  if (platform === undefined)
    throw new OhmymktError("invalid_arguments", "expected a platform (or the id of a preview), got neither", {
      hint: 'ohmymkt_provider_config {action: "list", category: "publish"} lists the platforms',
    });
  if (action === "schedule" && request.at === undefined)
    throw new OhmymktError("invalid_arguments", "schedule expected at, such as 2026-12-01T09:00:00Z, got none");
  const work = (): Promise<OutboxItem[]> => compose(desk, { platform, ...request }, desk.newId("batch"));
  // Looking at what would be sent is no attempt to send it.
  return action === "preview" ? work() : withRunbook(desk, platform, work);
}

async function rowsById(tx: Transaction, id: string): Promise<OutboxItem[]> {
  const one = await tx.outbox.get(id);
  if (one) return [one];
  const batch = await tx.outbox.list({ batch: id });
  if (batch.length > 0) return batch;
  throw new OhmymktError("not_found", `there is no delivery ${JSON.stringify(id)}`, {
    hint: 'look with ohmymkt_publish {action: "status"}',
  });
}

/** Whether an id names exactly these rows: a batch may hold others, and rows that were there before keep their own. */
export async function idOf(desk: PublishDesk, items: readonly OutboxItem[]): Promise<string | undefined> {
  const [first, ...others] = items;
  if (others.length === 0) return first?.id;
  const { batch = "" } = first ?? {};
  const known = await desk.store.transaction({ actor: desk.actor, tool: desk.tool }, (tx) =>
    tx.outbox.list({ batch, limit: items.length + 1 }),
  );
  const ids = new Set(items.map(({ id }) => id));
  return known.length === items.length && known.every(({ id }) => ids.has(id)) ? batch : undefined;
}

/** Refuses what cannot be sent as it was composed, before a person is asked: other settings by now, or a key that is not there. Throws `stale` or `provider`. */
export async function assertSendable(desk: PublishDesk, items: readonly OutboxItem[]): Promise<void> {
  for (const platform of new Set(items.map((item) => item.platform)))
    await withRunbook(desk, platform, async () => {
      const place = await openPlace(desk, platform);
      const other = items.find((item) => item.platform === platform && item.setting_hash !== place.settingHash);
      if (other)
        throw new OhmymktError("stale", `the settings of ${platform} changed after ${other.id} was composed`, {
          hint: "compose it anew: the same call with platform and content instead of the id",
        });
      assertSecrets(desk, place);
    });
}
