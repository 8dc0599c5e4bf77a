import { OhmymktError } from "../../errors.ts";
import { PROVIDER_CATEGORIES, type ProviderCategory } from "../../lib/providers.ts";
import { findProvider, type KnownProvider } from "../../providers/catalog.ts";
import { knownProvider } from "./settings.ts";

/** The names by which a call may mean a provider; `platform` is a provider to publish with. */
export interface ProviderNames {
  category?: ProviderCategory | undefined;
  provider?: string | undefined;
  platform?: string | undefined;
}

/** The category that a call speaks of, if it names one. Throws `invalid_arguments` when its names do not fit together. */
export function namedCategory({ category, platform }: ProviderNames): ProviderCategory | undefined {
  if (platform === undefined || category === undefined || category === "publish")
    return platform === undefined ? category : "publish";
  throw new OhmymktError("invalid_arguments", `a platform belongs to category publish, got ${category}`, {
    hint: "name the provider as `provider`, or leave `platform` away",
  });
}

/** The one provider that a call means. Throws `invalid_arguments`, `not_found`, or `ambiguous` when several categories have one of that name. */
export async function namedProvider(
  names: ProviderNames,
): Promise<{ category: ProviderCategory; provider: KnownProvider }> {
  const category = namedCategory(names);
  const { provider, platform } = names;
  const name = provider ?? platform;
  if (name === undefined)
    throw new OhmymktError("invalid_arguments", "expected category and provider", {
      hint: 'for example {action: "read", category: "image", provider: "openai"}; action list shows all',
    });
  if (category !== undefined) {
    const found = await knownProvider(category, name);
    if (provider === undefined || platform === undefined) return { category, provider: found };
    if ((await knownProvider(category, platform)).spec.id === found.spec.id) return { category, provider: found };
    throw new OhmymktError("invalid_arguments", "provider and platform name two different ones", {
      hint: "give one of them",
    });
  }
  const found = await Promise.all(
    PROVIDER_CATEGORIES.map(async (one) => ({ category: one, provider: await findProvider(one, name) })),
  );
  const fitting = found.flatMap((one) => (one.provider ? [{ category: one.category, provider: one.provider }] : []));
  const [first, ...others] = fitting;
  if (!first)
    throw new OhmymktError("not_found", "there is no provider of that name", {
      hint: 'ohmymkt_provider_config {action: "list"} shows those that there are',
    });
  if (others.length === 0) return first;
  throw new OhmymktError("ambiguous", `${first.provider.spec.id} is there for several categories`, {
    hint: `add category: ${fitting.map((one) => `"${one.category}"`).join(" or ")}`,
  });
}
