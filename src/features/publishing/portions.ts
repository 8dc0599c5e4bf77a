import type { OutboxItem } from "../../lib/outbox.ts";
import type { Transaction } from "../../store/store.ts";
import { transact, type PublishDesk } from "./desk.ts";

/** Rows that one transaction writes: about 10 ms, for which nobody else in any process gets the project's lock. */
const PORTION = 40;

/** Lets everybody else in this process have a turn. */
export async function breathe({ world }: PublishDesk): Promise<void> {
  await world.sleep(0);
}

/** Does the work of many rows in transactions of a few, with a turn for everybody else in between. */
export async function inPortions<T, R>(
  desk: PublishDesk,
  all: readonly T[],
  work: (tx: Transaction, portion: readonly T[], at: number) => Promise<R[]>,
): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < all.length; at += PORTION) {
    if (at > 0) await breathe(desk);
    done.push(...(await transact(desk, (tx) => work(tx, all.slice(at, at + PORTION), at))));
  }
  return done;
}

/** Rows that are read in one transaction, for the same reason. */
const PAGE = 100;

/** All rows of a filter, oldest first, a page at a time. */
export async function rows(
  desk: PublishDesk,
  filter: NonNullable<Parameters<Transaction["outbox"]["list"]>[0]>,
  fits: (item: OutboxItem) => boolean = () => true,
): Promise<OutboxItem[]> {
  const found: OutboxItem[] = [];
  for (let offset = 0; ; offset += PAGE) {
    if (offset > 0) await breathe(desk);
    const page = await transact(desk, (tx) => tx.outbox.list({ ...filter, limit: PAGE, offset }));
    found.push(...page.filter(fits));
    if (page.length < PAGE) return found;
  }
}
