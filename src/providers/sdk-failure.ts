import { oneLine } from "./failed-answer.ts";
import { ProviderFailure } from "./failure.ts";
import type { Access } from "./provider.ts";

/** What an SDK threw, as a failure; once the work was accepted, nothing that follows says that it cost nothing. */
export function sdkFailure(error: unknown, accepted: boolean, access: Access): ProviderFailure {
  const inner = innerFailure(error);
  if (inner && (!accepted || inner.kind === "uncertain")) return inner;
  const message = oneLine(access.network.redact(inner?.message ?? messageOf(error)));
  // Without an answer that accepts it, an SDK fails on its own arguments.
  if (!accepted) return new ProviderFailure("rejected", message, { cause: error });
  return new ProviderFailure("uncertain", `the work was accepted and may be charged, but ${message}`, {
    cause: error,
    status: inner?.status,
  });
}

/** The failure of our own network that an SDK wrapped. */
function innerFailure(error: unknown): ProviderFailure | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth += 1)
    if (at instanceof ProviderFailure) return at;
  return undefined;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
