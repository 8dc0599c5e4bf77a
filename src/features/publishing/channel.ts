import { OhmymktError } from "../../errors.ts";
import { hashValue } from "../../lib/canonical.ts";
import type { OutboxItem, PayloadMedia } from "../../lib/outbox.ts";
import type { ProviderSetting } from "../../lib/providers.ts";
import { openAccess } from "../../providers/access.ts";
import type { AccessFiles } from "../../providers/provider.ts";
import type { Store } from "../../store/store.ts";
import { ProviderFailure } from "../../providers/failure.ts";
import type { Delivery, PublishAdapter, PublishChannel } from "../../providers/publish/adapter.ts";
import { settingFor } from "../provider-settings/settings.ts";
import { adapterOf, transact, type PublishDesk } from "./desk.ts";
import { leasedWorld } from "./lease.ts";
import { mediaBytes } from "./media.ts";

/** A platform with the settings that count for it now. */
export interface Place {
  adapter: PublishAdapter;
  setting: ProviderSetting;
  options: unknown;
  url: URL | undefined;
  account: string;
  /** Changes with whatever decides where content goes and how it looks, not with the name of a variable. */
  settingHash: string;
}

/** The place of a platform. Throws `provider` with the call that sets it up. */
export async function openPlace(desk: PublishDesk, platform: string): Promise<Place> {
  const adapter = await adapterOf(desk, platform);
  const setting = await transact(desk, (tx) => settingFor(tx, "publish", adapter.spec));
  const options = adapter.spec.options.parse(setting.options);
  const url = setting.url === undefined ? undefined : new URL(setting.url);
  return {
    adapter,
    setting,
    options,
    url,
    account: adapter.account({ options, url }),
    settingHash: hashValue({ platform: adapter.spec.id, url: setting.url ?? null, options: setting.options }),
  };
}

/** The place that a row went to. Throws a `missing` failure while the settings name another account: what is not there says nothing about the one that it went to. */
export async function placeOf(desk: PublishDesk, { platform, account }: OutboxItem): Promise<Place> {
  const place = await openPlace(desk, platform);
  if (place.account === account) return place;
  throw new ProviderFailure(
    "missing",
    `it went to ${platform} as ${account}, and the settings name ${place.account} now; set ${account} up again to go on with it`,
  );
}

/** Accounts that are open in one round or call, so that each signs in once. */
const open = new WeakMap<PublishDesk, Map<string, PublishChannel>>();

/** The account of a place, ready for requests. Throws `ProviderFailure` when a secret is missing. */
export function openChannel(desk: PublishDesk, place: Place): PublishChannel {
  const channels = open.get(desk) ?? new Map<string, PublishChannel>();
  open.set(desk, channels);
  const name = `${place.settingHash} ${place.setting.api_key_env ?? ""}`;
  const known = channels.get(name);
  if (known) return known;
  const access = openAccess(place.adapter.spec, place.setting, leasedWorld(desk), desk.signal, {
    timeoutMs: desk.config.publishing.send_seconds * 1000,
  });
  const channel = place.adapter.open({ ...access, files: feedFiles(desk.store) });
  channels.set(name, channel);
  return channel;
}

/** Throws a `missing` failure, without a request, while a variable that the platform needs is not set. */
export function assertSecrets(desk: PublishDesk, { adapter, setting }: Place): void {
  const access = openAccess(adapter.spec, setting, desk.world, desk.signal);
  for (const { use, optional } of adapter.spec.secrets) if (!optional) access.secret(use);
}

/** The project's own files as a feed needs them. */
function feedFiles(store: Store): AccessFiles {
  return {
    read: (path) => store.readText(path),
    update: (path, change) => store.updateText(path, change),
  };
}

/** A row as its adapter takes it. */
export function deliveryOf(item: OutboxItem): Delivery {
  return {
    id: item.id,
    key: item.key,
    payload: item.payload,
    createdAt: Date.parse(item.created_at),
    startedAt: item.started_at === undefined ? undefined : Date.parse(item.started_at),
    progress: item.progress,
  };
}

/** The bytes that were approved, or a refusal: a file that changed since is not what a person saw. */
export async function approvedBytes(desk: PublishDesk, media: PayloadMedia): Promise<Uint8Array> {
  try {
    const { bytes, hash } = await mediaBytes(desk.store, media.path);
    if (hash === media.hash) return bytes;
  } catch (error) {
    if (!(error instanceof OhmymktError)) throw unreadable(media.path, error);
  }
  throw new ProviderFailure("rejected", `${media.path} is no longer the file that was approved`);
}

/** A disk that fails says nothing about the file; nothing was published without it. */
function unreadable(path: string, error: unknown): ProviderFailure {
  const why = error instanceof Error ? error.message : String(error);
  return new ProviderFailure("unavailable", `${path} cannot be read now: ${why}`, { cause: error });
}
