import { OhmymktError } from "../../errors.ts";
import type { PaidCall } from "../../lib/paid-calls.ts";
import { moneyText } from "../../lib/spend.ts";
import { ProviderFailure } from "../../providers/failure.ts";
import type { ProviderSpec } from "../../providers/provider.ts";
import { providerError } from "../provider-settings/provider-error.ts";
import type { MediaContext } from "./context.ts";
import { noteFailure, withLine } from "./trouble.ts";

/** Ends a reservation by what became of the call: released where it certainly cost nothing, else `unknown`. Gives the error that tells of it. */
export async function settleFailure(
  context: Pick<MediaContext, "transact" | "actor" | "newId">,
  call: PaidCall,
  spec: ProviderSpec,
  error: unknown,
): Promise<OhmymktError> {
  const told = providerError(error, { category: call.category, spec });
  const free = error instanceof ProviderFailure && error.kind !== "uncertain";
  const line = await context.transact(async (tx) => {
    await tx.paidCalls.transition(call.id, free ? "released" : "unknown", { problem: told.message });
    return noteFailure(tx, call.category, spec, error, context);
  });
  if (free) return line === undefined ? told : withLine(told, line);
  return new OhmymktError(
    told.code,
    `${told.message}; it may have been charged, so ${moneyText(call.estimate)} counts as spent (${call.id})`,
    {
      hint: `a person looks into the account of ${spec.title} and records what it shows with \`ohmymkt spend\`; the same call made again is a new one and costs again`,
      cause: error,
    },
  );
}
