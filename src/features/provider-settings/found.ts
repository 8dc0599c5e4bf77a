import type { ProviderCategory, ProviderSetting, ProviderStatus } from "../../lib/providers.ts";
import type { FailureKind, ProviderFailure } from "../../providers/failure.ts";
import type { Transaction } from "../../store/store.ts";
import type { TestRecord } from "./provider-status.ts";
import { PROVIDER_TEST } from "./runbook.ts";
import { readProviders, settingHash, settingState, settingSubject } from "./settings.ts";

/** What any call finds out as surely as a test; a used-up quota is met by calls that cost something only. */
const FOUND: Partial<Record<FailureKind, ProviderStatus>> = { unauthorised: "unauthorised", quota: "quota" };

/** Keeps what a failed call says of its provider where the list shows it, until a call or a test goes through. */
export async function noteFound(
  tx: Transaction,
  category: ProviderCategory,
  id: string,
  { kind, message }: Pick<ProviderFailure, "kind" | "message">,
): Promise<void> {
  const status = FOUND[kind];
  if (status === undefined) return;
  const found = await settingState(tx, await readProviders(tx), category, id);
  if (found.state !== "confirmed") return;
  await keepStatus(tx, category, id, found.setting, { status, problem: message.slice(0, 500) });
}

/** Keeps what a test, or a call that is as good as one, says of a provider under a setting. */
export async function keepStatus(
  tx: Transaction,
  category: ProviderCategory,
  id: string,
  setting: ProviderSetting,
  { status, problem }: Pick<TestRecord, "status" | "problem">,
): Promise<void> {
  const after = { status, setting: settingHash(category, id, setting), ...(problem === undefined ? {} : { problem }) };
  await tx.ledger.append({ kind: PROVIDER_TEST, subject: settingSubject(category, id), after });
}
