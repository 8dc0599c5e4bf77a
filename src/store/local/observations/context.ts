import type { LedgerEvent, LedgerRow } from "../../../lib/ledger.ts";
import type { Context } from "../context.ts";

/** What the ledger says of a batch; `evidence` is as it was appended. */
export interface Seal {
  subject: string;
  evidence?: unknown;
}

/** What observations need of an open transaction: the database, and the ledger that seals every batch. */
export interface ObservationContext extends Pick<Context, "sql" | "cause" | "now" | "nowMs"> {
  appendLedger(event: LedgerEvent): LedgerRow;
  /** Every `observations.*` row of the ledger. */
  seals(): Iterable<Seal>;
}

/** The name under which batch and ledger row know each other. */
export function batchName(id: number): string {
  return `batch-${id}`;
}
