import type { OutboxItem } from "../../lib/outbox.ts";
import { adapterOf, transact, type PublishDesk, type Sending } from "./desk.ts";
import { failureOf } from "./outcome.ts";
import { withoutSecrets } from "./redacted.ts";

/** Does a row's work; its trouble is told with the row as it is by then, so that the others go on. */
export async function told<T extends Sending | undefined>(
  desk: PublishDesk,
  item: OutboxItem,
  work: () => Promise<T>,
): Promise<T | Sending> {
  try {
    return await work();
  } catch (error) {
    const present = await transact(desk, (tx) => tx.outbox.get(item.id));
    const { message } = failureOf(error);
    const adapter = await adapterOf(desk, item.platform).catch(() => undefined);
    return { item: present ?? item, why: adapter ? withoutSecrets(desk, { adapter }, message) : message };
  }
}
