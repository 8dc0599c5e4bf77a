import { OhmymktError } from "../../errors.ts";
import { providerFailed, skippedChannel, type Channel } from "../provider-settings/runbook.ts";
import { leastSetting, providerCall } from "../provider-settings/provider-call.ts";
import type { Transaction } from "../../store/store.ts";
import { adapterOf, transact, type PublishDesk } from "./desk.ts";
import { MENDED_BY_SETTINGS } from "./outcome.ts";
import { ProviderFailure } from "../../providers/failure.ts";
import { CONTENT_MODULE } from "./obstacles.ts";

/** The channel of a platform under every name that a plan may use. */
export async function platformChannel(desk: PublishDesk, platform: string): Promise<Channel> {
  const { id, title, aliases = [] } = (await adapterOf(desk, platform)).spec;
  return { category: "publish", provider: id, names: [id, title, ...aliases] };
}

/** Why a platform is skipped for now, with the way back, if it is. */
export async function skippedPlatform(tx: Transaction, platform: string): Promise<string | undefined> {
  const why = await skippedChannel(tx, { category: "publish", provider: platform });
  return why && `${why}; ${providerCall("publish", platform, {}, "test")} takes it up again once it answers`;
}

/** Takes a failure of a platform through the runbook; what to tell, with the exact call that mends it. `final` skips at once. */
export async function runbookFailure(desk: PublishDesk, platform: string, why: string, final = false): Promise<string> {
  const { line, call } = await judged(desk, platform, why, final);
  return call === undefined ? line : `${line} (${call})`;
}

/** What the runbook says of a failure, and the call that mends it while one is to be tried. */
async function judged(
  desk: PublishDesk,
  platform: string,
  why: string,
  final = false,
): Promise<{ line: string; call?: string }> {
  const channel = await platformChannel(desk, platform);
  const { spec } = await adapterOf(desk, platform);
  const { actor, newId } = desk;
  const verdict = await transact(desk, (tx) =>
    providerFailed(tx, channel, why, { actor, newId, module: CONTENT_MODULE, final }),
  );
  const line = `${why.replace(/\.$/, "")}. ${verdict.line}`;
  return verdict.step === "mend"
    ? { line, call: providerCall("publish", channel.provider, leastSetting(spec)) }
    : { line };
}

/** Runs work that may find a platform missing or wrong, and takes that through the runbook. Throws `provider` with the call that mends it. */
export async function withRunbook<T>(desk: PublishDesk, platform: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const settled = error instanceof OhmymktError && error.code === "provider";
    const missing = error instanceof ProviderFailure && MENDED_BY_SETTINGS.has(error.kind);
    if (!settled && !missing) throw error;
    const { spec } = await adapterOf(desk, platform);
    throw new OhmymktError("provider", (await judged(desk, spec.id, error.message)).line, {
      hint: (settled && error.hint) || providerCall("publish", spec.id, leastSetting(spec)),
      cause: error,
    });
  }
}
