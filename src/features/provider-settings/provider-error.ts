import { OhmymktError } from "../../errors.ts";
import type { ProviderCategory } from "../../lib/providers.ts";
import { ProviderFailure, type FailureKind } from "../../providers/failure.ts";
import type { ProviderSpec } from "../../providers/provider.ts";
import { leastSetting, needsNothing, providerCall } from "./provider-call.ts";

interface Failed {
  category: ProviderCategory;
  spec: ProviderSpec;
  /** Replaces the provider's keys in a text, where the failure did not come through its guarded network. */
  redact?: (text: string) => string;
}

/** The next step by kind of failure. */
const NEXT: Readonly<Record<FailureKind, (failed: Failed, failure: ProviderFailure) => string>> = {
  missing: ({ category, spec }) =>
    needsNothing(spec)
      ? `install what is missing, then ${providerCall(category, spec.id, {}, "test")}`
      : `set what is missing (${spec.setup}): ${providerCall(category, spec.id, leastSetting(spec))}`,
  unauthorised: ({ category, spec }) =>
    `put a key that may do this into ${variables(spec)} (${spec.setup}), restart the host, then ${providerCall(category, spec.id, {}, "test")}`,
  quota: ({ category, spec }) =>
    `a person raises the limit of the ${spec.title} account; then ${providerCall(category, spec.id, {}, "test")}`,
  rate_limited: (_, failure) => `make the same call again ${inSeconds(failure.retryAfterMs)}`,
  unreachable: ({ category, spec }) => `nothing was sent; ${providerCall(category, spec.id, {}, "test")}`,
  unavailable: (_, failure) => `nothing was done; make the same call again ${inSeconds(failure.retryAfterMs)}`,
  rejected: () => "change what it names; repeating the same call does not help",
  uncertain: () => "do not repeat it blindly: it may have happened; look at its status first",
};

/** A failure of a provider as the error of a tool; other errors of its code as `internal`. Causes stay behind: they may hold a request with its headers. */
export function providerError(error: unknown, failed: Failed): OhmymktError {
  if (error instanceof OhmymktError) return error;
  const redact = failed.redact ?? ((text: string) => text);
  if (error instanceof ProviderFailure) {
    return new OhmymktError("provider", redact(`${failed.spec.id}: ${error.kind}: ${error.message}`), {
      hint: NEXT[error.kind](failed, error),
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new OhmymktError("internal", redact(`${failed.spec.id} failed in an unforeseen way: ${message}`));
}

function variables(spec: ProviderSpec): string {
  return spec.secrets.map(({ names }) => names[0]).join(", ") || "its settings";
}

function inSeconds(ms: number | undefined): string {
  return ms === undefined ? "in a moment" : `in ${Math.ceil(ms / 1000)} s`;
}
