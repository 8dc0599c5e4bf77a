import { hashValue } from "../../lib/canonical.ts";
import { PROVIDER_SET, PROVIDERS_DOCUMENT, ProviderSetting, type ProviderCategory } from "../../lib/providers.ts";
import type { ProviderSpec } from "../../providers/provider.ts";
import type { Transaction } from "../../store/store.ts";
import { safeSetting } from "./safe-setting.ts";
import { readProviders, settingState, settingSubject } from "./settings.ts";

/** The setting that a change begins from: the one that counts now, else none: what was edited by hand is not confirmed unseen. */
export async function baseSetting(
  tx: Transaction,
  category: ProviderCategory,
  { id }: ProviderSpec,
): Promise<ProviderSetting> {
  const found = await settingState(tx, await readProviders(tx), category, id);
  return found.state === "confirmed" ? found.setting : ProviderSetting.parse({});
}

/** What a person must have seen before a setting counts: where a key is sent, and a price that budgets are counted by; undefined when neither is new. */
export function approvalSubject(
  category: ProviderCategory,
  { id }: ProviderSpec,
  base: ProviderSetting,
  next: ProviderSetting,
): Record<string, unknown> | undefined {
  const sensitive = ({ url, api_key_env, options }: ProviderSetting): Record<string, unknown> => ({
    url: url ?? null,
    api_key_env: url === undefined ? null : (api_key_env ?? null),
    price: options["price"] ?? null,
  });
  const [before, after] = [sensitive(base), sensitive(next)];
  if (hashValue(before) === hashValue(after)) return undefined;
  return { category, provider: id, ...after };
}

/** Writes providers.json and the ledger row that makes the setting count; a generator that is set is the one in use. */
export async function writeSetting(
  tx: Transaction,
  category: ProviderCategory,
  { id }: ProviderSpec,
  setting: ProviderSetting,
  approval: string | undefined,
): Promise<void> {
  const file = await readProviders(tx);
  const subject = settingSubject(category, id);
  const before = Object.hasOwn(file[category], id) ? file[category][id] : undefined;
  await tx.documents.write(
    PROVIDERS_DOCUMENT,
    {
      ...file,
      ...(category === "publish" ? {} : { use: { ...file.use, [category]: id } }),
      [category]: { ...file[category], [id]: setting },
    },
    { reason: `set ${subject}` },
  );
  await tx.ledger.append({
    kind: PROVIDER_SET,
    subject,
    // What somebody wrote into the file by hand may be a key.
    before: (before && safeSetting(before)) ?? null,
    after: setting,
    evidence: { approval: approval ?? null },
  });
}
