import { isOnPlatform, type OutboxItem } from "../../lib/outbox.ts";
import { transact, type PublishDesk, type Sending } from "./desk.ts";
import { accountOf, isHalting } from "./halted.ts";
import { breathe } from "./portions.ts";
import { sendItem } from "./send.ts";
import { told } from "./told.ts";

/** Milliseconds after which a call stops beginning further deliveries. */
export const CALL_MS = 45_000;

/** Milliseconds between two looks, and how many there are. */
const LOOK_MS = 500;
const LOOKS = 60;

const LATER =
  'not begun yet; it goes out with the next round, or with ohmymkt_publish {action: "status"}; action: "cancel" stops it';

/** Sends the rows of a call, one after the other, until its time is over or an account stands still; the outbox's rounds send the rest. */
export async function sendAll(desk: PublishDesk, rows: readonly OutboxItem[]): Promise<Sending[]> {
  const until = desk.world.now() + CALL_MS;
  const halted = new Map<string, string>();
  const done: Sending[] = [];
  for (const row of rows) {
    const item = (await transact(desk, (tx) => tx.outbox.get(row.id))) ?? row;
    const why = halted.get(accountOf(item));
    if (item.state === "sending") done.push(await outcome(desk, { item }, until));
    else if ((item.state !== "approved" && item.state !== "retryable") || isOnPlatform(item))
      done.push({ item, why: asItStands(item) });
    else if (why !== undefined) done.push({ item, why });
    else if (desk.world.now() > until || desk.signal.aborted) done.push({ item, why: LATER });
    else {
      await breathe(desk);
      const sending = await told(desk, item, async () => outcome(desk, await sendItem(desk, item.id), until));
      done.push(sending);
      if (isHalting(sending)) halted.set(accountOf(item), `it waits behind ${item.id}`);
    }
  }
  return done;
}

/** Looks for half a minute what comes of a delivery that a round, or another process, has just begun to send. */
async function outcome(desk: PublishDesk, sending: Sending, until: number): Promise<Sending> {
  let { item, why } = sending;
  const goesOn = (): boolean => !desk.signal.aborted && desk.world.now() <= until;
  for (let look = 0; item.state === "sending" && look < LOOKS && goesOn(); look += 1) {
    await desk.world.sleep(LOOK_MS, desk.signal).catch(() => undefined);
    item = (await transact(desk, (tx) => tx.outbox.get(item.id))) ?? item;
    why = item.problem?.message;
  }
  return item.state === "sending" ? { item, why: "it is being sent at this moment" } : { item, why };
}

function asItStands({ state, problem }: OutboxItem): string | undefined {
  return state === "sent" ? "it was sent before; nothing was sent again" : problem?.message;
}
