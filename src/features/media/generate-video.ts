import type { JsonObject } from "../../lib/json.ts";
import { providerWorked } from "../provider-settings/runbook.ts";
import type { MediaContext } from "./context.ts";
import { assertManifest } from "./manifest.ts";
import { settleFailure } from "./paid-failure.ts";
import { waitForVideo, type VideoOutcome } from "./resume-video.ts";
import { reserve } from "./spend.ts";
import { channelOf } from "./trouble.ts";
import { firstFrame, videoWork, type VideoArgs } from "./video-work.ts";

/** Starts one video and waits for it a little. Its estimate is reserved before anything is asked, and the provider's handle is stored before it is asked for. */
export async function generateVideo(args: VideoArgs, context: MediaContext): Promise<VideoOutcome> {
  const frame = args.image_path === undefined ? undefined : await firstFrame(context.store, args.image_path);
  const { work, call, lost } = await context.transact(async (tx) => {
    await assertManifest(tx);
    const found = await videoWork(tx, args, frame, context.world);
    return { work: found, ...(await reserve(tx, found, context)) };
  });
  let operation: JsonObject;
  try {
    operation = await work.provider.start(work.asked, work.open(context.signal));
  } catch (error) {
    throw await settleFailure(context, call, work.resolved.spec, error);
  }
  const store = () =>
    context.transact(async (tx) => {
      await providerWorked(tx, channelOf("video", work.resolved.spec));
      return tx.paidCalls.transition(call.id, "started", { operation });
    });
  // Without its operation a paid video is lost: a lock that was held too long is waited for once more.
  const started = await store().catch(store);
  return waitForVideo(
    started,
    work,
    context,
    lost.map(({ id }) => id),
  );
}
