import { setImmediate } from "node:timers/promises";
import type { ProviderCategory } from "../lib/providers.ts";
import { IMAGE_PROVIDERS } from "./image/registry.ts";
import type { Access, ProviderSpec } from "./provider.ts";
import type { PublishAdapter } from "./publish/adapter.ts";
import { PUBLISH_ADAPTERS } from "./publish/registry.ts";
import { VIDEO_TEMPLATE_PROVIDERS } from "./video-template/registry.ts";
import { BUILTIN_SPEC, REMOTION_SPEC } from "./video-template/specs.ts";
import type { Availability, Workplace } from "./video-template/video-template-provider.ts";
import { VIDEO_PROVIDERS } from "./video/registry.ts";

/** How a platform delivers, for people who choose one. */
export type DeliveryTraits = Pick<
  PublishAdapter,
  "exactlyOnce" | "readBack" | "retracts" | "schedules" | "audience" | "account"
>;

/** A provider as its settings see it, whatever its category. */
export interface KnownProvider {
  spec: ProviderSpec;
  /** The cheapest authenticated call; absent where nothing is asked over a network. Throws `ProviderFailure`. */
  check?(access: Access): Promise<{ account: string }>;
  /** Whether what it needs is on this machine; makers of template videos only. */
  available?(place: Workplace): Promise<Availability>;
  /** Platforms only. */
  delivery?: DeliveryTraits;
}

type Loaders = Readonly<Record<string, () => Promise<KnownProvider>>>;

const { builtin, remotion } = VIDEO_TEMPLATE_PROVIDERS;
const TEMPLATE_PROVIDERS: Loaders = {
  builtin: async () => ({ spec: BUILTIN_SPEC, available: async (place) => (await builtin()).available(place) }),
  remotion: async () => ({ spec: REMOTION_SPEC, available: async (place) => (await remotion()).available(place) }),
};

/** Every provider by category and id; loading one loads its own module only, and that loads its SDK when it is opened. */
export const PROVIDERS: Readonly<Record<ProviderCategory, Loaders>> = {
  image: loaders(IMAGE_PROVIDERS, (one) => ({ spec: one.spec, check: (access) => one.check(access) })),
  video: loaders(VIDEO_PROVIDERS, (one) => ({ spec: one.spec, check: (access) => one.check(access) })),
  video_template: loaders(TEMPLATE_PROVIDERS, (known) => known),
  publish: loaders(PUBLISH_ADAPTERS, (one) => ({
    spec: one.spec,
    check: async (access) => one.open(access).check(),
    delivery: one,
  })),
};

/** The provider of an id or alias, in any case of letters; undefined when there is none. */
export async function findProvider(category: ProviderCategory, name: string): Promise<KnownProvider | undefined> {
  const wanted = name.trim().toLowerCase();
  const known = PROVIDERS[category];
  if (Object.hasOwn(known, wanted)) return known[wanted]?.();
  return (await allProviders(category)).find(({ spec }) => spec.aliases?.includes(wanted));
}

/** Every provider of a category, in the order of its registry; they are loaded one by one, with a turn for everybody else in this process after each. */
export async function allProviders(category: ProviderCategory): Promise<KnownProvider[]> {
  const known: KnownProvider[] = [];
  for (const load of Object.values(PROVIDERS[category])) {
    known.push(await load());
    await setImmediate();
  }
  return known;
}

function loaders<T>(registry: Readonly<Record<string, () => Promise<T>>>, known: (one: T) => KnownProvider): Loaders {
  return Object.fromEntries(Object.entries(registry).map(([id, load]) => [id, async () => known(await load())]));
}
