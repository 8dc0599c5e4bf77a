import type { JsonObject } from "../lib/json.ts";
import type { NewOutboxItem, OutboxChange, OutboxItem, OutboxState } from "../lib/outbox.ts";
import type { NewPaidCall, PaidCall, PaidCallState } from "../lib/paid-calls.ts";
import type { Money } from "../lib/plans.ts";

/** Everything that is published, one row a delivery. Each change is in the ledger as `outbox.<state>` with the row's id as subject. */
export interface Outbox {
  /** A draft with a fresh id; where the key is there already, that row as it is. Throws `invalid_arguments`. */
  add(item: NewOutboxItem): Promise<OutboxItem>;
  get(id: string): Promise<OutboxItem | undefined>;
  /** Oldest first. `due` finds what may be sent now: approved, scheduled or retryable, and not before its time; `sentFrom` what was sent at or after that instant and not retracted; `onPlatform` what a platform keeps for its time; `updatedFrom` what changed at or after that instant. */
  list(filter?: {
    state?: readonly OutboxState[];
    batch?: string;
    platform?: string;
    campaign?: string;
    asset?: string;
    due?: boolean;
    onPlatform?: boolean;
    updatedFrom?: string;
    sentFrom?: string;
    limit?: number;
    offset?: number;
  }): Promise<OutboxItem[]>;
  count(): Promise<Record<OutboxState, number>>;
  /** Moves a row along the transition table and writes what comes with it. Leaving an attempt clears its owner; `sent_at` and `retracted_at` are now where they are not given. Throws `not_found`, `invalid_transition`, or `invalid_arguments` for what does not fit or lacks its ground: an approval (a new one after `held`), an owner while `sending`. */
  transition(
    id: string,
    to: OutboxState,
    change?: OutboxChange,
    note?: { reason?: string; evidence?: unknown },
  ): Promise<OutboxItem>;
  /** Changes what was found out about a row without moving it, such as a receipt that no longer holds; null removes. Throws `not_found`. */
  amend(
    id: string,
    change: Pick<OutboxChange, "receipt" | "progress" | "problem">,
    note: { reason: string },
  ): Promise<OutboxItem>;
  /** Stores what an adapter must know of its own steps; only while the row is `sending`, by its owner. Throws `stale`. */
  progress(id: string, owner: { pid: number; boot: string }, progress: JsonObject): Promise<OutboxItem>;
}

/** Calls that cost money. Each change is in the ledger as `spend.<state>` with the row's id as subject, estimate included. */
export interface PaidCalls {
  /** A `reserved` row with a fresh id. Throws `invalid_arguments`. */
  reserve(call: NewPaidCall): Promise<PaidCall>;
  get(id: string): Promise<PaidCall | undefined>;
  /** Oldest first. */
  list(filter?: {
    state?: readonly PaidCallState[];
    plan?: string;
    limit?: number;
    offset?: number;
  }): Promise<PaidCall[]>;
  /** What counts against a plan's budget, one sum per currency, by its code. */
  committed(plan: string): Promise<Money[]>;
  /** Moves a row along the transition table; what is left out stays. Throws `not_found`, `invalid_transition`, or `invalid_arguments`, also for `started` without its operation. */
  transition(
    id: string,
    to: PaidCallState,
    change?: Partial<Pick<PaidCall, "operation" | "file" | "problem" | "owner">>,
  ): Promise<PaidCall>;
  /** Hands a running call to another process. Throws `not_found`, or `invalid_transition` after its end. */
  assign(id: string, owner: { pid: number; boot: string }): Promise<PaidCall>;
}
