import { OhmymktError } from "../../errors.ts";
import { hashValue } from "../../lib/canonical.ts";
import {
  PROVIDER_SET,
  PROVIDERS_DOCUMENT,
  ProviderSetting,
  ProvidersFile,
  type ProviderCategory,
} from "../../lib/providers.ts";
import { allProviders, findProvider, PROVIDERS, type KnownProvider } from "../../providers/catalog.ts";
import type { ProviderSpec } from "../../providers/provider.ts";
import type { Transaction } from "../../store/store.ts";
import { leastSetting, needsNothing, providerCall } from "./provider-call.ts";
import { safeSetting } from "./safe-setting.ts";

/** A setting that counts: the file says what the ledger recorded last. `hash` names provider and setting. */
export interface ResolvedSetting {
  spec: ProviderSpec;
  provider: KnownProvider;
  setting: ProviderSetting;
  hash: string;
}

/** Where the setting of one provider stands; what is `unconfirmed` was written by hand or came with the files of another machine. */
export type SettingState =
  | { state: "absent" }
  | { state: "unconfirmed"; setting: ProviderSetting }
  | { state: "confirmed"; setting: ProviderSetting };

/** providers.json, or an empty one; throws `corrupt_document`. */
export async function readProviders(tx: Transaction): Promise<ProvidersFile> {
  return (
    (await tx.documents.read(PROVIDERS_DOCUMENT)) ??
    ProvidersFile.parse({ schema_version: 1, image: {}, video: {}, video_template: {}, publish: {} })
  );
}

/** The subject under which the ledger keeps a setting. */
export function settingSubject(category: ProviderCategory, id: string): string {
  return `${category}/${id}`;
}

/** Compares the file with the ledger. */
export async function settingState(
  tx: Transaction,
  file: ProvidersFile,
  category: ProviderCategory,
  id: string,
): Promise<SettingState> {
  const settings = file[category];
  const setting = Object.hasOwn(settings, id) ? settings[id] : undefined;
  if (!setting) return { state: "absent" };
  const row = await tx.ledger.latest(PROVIDER_SET, settingSubject(category, id));
  const recorded = ProviderSetting.safeParse(row?.after);
  const same = recorded.success && hashValue(recorded.data) === hashValue(setting);
  return { state: same ? "confirmed" : "unconfirmed", setting };
}

/** Names a provider and its setting for what is approved and sent under it. */
export function settingHash(category: ProviderCategory, id: string, setting: ProviderSetting): string {
  return hashValue({ category, provider: id, setting });
}

/**
 * The provider that an id or alias means, with the setting that counts; without a name the one in use, else the only one that is set.
 * Throws `not_found`, `ambiguous`, or `provider` with the call that mends it; `corrupt_document` when providers.json cannot be read.
 */
export async function resolveSetting(
  tx: Transaction,
  category: ProviderCategory,
  name?: string,
): Promise<ResolvedSetting> {
  const file = await readProviders(tx);
  const provider = name === undefined ? await chosen(file, category) : await knownProvider(category, name);
  const { spec } = provider;
  const setting = await settingFor(tx, category, spec);
  return { spec, provider, setting, hash: settingHash(category, spec.id, setting) };
}

/** The setting of one provider that counts now. Throws `provider` with the call that mends it; `corrupt_document` when providers.json cannot be read. */
export async function settingFor(
  tx: Transaction,
  category: ProviderCategory,
  spec: ProviderSpec,
): Promise<ProviderSetting> {
  const file = await readProviders(tx);
  const found = await settingState(tx, file, category, spec.id);
  if (found.state === "unconfirmed") throw unconfirmed(category, spec, found.setting);
  if (found.state === "absent" && !needsNothing(spec)) {
    throw new OhmymktError("provider", `${category} provider ${spec.id} is not configured: ${spec.setup}`, {
      hint: providerCall(category, spec.id, leastSetting(spec)),
    });
  }
  return found.state === "absent" ? ProviderSetting.parse({}) : found.setting;
}

/** The provider of an id or alias; throws `not_found` with those that there are. */
export async function knownProvider(category: ProviderCategory, name: string): Promise<KnownProvider> {
  const found = await findProvider(category, name);
  if (found) return found;
  throw new OhmymktError("not_found", `there is no ${category} provider of that name`, {
    hint: `use one of ${Object.keys(PROVIDERS[category]).join(", ")}`,
  });
}

async function chosen(file: ProvidersFile, category: ProviderCategory): Promise<KnownProvider> {
  const known = await allProviders(category);
  const used = category === "publish" ? undefined : file.use[category];
  if (used !== undefined) return knownProvider(category, used);
  const set = known.filter(({ spec }) => Object.hasOwn(file[category], spec.id));
  const [first] = set.length > 0 ? set : known.filter(({ spec }) => needsNothing(spec));
  if (set.length > 1) {
    throw new OhmymktError(
      "ambiguous",
      `several ${category} providers are set: ${set.map(({ spec }) => spec.id).join(", ")}`,
      {
        hint:
          category === "publish" ? "name the platform" : `choose one: ${providerCall(category, first?.spec.id ?? "")}`,
      },
    );
  }
  if (first) return first;
  const [usual] = known;
  if (!usual) throw new OhmymktError("not_found", `there is no ${category} provider`);
  throw new OhmymktError(
    "provider",
    `no ${category} provider is configured; there are ${known.map(({ spec }) => spec.id).join(", ")}`,
    { hint: providerCall(category, usual.spec.id, leastSetting(usual.spec)) },
  );
}

/** The refusal of a setting that no tool made; the call shows what would be confirmed, unless that holds a key. */
export function unconfirmed(category: ProviderCategory, spec: ProviderSpec, setting: ProviderSetting): OhmymktError {
  return new OhmymktError(
    "provider",
    `the setting of ${category} provider ${spec.id} in providers.json was edited by hand, not confirmed`,
    { hint: `confirm it: ${providerCall(category, spec.id, safeSetting(setting) ?? leastSetting(spec))}` },
  );
}
