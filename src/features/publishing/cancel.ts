import { OhmymktError } from "../../errors.ts";
import { isOnPlatform, UNSENT_STATES } from "../../lib/outbox.ts";
import { transact, type PublishDesk, type Sending } from "./desk.ts";
import { recall } from "./platform-schedule.ts";
import { inPortions, rows } from "./portions.ts";
import { told } from "./told.ts";

/** Cancels what was not sent of a delivery or batch; what a platform holds for its time is taken from it. Throws `not_found`. */
export async function cancelDeliveries(desk: PublishDesk, id: string): Promise<Sending[]> {
  const one = await transact(desk, (tx) => tx.outbox.get(id));
  const found = one ? [one] : await rows(desk, { batch: id });
  if (found.length === 0)
    throw new OhmymktError("not_found", `there is no delivery ${JSON.stringify(id)}`, {
      hint: 'ohmymkt_publish {action: "status"} lists them',
    });
  const deliveries = await inPortions(desk, found, async (tx, portion) => {
    const answers: Sending[] = [];
    for (const seen of portion) {
      const item = (await tx.outbox.get(seen.id)) ?? seen;
      answers.push(
        UNSENT_STATES.has(item.state)
          ? { item: await tx.outbox.transition(item.id, "cancelled", {}, { reason: "cancelled by request" }) }
          : { item, why: `it is ${item.state} and cannot be cancelled` },
      );
    }
    return answers;
  });
  const done: Sending[] = [];
  for (const delivery of deliveries) {
    const { item } = delivery;
    const isThere = item.state === "cancelled" && isOnPlatform(item);
    done.push(isThere ? await told(desk, item, () => recall(desk, item)) : delivery);
  }
  return done;
}
