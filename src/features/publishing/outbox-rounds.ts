import { createNews, createRounds, type Rounds, type RoundsOptions } from "../rounds.ts";
import { drain } from "./drain.ts";
import { transact, type PublishDesk } from "./desk.ts";

/** Longest pause between two looks at one row on its platform, milliseconds. */
const LONGEST_MS = 30 * 60_000;

/** Looks after the outbox while the host runs: sends what is due, reads back what is unknown. What stays as it was is logged once. */
export function createOutboxRounds({
  desk: open,
  ...options
}: RoundsOptions & { desk(): Promise<PublishDesk> }): Rounds {
  const news = createNews(options.log, LONGEST_MS);
  const round = async (): Promise<void> => {
    const desk = await open();
    if (!(await desk.store.exists()) || !(await hasWork(desk))) return;
    const { now } = desk.world;
    for (const { item, why } of await drain(desk, { rests: ({ id }) => news.rests(id, now()) })) {
      if (why === undefined) news.forget(item.id);
      else news.hear(item.id, `outbox: ${item.id} is ${item.state}: ${why}`, now());
    }
  };
  return createRounds("outbox", round, options);
}

/** Something that a round could move on: due, left behind by a dead process, unknown, or kept by a platform. */
async function hasWork(desk: PublishDesk): Promise<boolean> {
  return transact(desk, async (tx) => {
    const { sending, unknown, retracting } = await tx.outbox.count();
    if (sending + unknown + retracting > 0) return true;
    if ((await tx.outbox.list({ due: true, limit: 1 })).length > 0) return true;
    return (await tx.outbox.list({ onPlatform: true, state: ["scheduled", "held", "cancelled"], limit: 1 })).length > 0;
  });
}
