import type { PaidCall } from "../../lib/paid-calls.ts";
import type { World } from "../../providers/world.ts";
import type { Transaction } from "../../store/store.ts";

/** No exchange with a provider lasts as long, repetitions included; ms. A process number may belong to somebody else by then. */
const LONGEST_CALL_MS = 30 * 60_000;
/** Rows that are looked at in one call; the others are found at the next. */
const MOST = 200;

/** Calls whose process ended between reservation and answer become `unknown`, and so count as spent. Those that have an operation go on by their id. */
export async function settleLost(tx: Transaction, world: Pick<World, "owner" | "isAlive">): Promise<PaidCall[]> {
  const reserved = await tx.paidCalls.list({ state: ["reserved"], limit: MOST });
  const lost = reserved.filter((call) => isLost(call, tx.now, world));
  return Promise.all(
    lost.map((call) =>
      tx.paidCalls.transition(call.id, "unknown", {
        problem: "the process that made the call ended before the answer",
      }),
    ),
  );
}

/** Whether nobody waits any more for the answer to a reserved call. */
export function isLost(
  { owner, updated_at }: Pick<PaidCall, "owner" | "updated_at">,
  now: string,
  world: Pick<World, "owner" | "isAlive">,
): boolean {
  if (owner.pid === world.owner.pid && owner.boot === world.owner.boot) return false;
  if (Date.parse(now) - Date.parse(updated_at) > LONGEST_CALL_MS) return true;
  return owner.pid === world.owner.pid || !world.isAlive(owner.pid);
}
