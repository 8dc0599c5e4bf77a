import type { Actor } from "../../lib/actor.ts";
import type { Approval } from "../../lib/approvals.ts";
import type { World } from "../../providers/world.ts";
import type { Store, Transaction } from "../../store/store.ts";

/** What a generating call works with. */
export interface MediaContext {
  store: Store;
  world: World;
  signal: AbortSignal;
  actor: Actor;
  newId(prefix: string): string;
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Spends the person's approval of exactly this subject; throws `stale` where it was given for another. */
  spend(tx: Transaction, subject: unknown): Promise<Approval>;
}
