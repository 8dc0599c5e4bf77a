import type { Config } from "../../config.ts";
import type { OutboxItem } from "../../lib/outbox.ts";
import type { Actor } from "../../lib/actor.ts";
import type { PublishAdapter } from "../../providers/publish/adapter.ts";
import { PUBLISH_ADAPTERS } from "../../providers/publish/registry.ts";
import type { World } from "../../providers/world.ts";
import type { Store, Transaction } from "../../store/store.ts";
import { OhmymktError } from "../../errors.ts";

/** What publishing works with: the project, what lies outside, and in whose name. */
export interface PublishDesk {
  store: Store;
  world: World;
  config: Config;
  actor: Actor;
  /** The tool that the ledger names. */
  tool: string;
  signal: AbortSignal;
  newId(prefix: string): string;
  /** The platforms; tests bring their own. */
  adapters?: Readonly<Record<string, () => Promise<PublishAdapter>>>;
}

/** What became of a delivery, and why it is not `sent` where it is not. */
export interface Sending {
  item: OutboxItem;
  why?: string | undefined;
}

export function transact<T>(desk: PublishDesk, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return desk.store.transaction({ actor: desk.actor, tool: desk.tool }, work);
}

/** The adapter of a platform. Throws `not_found` with those that there are. */
export async function adapterOf(desk: PublishDesk, platform: string): Promise<PublishAdapter> {
  const adapters = desk.adapters ?? PUBLISH_ADAPTERS;
  const load = Object.hasOwn(adapters, platform) ? adapters[platform] : undefined;
  if (load) return load();
  throw new OhmymktError("not_found", `there is no platform ${JSON.stringify(platform)}`, {
    hint: `publish to one of ${Object.keys(adapters).join(", ")}`,
  });
}
