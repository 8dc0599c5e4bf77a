import { OhmymktError } from "../../errors.ts";
import type { OutboxItem, Receipt } from "../../lib/outbox.ts";
import { oneLine } from "../../lib/research.ts";
import type { Transaction } from "../../store/store.ts";
import type { PublishDesk } from "./desk.ts";
import { personsTask } from "./read-back.ts";
import { writeSent } from "./sent.ts";

/** What a person found out about an unknown row. */
export interface Finding {
  item: OutboxItem;
  arrived: boolean;
}

/** The unknown row that a person found out about. Throws `not_found`, `invalid_transition` or `invalid_arguments`. */
export async function resolvable(tx: Transaction, id: string, arrived: boolean | undefined): Promise<Finding> {
  const item = await tx.outbox.get(id);
  if (!item) throw new OhmymktError("not_found", `there is no delivery ${JSON.stringify(id)}`);
  if (item.state !== "unknown")
    throw new OhmymktError(
      "invalid_transition",
      `only an unknown delivery is resolved by a person; ${id} is ${item.state}`,
    );
  if (arrived === undefined)
    throw new OhmymktError("invalid_arguments", "resolve expected arrived: true or false, got neither", {
      hint: "ask the recipient or look at the server's log first",
    });
  return { item, arrived };
}

/** What a person approves: this finding about this attempt. */
export function findingSubject({ item, arrived }: Finding): unknown {
  return { resolve: item.id, arrived, attempts: item.attempts, started_at: item.started_at ?? null };
}

/** The question in one line; a yes to "did not arrive" sends it again. */
export function findingQuestion({ item, arrived }: Finding): string {
  const { id, platform, account, payload } = item;
  const what = `${id} on ${platform} as ${account}${payload.to ? ` to ${payload.to}` : ""}`;
  const text = JSON.stringify(oneLine(payload.title ?? payload.text, 200));
  return `${what} ${arrived ? "did arrive, and is not sent again" : "did not arrive, and is sent AGAIN now"}: ${text}`;
}

/** The receipt of what no longer waits for its time. */
function shown({ scheduled_for: _waits, ...receipt }: Receipt): Receipt {
  return receipt;
}

/** Records what a person found out: it arrived, or it did not and may be sent again under the approval it has. */
export async function recordFinding(
  tx: Transaction,
  desk: PublishDesk,
  { item, arrived }: Finding,
): Promise<OutboxItem> {
  const reason = `a person says that it ${arrived ? "arrived" : "did not arrive"}`;
  const after = arrived
    ? await writeSent(tx, desk, item, item.receipt && shown(item.receipt), reason)
    : await tx.outbox.transition(item.id, "retryable", { owner: null, receipt: null }, { reason });
  const task = await tx.tasks.get(await personsTask(tx, item));
  if (task?.status === "pending") {
    await tx.tasks.transition(task.id, "claimed", { agent: "person" });
    const results = task.acceptance_criteria.map((criterion) => ({ criterion, evidence: reason }));
    await tx.tasks.transition(task.id, "completed", { result: reason, results });
  }
  return after;
}
