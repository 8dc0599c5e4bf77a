import { OhmymktError } from "../../errors.ts";
import type { Actor } from "../../lib/actor.ts";
import type { PaidCall } from "../../lib/paid-calls.ts";
import { allProviders } from "../../providers/catalog.ts";
import { ProviderFailure } from "../../providers/failure.ts";
import type { ProviderSpec } from "../../providers/provider.ts";
import type { Transaction } from "../../store/store.ts";
import { noteFound } from "../provider-settings/found.ts";
import { providerCall } from "../provider-settings/provider-call.ts";
import { providerFailed, skippedChannel, type Channel } from "../provider-settings/runbook.ts";
import { readProviders } from "../provider-settings/settings.ts";
import { CONTENT_MODULE } from "../publishing/obstacles.ts";
import { MENDED_BY_SETTINGS } from "../publishing/outcome.ts";

type Category = PaidCall["category"];

/** Who asks, for the incident that a channel may need. */
export interface TroubleContext {
  actor: Actor;
  newId(prefix: string): string;
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** A generator under every name that a plan may use for it. */
export function channelOf(category: Category, { id, title, aliases = [] }: ProviderSpec): Channel {
  return { category, provider: id, names: [category, `${category}s`, id, title, ...aliases] };
}

/** Refuses a generator that the runbook has set aside, with the way back. Throws `provider`. */
export async function assertNotSkipped(tx: Transaction, category: Category, spec: ProviderSpec): Promise<void> {
  const why = await skippedChannel(tx, channelOf(category, spec));
  if (why === undefined) return;
  throw new OhmymktError("provider", why, {
    hint: `go on without it; ${providerCall(category, spec.id, {}, "test")} takes it up again once it answers`,
  });
}

/** Runs work whose settings may be missing or wrong until it calls `settled`, and takes such a failure through the runbook: mend and try once more, then skip with an incident. */
export async function withRunbook<T>(
  context: TroubleContext,
  category: Category,
  work: (settled: () => void) => Promise<T>,
): Promise<T> {
  let settings = true;
  try {
    return await work(() => {
      settings = false;
    });
  } catch (error) {
    if (!settings || !(error instanceof OhmymktError) || error.code !== "provider") throw error;
    const told = await context.transact(async (tx) => {
      const spec = await meantProvider(tx, category);
      if (!spec || (await skippedChannel(tx, channelOf(category, spec))) !== undefined) return undefined;
      return noteTrouble(tx, channelOf(category, spec), error.message, context);
    });
    throw told === undefined ? error : withLine(error, told);
  }
}

/** Notes what a failure says of its provider; where it refused its own settings, the line of the runbook to tell, or undefined where settings do not mend it. */
export async function noteFailure(
  tx: Transaction,
  category: Category,
  spec: ProviderSpec,
  error: unknown,
  context: Pick<TroubleContext, "actor" | "newId">,
): Promise<string | undefined> {
  if (!(error instanceof ProviderFailure)) return undefined;
  await noteFound(tx, category, spec.id, error);
  if (!MENDED_BY_SETTINGS.has(error.kind)) return undefined;
  return noteTrouble(tx, channelOf(category, spec), error.message, context);
}

/** The same error with what the runbook says. */
export function withLine(error: OhmymktError, line: string): OhmymktError {
  const { code, message, hint } = error;
  return new OhmymktError(code, `${message.replace(/\.$/, "")}. ${line}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

async function noteTrouble(
  tx: Transaction,
  channel: Channel,
  why: string,
  { actor, newId }: Pick<TroubleContext, "actor" | "newId">,
): Promise<string> {
  return (await providerFailed(tx, channel, why, { actor, newId, module: CONTENT_MODULE })).line;
}

/** The provider that a call without a name means, also while none is configured. */
async function meantProvider(tx: Transaction, category: Category): Promise<ProviderSpec | undefined> {
  const file = await readProviders(tx);
  const specs = (await allProviders(category)).map(({ spec }) => spec);
  const named = file.use[category];
  const set = specs.find(({ id }) => Object.hasOwn(file[category], id));
  return (
    specs.find(({ id, aliases }) => id === named || (named !== undefined && aliases?.includes(named))) ??
    set ??
    specs[0]
  );
}
