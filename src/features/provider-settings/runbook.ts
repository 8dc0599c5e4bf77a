import type { Actor } from "../../lib/actor.ts";
import { INCIDENTS, type Severity } from "../../lib/incidents.ts";
import type { LedgerRow } from "../../lib/ledger.ts";
import { PROVIDER_SET, type ProviderCategory } from "../../lib/providers.ts";
import type { Transaction } from "../../store/store.ts";
import { readStanding, governedIncident } from "../governance/facts.ts";
import { incidentPrefix, openIncident } from "../governance/open-incident.ts";

export interface ChannelId {
  category: ProviderCategory;
  provider: string;
}

/** The channel that a provider stands for, with every name by which a plan may mean it. */
export interface Channel extends ChannelId {
  names: readonly string[];
}

export const PROVIDER_FAILED = "provider.failed";
export const PROVIDER_WORKED = "provider.worked";
export const PROVIDER_TEST = "provider.test";
export const CHANNEL_SKIPPED = "channel.skipped";

/** Failures in a row, without anything having been mended, after which the channel is skipped all the same. */
const UNMENDED_LIMIT = 3;

/** Where a channel's trouble stands: `mend` it and try once more, or it is `skipped` for this cycle. */
export interface RunbookVerdict {
  step: "mend" | "skipped";
  line: string;
}

const subjectOf = ({ category, provider }: ChannelId): string => `${category}/${provider}`;

/**
 * Notes that a provider is missing or wrong, and decides by the runbook: the first failure asks for the settings to be mended; the one retry after that, when it
 * fails too, skips the channel and opens an incident (P1 when the plan's channels name it, else P2), and the cycle goes on. `final` skips
 * without a retry, because it was tried often enough.
 */
export async function providerFailed(
  tx: Transaction,
  channel: Channel,
  why: string,
  {
    actor,
    newId,
    module,
    final = false,
  }: { actor: Actor; newId(prefix: string): string; module: string; final?: boolean },
): Promise<RunbookVerdict> {
  const subject = subjectOf(channel);
  const already = await skipOf(tx, channel);
  if (already) return skipped(channel, `${already.incident} is open`);
  const rows = await troubles(tx, subject);
  const failures = rows.filter(({ kind }) => kind === PROVIDER_FAILED).length;
  const last = rows.findIndex(({ kind }) => kind === PROVIDER_FAILED);
  const mended = rows.slice(0, last).some(mends);
  await tx.ledger.append({ kind: PROVIDER_FAILED, subject, reason: why });
  if (failures === 0 && !final) return { step: "mend", line: "Mend it as said, then repeat the same call once" };
  if (!final && !mended && failures + 1 < UNMENDED_LIMIT)
    return { step: "mend", line: "Nothing was mended since the last try; mend it as said, then repeat the same call" };
  const severity: Severity = (await inScope(tx, channel)) ? "P1" : "P2";
  const { incident } = await openIncident(
    tx,
    newId(incidentPrefix(tx.now)),
    { severity, module, summary: `${subject} still fails after the retry: ${why}`.slice(0, 2000) },
    actor,
  );
  await tx.ledger.append({ kind: CHANNEL_SKIPPED, subject, reason: why, after: { incident: incident.id } });
  return skipped(channel, `${severity} ${incident.id} is open`);
}

function skipped({ category, provider }: ChannelId, incident: string): RunbookVerdict {
  return {
    step: "skipped",
    line: `The channel is skipped, ${incident}, and the cycle goes on without it; \`ohmymkt_provider_config {action: "test", category: "${category}", provider: "${provider}"}\` takes it up again once it answers`,
  };
}

/** Notes that a provider works again, where that is news: the runbook begins anew. */
export async function providerWorked(tx: Transaction, channel: ChannelId): Promise<void> {
  const subject = subjectOf(channel);
  const tested = statusOf((await lastTest(tx, channel))?.after) ?? "configured";
  if (tested !== "configured" || (await latestUnless(tx, PROVIDER_FAILED, PROVIDER_WORKED, subject)))
    await tx.ledger.append({ kind: PROVIDER_WORKED, subject });
}

/** The last test of a provider, unless a call went through after it. */
export async function lastTest(tx: Transaction, channel: ChannelId): Promise<LedgerRow | undefined> {
  return latestUnless(tx, PROVIDER_TEST, PROVIDER_WORKED, subjectOf(channel));
}

/** Why a channel is skipped now, if it is: until it was tested with success, or its incident was resolved. */
export async function skippedChannel(tx: Transaction, channel: ChannelId): Promise<string | undefined> {
  const skip = await skipOf(tx, channel);
  return skip && `${subjectOf(channel)} is skipped (${skip.incident}): ${skip.reason}`;
}

async function skipOf(tx: Transaction, channel: ChannelId): Promise<{ incident: string; reason: string } | undefined> {
  const skip = await latestUnless(tx, CHANNEL_SKIPPED, PROVIDER_WORKED, subjectOf(channel));
  const id = incidentOf(skip?.after);
  if (id === undefined) return undefined;
  const incident = await tx.documents.read(INCIDENTS.at(id));
  if (incident && (await governedIncident(tx, incident)).status === "resolved") return undefined;
  return { incident: id, reason: skip?.reason ?? "" };
}

/** The newest row of a kind, unless one of the other kind came after it. */
async function latestUnless(
  tx: Transaction,
  kind: string,
  end: string,
  subject: string,
): Promise<LedgerRow | undefined> {
  const [row, ended] = [await tx.ledger.latest(kind, subject), await tx.ledger.latest(end, subject)];
  return row && row.seq > (ended?.seq ?? 0) ? row : undefined;
}

/** The rows since the provider last worked or was skipped, newest first; none while nothing failed. */
async function troubles(tx: Transaction, subject: string): Promise<LedgerRow[]> {
  const rows = await tx.ledger.list({ subject, limit: 50 });
  const end = rows.findIndex(({ kind }) => kind === PROVIDER_WORKED || kind === CHANNEL_SKIPPED);
  const since = end === -1 ? rows : rows.slice(0, end);
  return since.some(({ kind }) => kind === PROVIDER_FAILED) ? since : [];
}

/** What may have mended a provider: new settings, or a test that it answered. */
function mends({ kind, after }: LedgerRow): boolean {
  return kind === PROVIDER_SET || (kind === PROVIDER_TEST && statusOf(after) === "configured");
}

async function inScope(tx: Transaction, { names }: Channel): Promise<boolean> {
  const { plan } = await readStanding(tx);
  const channels = (plan?.plan.channels ?? []).map((one) => one.toLowerCase());
  return channels.some((one) =>
    names.some((name) => new RegExp(`(?<![\\p{L}\\p{N}])${escaped(name)}(?![\\p{L}\\p{N}])`, "iu").test(one)),
  );
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function statusOf(after: unknown): unknown {
  return typeof after === "object" && after !== null && "status" in after ? after.status : undefined;
}

function incidentOf(after: unknown): string | undefined {
  const id = typeof after === "object" && after !== null && "incident" in after ? after.incident : undefined;
  return typeof id === "string" ? id : undefined;
}
