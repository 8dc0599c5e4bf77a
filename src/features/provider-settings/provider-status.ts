import { z } from "zod";
import {
  PROVIDER_STATUSES,
  type ProviderCategory,
  type ProviderSetting,
  type ProviderStatus,
} from "../../lib/providers.ts";
import { variableOf } from "../../providers/access.ts";
import type { KnownProvider } from "../../providers/catalog.ts";
import type { ProviderSpec } from "../../providers/provider.ts";
import type { World } from "../../providers/world.ts";
import type { Transaction } from "../../store/store.ts";
import { leastSetting, needsNothing, providerCall } from "./provider-call.ts";
import { lastTest } from "./runbook.ts";
import { safeSetting } from "./safe-setting.ts";
import { readProviders, settingHash, settingState, type SettingState } from "./settings.ts";

/** What the ledger keeps of a test; `setting` is the hash of what was tested. */
export const TestRecord = z.object({
  status: z.enum(PROVIDER_STATUSES),
  setting: z.string(),
  problem: z.string().optional(),
});
export type TestRecord = z.infer<typeof TestRecord>;

/** Where a provider stands; holds names of variables, never what they hold. */
export interface ProviderReport {
  category: ProviderCategory;
  provider: string;
  title: string;
  aliases: readonly string[];
  in_use: boolean;
  status: ProviderStatus;
  /** Why it is not simply ready. */
  problem?: string;
  setting?: ProviderSetting;
  /** By variable. */
  api_key_status: Record<string, "set" | "not set">;
  tested_at?: string;
  setup: string;
  /** The call that comes next, where one is needed. */
  next?: string;
  delivery?: {
    exactly_once: string;
    read_back: boolean;
    retracts: string;
    schedules: boolean;
    needs_audience: boolean;
  };
}

const NO_SETTING: ProviderSetting = { options: {} };

/** The report of one provider as things stand, without asking it. */
export async function providerReport(
  tx: Transaction,
  category: ProviderCategory,
  { spec, delivery }: KnownProvider,
  world: World,
): Promise<ProviderReport> {
  const file = await readProviders(tx);
  const found = await settingState(tx, file, category, spec.id);
  const shown = "setting" in found ? safeSetting(found.setting) : undefined;
  const row = await lastTest(tx, { category, provider: spec.id });
  const tested = TestRecord.safeParse(row?.after).data;
  return {
    category,
    provider: spec.id,
    title: spec.title,
    aliases: spec.aliases ?? [],
    in_use: category === "publish" ? found.state === "confirmed" : file.use[category] === spec.id,
    ...standing(category, spec, found, tested, world),
    ...(shown ? { setting: shown } : {}),
    api_key_status: keyStatus(spec, found, world),
    ...(row ? { tested_at: row.at } : {}),
    setup: spec.setup,
    ...(delivery
      ? {
          delivery: {
            exactly_once: delivery.exactlyOnce,
            read_back: delivery.readBack.possible,
            retracts: delivery.retracts,
            schedules: delivery.schedules,
            needs_audience: delivery.audience,
          },
        }
      : {}),
  };
}

function standing(
  category: ProviderCategory,
  spec: ProviderSpec,
  found: SettingState,
  tested: TestRecord | undefined,
  world: World,
): Pick<ProviderReport, "status" | "problem" | "next"> {
  if (found.state === "absent" && !needsNothing(spec))
    return { status: "missing", problem: "not set", next: providerCall(category, spec.id, leastSetting(spec)) };
  if (found.state === "unconfirmed") {
    const shown = safeSetting(found.setting) ?? leastSetting(spec);
    return {
      status: "missing",
      problem: "edited by hand, not confirmed",
      next: providerCall(category, spec.id, shown),
    };
  }
  const setting = found.state === "confirmed" ? found.setting : NO_SETTING;
  const lacking = missingVariables(spec, setting, world);
  if (lacking.length > 0)
    return {
      status: "missing",
      problem: `set ${lacking.join(" and ")} in the environment and restart the host`,
      next: providerCall(category, spec.id, {}, "test"),
    };
  if (!tested || tested.status === "configured" || tested.setting !== settingHash(category, spec.id, setting))
    return { status: "configured" };
  return {
    status: tested.status,
    ...(tested.problem === undefined ? {} : { problem: tested.problem }),
    next: providerCall(category, spec.id, {}, "test"),
  };
}

/** The variables that a provider needs under this setting and that hold nothing. */
export function missingVariables(spec: ProviderSpec, setting: ProviderSetting, world: World): string[] {
  return spec.secrets
    .filter(({ optional }) => optional !== true)
    .map(({ use }) => variableFor(spec, setting, use, world))
    .filter((name) => !isSet(world, name));
}

function keyStatus(spec: ProviderSpec, found: SettingState, world: World): ProviderReport["api_key_status"] {
  const setting = found.state === "confirmed" ? found.setting : NO_SETTING;
  return Object.fromEntries(
    spec.secrets.map(({ use }) => {
      const name = variableFor(spec, setting, use, world);
      return [name, isSet(world, name) ? "set" : "not set"];
    }),
  );
}

/** The variable that a secret is taken from; a setting of an earlier version may name one that the provider no longer takes. */
export function variableFor(spec: ProviderSpec, setting: ProviderSetting, use: string, world: World): string {
  const names: readonly string[] = spec.secrets[0]?.names ?? [];
  const fits = setting.api_key_env === undefined || names.includes(setting.api_key_env);
  return variableOf(spec, fits ? setting : NO_SETTING, use, world);
}

function isSet({ env }: World, name: string): boolean {
  return Boolean(env[name]?.trim());
}
