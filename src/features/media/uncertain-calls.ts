import { OhmymktError } from "../../errors.ts";
import type { PaidCall } from "../../lib/paid-calls.ts";
import type { World } from "../../providers/world.ts";
import type { Transaction } from "../../store/store.ts";
import { settleLost } from "./lost-calls.ts";

type Processes = Pick<World, "owner" | "isAlive">;

/** Paid calls of which nobody knows whether they were charged, oldest first; those whose process died meanwhile are among them. */
export async function uncertainCalls(tx: Transaction, world: Processes): Promise<PaidCall[]> {
  await settleLost(tx, world);
  return tx.paidCalls.list({ state: ["unknown"] });
}

/** Records what the provider's account shows of such a call: `charged` stays spent, anything else gives its estimate back to the budget. Throws `not_found`, or `invalid_transition` where it is known already. */
export async function resolveCall(tx: Transaction, world: Processes, id: string, charged: boolean): Promise<PaidCall> {
  await settleLost(tx, world);
  const call = await tx.paidCalls.get(id);
  if (!call) throw new OhmymktError("not_found", `there is no paid call ${JSON.stringify(id)}`, { hint: LIST });
  if (call.state !== "unknown")
    throw new OhmymktError(
      "invalid_transition",
      `the paid call ${id} is ${call.state}, so there is nothing to resolve`,
      {
        hint: LIST,
      },
    );
  const found = `a person found that it was ${charged ? "" : "not "}charged`;
  const problem = call.problem === undefined ? found : `${call.problem}; ${found}`;
  return tx.paidCalls.transition(id, charged ? "done" : "released", { problem });
}

const LIST = "`ohmymkt spend` lists the calls that may have been charged";
