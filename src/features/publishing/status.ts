import { OPEN_STATES, type OutboxItem, type OutboxState } from "../../lib/outbox.ts";
import { OhmymktError } from "../../errors.ts";
import type { Transaction } from "../../store/store.ts";
import { accountOf, haltedAccounts } from "./halted.ts";
import { inPortions, rows } from "./portions.ts";
import { transact, type PublishDesk, type Sending } from "./desk.ts";

/** States that wait for their turn only; the other open ones wait for a person or an answer. */
const IN_TURN: readonly OutboxState[] = ["approved", "scheduled", "retryable"];
const STUCK = OPEN_STATES.filter((state) => !IN_TURN.includes(state));
/** Rows of each kind in one answer. */
const SHOWN = 100;

/** The deliveries of an id or batch; without one those still open, and how many there are in each state. */
export async function listDeliveries(
  desk: PublishDesk,
  id: string | undefined,
  moved: readonly Sending[],
): Promise<{ deliveries: Sending[]; counts?: Record<string, number> }> {
  const why = new Map(moved.map((one) => [one.item.id, one.why]));
  const halted = await haltedAccounts(desk);
  const told = async (tx: Transaction, item: OutboxItem): Promise<Sending> => ({
    item,
    why:
      why.get(item.id) ??
      (await heldFor(tx, item)) ??
      item.problem?.message ??
      (IN_TURN.includes(item.state) ? halted.get(accountOf(item)) : undefined),
  });
  const all = (tx: Transaction, items: readonly OutboxItem[]): Promise<Sending[]> =>
    Promise.all(items.map((item) => told(tx, item)));
  if (id !== undefined) {
    const one = await transact(desk, (tx) => tx.outbox.get(id));
    const found = one ? [one] : await rows(desk, { batch: id });
    if (found.length > 0) return { deliveries: await inPortions(desk, found, all) };
    throw new OhmymktError("not_found", `there is no delivery ${JSON.stringify(id)}`, {
      hint: 'ohmymkt_publish {action: "status"} lists them',
    });
  }
  return transact(desk, async (tx) => {
    const open = [
      ...(await tx.outbox.list({ state: STUCK, limit: SHOWN })),
      ...(await tx.outbox.list({ state: IN_TURN, limit: SHOWN })),
    ];
    const newly = moved.filter(({ item }) => !open.some((row) => row.id === item.id));
    const counts = Object.entries(await tx.outbox.count()).filter(([, count]) => count > 0);
    return { deliveries: [...newly, ...(await all(tx, open))], counts: Object.fromEntries(counts) };
  });
}

/** Why a row is held, as it was written down. */
async function heldFor(tx: Transaction, { id, state }: OutboxItem): Promise<string | undefined> {
  return state === "held" ? (await tx.ledger.latest("outbox.held", id))?.reason : undefined;
}
