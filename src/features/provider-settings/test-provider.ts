import { ProviderFailure, type FailureKind } from "../../providers/failure.ts";
import type { ProviderCategory, ProviderSetting, ProviderStatus } from "../../lib/providers.ts";
import { openAccess, secretValues } from "../../providers/access.ts";
import type { KnownProvider } from "../../providers/catalog.ts";
import type { Access } from "../../providers/provider.ts";
import { redactSecrets } from "../../providers/redaction.ts";
import type { Workplace } from "../../providers/video-template/video-template-provider.ts";
import type { World } from "../../providers/world.ts";
import { providerError } from "./provider-error.ts";

/** Longest that a test may take. */
export const TEST_MS = 15_000;

/** What a failed test says of the provider. */
const STATUS: Readonly<Record<FailureKind, ProviderStatus>> = {
  missing: "missing",
  unauthorised: "unauthorised",
  quota: "quota",
  rate_limited: "unreachable",
  unreachable: "unreachable",
  unavailable: "unreachable",
  rejected: "unreachable",
  uncertain: "unreachable",
};

export interface TestResult {
  status: ProviderStatus;
  /** What the provider calls the account, or where the program stands that does the work. */
  account?: string;
  problem?: string;
  next?: string;
}

/** Makes the cheapest authenticated call under this setting; never throws for what the provider does. */
export async function testProvider(
  category: ProviderCategory,
  provider: KnownProvider,
  setting: ProviderSetting,
  { world, signal, directory }: { world: World; signal: AbortSignal; directory: string },
): Promise<TestResult> {
  const { spec } = provider;
  const redact = (text: string): string => redactSecrets(text, secretValues(spec, world));
  const stopper = new AbortController();
  const bounded = AbortSignal.any([signal, stopper.signal]);
  let hasVariables = false;
  try {
    const access = openAccess(spec, setting, world, bounded, { timeoutMs: TEST_MS });
    for (const { use, optional } of spec.secrets) if (optional !== true) access.secret(use);
    hasVariables = provider.available === undefined;
    const late = world.sleep(TEST_MS, bounded).then(() => {
      throw new ProviderFailure("unreachable", `no answer within ${TEST_MS / 1000} s`);
    });
    const place = { directory, projectPath: setting.project_path, env: world.env };
    const { account } = await Promise.race([answer(provider, access, place), late]);
    return { status: "configured", ...(account === undefined ? {} : { account: readable(redact(account)) }) };
  } catch (error) {
    signal.throwIfAborted();
    const { message, hint } = providerError(error, { category, spec, redact });
    const kind = error instanceof ProviderFailure ? error.kind : "uncertain";
    return {
      // Where every variable is there, the setting leads to something else, until it is changed.
      status: kind === "missing" && hasVariables ? "unreachable" : STATUS[kind],
      problem: readable(message, 500),
      ...(hint === undefined ? {} : { next: hint }),
    };
  } finally {
    stopper.abort();
  }
}

/** What the provider answers by; throws `missing` with how to install what is not on this machine. */
async function answer(
  { check, available }: KnownProvider,
  access: Access,
  place: Workplace,
): Promise<{ account?: string }> {
  const found = await available?.(place);
  if (found?.ok === false) throw new ProviderFailure("missing", found.message);
  if (found) return { account: found.detail };
  return (await check?.(access)) ?? {};
}

/** What a server says, in one line that cannot pose as anything else. */
function readable(text: string, longest = 120): string {
  const line = text.replace(/[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]+/gu, " ").trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
