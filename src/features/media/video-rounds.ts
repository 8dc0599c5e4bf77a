import type { PaidCall } from "../../lib/paid-calls.ts";
import { createNews, createRounds, ROUND_MS, type Rounds, type RoundsOptions } from "../rounds.ts";
import type { AskingContext } from "./resume-video.ts";

/** Longest pause between two questions for a video that goes on as before, milliseconds; services keep a finished file for an hour. */
const LONGEST_MS = 20 * 60_000;
/** Videos that are asked for in one round. */
const MOST = 20;

/** Fetches what was started and paid for, also when the call, the session or the process that waited for it is gone. `tell` hears once how each video ended, `log` what keeps one from being asked for. */
export function createVideoRounds({
  context: open,
  tell,
  ...options
}: RoundsOptions & { context(): Promise<AskingContext>; tell(message: string): void }): Rounds {
  const news = createNews(options.log, LONGEST_MS);
  const look = async (call: PaidCall, context: AskingContext): Promise<void> => {
    const { id } = call;
    const now = context.world.now();
    // The call that started it waits itself for so long.
    if (news.rests(id, now) || Date.parse(call.updated_at) + ROUND_MS > now) return;
    const line = await lineOf(call, context);
    const ended = await context.transact(async (tx) => (await tx.paidCalls.get(id))?.state !== "started");
    if (!ended) return news.hear(id, line, now);
    news.forget(id);
    tell(line);
  };
  const round = async (isOver: () => boolean): Promise<void> => {
    const context = await open();
    if (!(await context.store.exists())) return;
    const started = await context.transact((tx) => tx.paidCalls.list({ state: ["started"], limit: MOST }));
    for (const call of started) if (!isOver()) await look(call, context);
  };
  return createRounds("videos", round, options);
}

/** How a video stands after one question; nothing while it is being made. */
async function lineOf({ id }: PaidCall, context: AskingContext): Promise<string> {
  // Most projects have no video to ask for.
  const { resumeVideo } = await import("./resume-video.ts");
  try {
    const outcome = await resumeVideo(id, context, []);
    return outcome.state === "done" ? `the video ${id} is there: ${outcome.path}` : "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
