import { OPEN_STATES, type OutboxItem, type OutboxState } from "../../lib/outbox.ts";
import type { PublishingLine, SpendLine } from "../../lib/reports.ts";
import { oneLine } from "../../lib/research.ts";
import type { Transaction } from "../../store/store.ts";
import type { KnownPlan } from "../governance/facts.ts";

/** States that a report tells of; a draft is nobody's news, and what was cancelled did not leave. */
const TOLD: Partial<Record<OutboxState, PublishingLine["status"]>> = {
  approved: "waiting",
  scheduled: "waiting",
  sending: "waiting",
  retryable: "waiting",
  quota_paused: "held",
  held: "held",
  sent: "sent",
  unknown: "unknown",
  rejected: "failed",
  retracting: "sent",
  retract_failed: "failed",
  retracted: "retracted",
};
/** States of the past. */
const CLOSED: readonly OutboxState[] = ["sent", "rejected", "retracted"];
const PAGE = 5000;
const TITLE = 80;

/** What left the building or was to leave it since an instant, and what is still open whatever its age, oldest first, a mailing in one line for each status; undefined when nothing ever was. */
export async function publishingLines(tx: Transaction, from: string): Promise<PublishingLine[] | undefined> {
  const counts = await tx.outbox.count();
  if (Object.values(counts).every((count) => count === 0)) return undefined;
  const open = await tx.outbox.list({ state: OPEN_STATES });
  const closed = await tx.outbox.list({ state: CLOSED, updatedFrom: from });
  const items = [...open, ...closed].toSorted((a, b) => a.created_at.localeCompare(b.created_at));
  const mailings = Map.groupBy(items, ({ id, batch, payload, state }) => (payload.to ? `${batch} ${TOLD[state]}` : id));
  return [...mailings.values()].flatMap(([first, ...others]) =>
    first ? [publishingLine(first, others.length + 1)] : [],
  );
}

function publishingLine(item: OutboxItem, recipients: number): PublishingLine {
  const { state, platform, account, payload, receipt, problem, sent_at, updated_at } = item;
  const where = receipt && (receipt.url ?? receipt.remote_id);
  const isUnseen = state === "sent" ? receipt?.remote_hash === undefined : state === "retracted" && problem;
  const seen = isUnseen ? ` (${state === "sent" ? "accepted" : "taken back"}, not read back)` : "";
  const detail = where === undefined ? problem?.message : `${where}${seen}`;
  const title = oneLine(payload.title ?? payload.text, TITLE);
  return {
    title: recipients > 1 ? `${title} (${recipients} recipients)` : title,
    platform: `${platform}, ${account}`,
    status: TOLD[state] ?? "waiting",
    at: sent_at ?? updated_at,
    ...(detail && recipients === 1 ? { receipt: oneLine(detail, 300) } : {}),
  };
}

/** What the plan in force has spent or reserved, by what it went for; undefined when nothing ever was. */
export async function spendLines(tx: Transaction, plan: KnownPlan | undefined): Promise<SpendLine[] | undefined> {
  if (!plan) return undefined;
  const calls = (await tx.paidCalls.list({ plan: plan.name, limit: PAGE })).filter(({ state }) => state !== "released");
  if (calls.length === 0) return undefined;
  const sums = new Map<string, SpendLine>();
  for (const { category, provider, model, estimate } of calls) {
    const purpose = `${category} by ${provider} ${model}`;
    const key = `${purpose} ${estimate.currency}`;
    const before = sums.get(key)?.spent.amount ?? 0;
    sums.set(key, { purpose, spent: { ...estimate, amount: Math.round((before + estimate.amount) * 1e6) / 1e6 } });
  }
  const total = await tx.paidCalls.committed(plan.name);
  const { budget } = plan.plan;
  return [
    ...sums.values(),
    ...total.map((spent) => ({
      purpose: `${plan.name}: all estimates`,
      spent,
      ...(budget?.currency === spent.currency ? { limit: budget } : {}),
    })),
  ];
}
