import { isOnPlatform, type OutboxItem } from "../../lib/outbox.ts";
import { asSeen } from "./as-seen.ts";
import { transact, type PublishDesk, type Sending } from "./desk.ts";
import { accountOf, haltedAccounts, isHalting } from "./halted.ts";
import { abandonedAfter } from "./lease.ts";
import { publishObstacles } from "./obstacles.ts";
import { arrive, recall } from "./platform-schedule.ts";
import { breathe, rows } from "./portions.ts";
import { settle } from "./read-back.ts";
import { finishRetract } from "./retract.ts";
import { sendItem } from "./send.ts";
import { told } from "./told.ts";

export interface DrainLimits {
  /** Epoch ms after which nothing further is begun. */
  until?: number;
  /** Rows whose platform is not asked about them this time. */
  rests?(item: OutboxItem): boolean;
}

/** Moves on whatever can move without a person: rows that a dead process left, unknown ones that can be read back, due ones, and what platforms were to show by now. Sends nothing twice, from however many processes it runs. */
export async function drain(
  desk: PublishDesk,
  { until = Infinity, rests = () => false }: DrainLimits = {},
): Promise<Sending[]> {
  const done: Sending[] = [];
  const goesOn = (): boolean => !desk.signal.aborted && desk.world.now() <= until;
  const each = async (
    items: readonly OutboxItem[],
    work: (item: OutboxItem) => Promise<Sending | undefined>,
  ): Promise<void> => {
    for (const item of items) {
      const moved = goesOn() ? await told(desk, item, () => work(item)) : undefined;
      await breathe(desk);
      if (moved) done.push(moved);
    }
  };
  const wakes = (item: OutboxItem): boolean => !rests(item);
  // First what must not appear: a platform shows it at its time, whatever else there is to do.
  await each(await rows(desk, { state: ["scheduled"], onPlatform: true }), (item) => holdThere(desk, item));
  await each(await rows(desk, { state: ["held", "cancelled"], onPlatform: true }, wakes), (item) => recall(desk, item));
  await each(await rows(desk, { state: ["sending", "retracting"] }, abandoned(desk)), (item) => pickUp(desk, item));
  await each(await rows(desk, { state: ["unknown"] }, wakes), (item) => settle(desk, item));
  const halted = await haltedAccounts(desk);
  const goesNow = (item: OutboxItem): boolean => (isKept(item) ? wakes(item) : !halted.has(accountOf(item)));
  for (const item of await rows(desk, { due: true }, goesNow)) {
    if (!goesOn() || !goesNow(item)) continue;
    const sending = await told(desk, item, () => (isKept(item) ? arrive(desk, item) : sendItem(desk, item.id)));
    if (isHalting(sending)) halted.set(accountOf(item), item.id);
    done.push(sending);
    await breathe(desk);
  }
  return done;
}

/** Whether the platform is to show it by itself. */
function isKept(item: OutboxItem): boolean {
  return item.state === "scheduled" && isOnPlatform(item);
}

function abandoned({ world, config }: PublishDesk): (item: OutboxItem) => boolean {
  return ({ owner, updated_at }) => {
    if (world.now() - Date.parse(updated_at) > abandonedAfter(config.publishing)) return true;
    if (!owner || owner.boot === world.owner.boot) return owner === undefined;
    return owner.pid === world.owner.pid || !world.isAlive(owner.pid);
  };
}

async function pickUp(desk: PublishDesk, seen: OutboxItem): Promise<Sending> {
  const { id, state } = seen;
  const problem = { kind: "uncertain", message: "the process that sent it ended before the outcome was known" };
  const item = await transact(desk, async (tx) => {
    await asSeen(tx, seen);
    if (state === "sending") return tx.outbox.transition(id, "unknown", { owner: null, problem });
    await tx.outbox.transition(id, "retract_failed", { owner: null });
    return tx.outbox.transition(
      id,
      "retracting",
      { owner: desk.world.owner },
      { reason: "taken over from a process that ended" },
    );
  });
  return state === "sending" ? settle(desk, item) : finishRetract(desk, item);
}

/** What a platform keeps for its time is held while the rules forbid publishing it: the platform asks nobody. */
async function holdThere(desk: PublishDesk, seen: OutboxItem): Promise<Sending | undefined> {
  return transact(desk, async (tx) => {
    const item = await asSeen(tx, seen);
    const why = (await publishObstacles(tx, item)).join("; ");
    if (why === "") return undefined;
    return { item: await tx.outbox.transition(item.id, "held", {}, { reason: why }), why: `held: ${why}` };
  });
}
