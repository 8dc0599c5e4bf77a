import { z } from "zod";
import {
  missingVariables,
  providerReport,
  variableFor,
  type ProviderReport,
} from "../../features/provider-settings/provider-status.ts";
import { namedCategory, namedProvider } from "../../features/provider-settings/named-provider.ts";
import { providerWorked, skippedChannel } from "../../features/provider-settings/runbook.ts";
import { changeSetting } from "../../features/provider-settings/setting-change.ts";
import { keepStatus } from "../../features/provider-settings/found.ts";
import { settingFor } from "../../features/provider-settings/settings.ts";
import { testProvider, type TestResult } from "../../features/provider-settings/test-provider.ts";
import { approvalSubject, baseSetting, writeSetting } from "../../features/provider-settings/write-setting.ts";
import { reachableAddress } from "../../features/provider-settings/reachable-address.ts";
import { PROVIDER_CATEGORIES, type ProviderCategory, type ProviderSetting } from "../../lib/providers.ts";
import { allProviders, type KnownProvider } from "../../providers/catalog.ts";
import type { ProviderSpec } from "../../providers/provider.ts";
import type { World } from "../../providers/world.ts";
import type { Transaction } from "../../store/store.ts";
import { defineTool, spendApproval, type RunContext } from "./define.ts";
import { hidden } from "./lean-schema.ts";
import { renderProviders, type ProviderConfigResult } from "./render-providers.ts";

const Args = {
  action: z.enum(["list", "read", "set", "test"]),
  category: z.enum(PROVIDER_CATEGORIES).optional(),
  provider: z.string().max(60).optional(),
  platform: hidden(z.string().max(60).optional()),
  api_key_env: z.string().max(500).optional(),
  url: z.string().max(2000).optional(),
  project_path: hidden(z.string().max(500).optional()),
  options: z
    .unknown()
    .refine(
      (value) => value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value)),
      "expected an object of options",
    )
    .meta({ type: "object" })
    .optional(),
};
type Args = z.output<z.ZodObject<typeof Args>>;

export const providerConfig = defineTool({
  name: "ohmymkt_provider_config",
  summary: "Providers for images, video and publishing. Give names of environment variables, never keys.",
  args: Args,
  async confirm(args, context) {
    if (args.action !== "set") return undefined;
    const { category, provider } = await namedProvider(args);
    const { spec } = provider;
    const { base, next } = await context.transact((tx) => changed(tx, args, category, provider, context));
    if (next.url !== undefined && next.url !== base.url) await reachableAddress(spec, next.url, context);
    const subject = approvalSubject(category, spec, base, next);
    return subject && { kind: "provider", subject, summary: question(category, spec, next, context.world) };
  },
  async run(args, context): Promise<ProviderConfigResult> {
    const { action } = args;
    if (action === "list") return { action, providers: await reports(namedCategory(args), context) };
    const { category, provider } = await namedProvider(args);
    if (action === "set") await set(args, category, provider, context);
    const tested = action === "test" ? await test(category, provider, context) : undefined;
    const report = await context.transact((tx) => providerReport(tx, category, provider, context.world));
    return { action, providers: [report], ...(tested ? { tested } : {}) };
  },
  render: renderProviders,
});

async function reports(only: ProviderCategory | undefined, context: RunContext): Promise<ProviderReport[]> {
  const known = await Promise.all(
    PROVIDER_CATEGORIES.filter((category) => only === undefined || category === only).map(async (category) =>
      (await allProviders(category)).map((provider) => ({ category, provider })),
    ),
  );
  return context.transact(async (tx) => {
    const found: ProviderReport[] = [];
    for (const { category, provider } of known.flat())
      found.push(await providerReport(tx, category, provider, context.world));
    return found;
  });
}

async function set(
  args: Args,
  category: ProviderCategory,
  provider: KnownProvider,
  context: RunContext,
): Promise<void> {
  await context.transact(async (tx) => {
    const { base, next } = await changed(tx, args, category, provider, context);
    const subject = approvalSubject(category, provider.spec, base, next);
    const approval = subject && (await spendApproval(tx, context.approval, "provider", subject));
    await writeSetting(tx, category, provider.spec, next, approval?.id);
  });
}

async function changed(
  tx: Transaction,
  args: Args,
  category: ProviderCategory,
  { spec }: KnownProvider,
  { world }: { world: World },
): Promise<{ base: ProviderSetting; next: ProviderSetting }> {
  const base = await baseSetting(tx, category, spec);
  const options = typeof args.options === "object" && args.options !== null ? { ...args.options } : undefined;
  return {
    base,
    next: changeSetting(base, { ...args, options }, { category, spec, allowPrivate: world.allowPrivate }),
  };
}

async function test(category: ProviderCategory, provider: KnownProvider, context: RunContext): Promise<TestResult> {
  const { spec } = provider;
  const setting = await context.transact((tx) => settingFor(tx, category, spec));
  const result = await testProvider(category, provider, setting, context);
  // The environment says so itself, for as long as it is so.
  if (missingVariables(spec, setting, context.world).length > 0) return result;
  await context.transact(async (tx) => {
    await keepStatus(tx, category, spec.id, setting, result);
    const channel = { category, provider: spec.id };
    if (result.status === "configured" && (await skippedChannel(tx, channel))) await providerWorked(tx, channel);
  });
  return result;
}

/** "publish by Ghost at https://blog.example.com/ with the key in GHOST_ADMIN_API_KEY". */
function question(category: ProviderCategory, spec: ProviderSpec, setting: ProviderSetting, world: World): string {
  const { url, options } = setting;
  const keys = spec.secrets
    .filter(({ open }) => open !== true)
    .map(({ use }) => variableFor(spec, setting, use, world));
  return [
    `${category} by ${spec.title}`,
    url === undefined ? "" : `at ${url}`,
    url === undefined || keys.length === 0 ? "" : `with the key in ${keys.join(" and ")}`,
    options["price"] === undefined ? "" : `counted at ${JSON.stringify(options["price"])} each`,
  ]
    .filter(Boolean)
    .join(" ");
}
