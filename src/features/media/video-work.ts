import { z } from "zod";
import { OhmymktError } from "../../errors.ts";
import { sha256 } from "../../lib/canonical.ts";
import { mediaType } from "../../lib/media-type.ts";
import type { PaidCall } from "../../lib/paid-calls.ts";
import { MEDIA_LIMITS } from "../../providers/checked-media.ts";
import type { Access } from "../../providers/provider.ts";
import { VIDEO_PROVIDERS } from "../../providers/video/registry.ts";
import type { VideoProvider, VideoRequest } from "../../providers/video/video-provider.ts";
import type { World } from "../../providers/world.ts";
import type { Store, Transaction } from "../../store/store.ts";
import { resolveSetting, type ResolvedSetting } from "../provider-settings/settings.ts";
import { access, ready } from "./image-work.ts";
import { wholeFile } from "./project-files.ts";
import type { PaidWork } from "./spend.ts";
import { assertNotSkipped } from "./trouble.ts";

/** Largest first frame, bytes; providers take it inside of a JSON request. */
const MOST_FRAME_BYTES = 10 * 1024 * 1024;

const FRAMES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp"]);

/** What a call asks of a video. */
export interface VideoArgs {
  prompt: string;
  image_path?: string | undefined;
  duration_sec?: number | undefined;
  aspect?: string | undefined;
  name?: string | undefined;
  alt_text?: string | undefined;
}

/** What is stored of a started video; enough to name and record it when it is done. */
export const VideoRow = z.strictObject({
  prompt: z.string(),
  model: z.string(),
  duration: z.number(),
  aspect: z.string().optional(),
  image: z.strictObject({ path: z.string(), hash: z.string() }).optional(),
  name: z.string().optional(),
  alt_text: z.string().optional(),
});
export type VideoRow = z.infer<typeof VideoRow>;

/** A picture of the project that a video begins with. */
export interface FirstFrame {
  path: string;
  hash: string;
  bytes: Uint8Array;
  mime: string;
}

/** The provider of a video, opened under the setting that counts now. */
export interface OpenedVideo {
  resolved: ResolvedSetting;
  provider: VideoProvider;
  open(signal: AbortSignal): Access;
}

export interface VideoWork extends PaidWork, OpenedVideo {
  asked: VideoRequest;
}

/** Reads a first frame. Throws what `store.file` throws, and `invalid_arguments` for what is no picture. */
export async function firstFrame(store: Pick<Store, "file">, path: string): Promise<FirstFrame> {
  const { path: inside, bytes } = await wholeFile(store, path, MOST_FRAME_BYTES);
  const type = mediaType(bytes);
  if (!type || !FRAMES.has(type.mime)) {
    throw new OhmymktError(
      "invalid_arguments",
      `image_path expected a PNG, JPEG or WebP, got ${JSON.stringify(path)}`,
      {
        hint: "give the path of a picture; nothing was asked or spent",
      },
    );
  }
  return { path: inside, hash: sha256(bytes), bytes, mime: type.mime };
}

/** The provider of the setting in use, or the named one. Throws `provider` with the call that mends it. */
export async function openVideo(tx: Transaction, world: World, name?: string): Promise<OpenedVideo> {
  const resolved = await resolveSetting(tx, "video", name);
  const provider = await VIDEO_PROVIDERS[resolved.spec.id]?.();
  if (!provider) throw new OhmymktError("internal", `there is no video provider ${resolved.spec.id}`);
  const open = (signal: AbortSignal): Access => access(resolved, world, signal, MEDIA_LIMITS.video);
  return { resolved, provider, open };
}

/** What would be asked of the provider in use, and what that costs; asks nothing of anybody. */
export async function videoWork(
  tx: Transaction,
  args: VideoArgs,
  frame: FirstFrame | undefined,
  world: World,
): Promise<VideoWork> {
  const opened = await openVideo(tx, world);
  const { resolved, provider, open } = opened;
  await assertNotSkipped(tx, "video", resolved.spec);
  // A person is not asked about what could not be done.
  const { options } = ready("video", resolved.spec, () => open(new AbortController().signal));
  const model = provider.model(options, frame !== undefined);
  const { prompt, aspect, name, alt_text } = args;
  const duration = args.duration_sec ?? provider.usualDuration(model);
  const row = {
    prompt,
    model,
    duration,
    ...(aspect === undefined ? {} : { aspect }),
    ...(frame ? { image: { path: frame.path, hash: frame.hash } } : {}),
    ...(name === undefined ? {} : { name }),
    ...(alt_text === undefined ? {} : { alt_text }),
  } satisfies VideoRow;
  return {
    ...opened,
    category: "video",
    asked: { prompt, model, duration, aspect, ...(frame ? { image: frame } : {}) },
    model,
    request: row,
    listPrice: provider.price({ model, duration }, options),
    units: duration,
    prompt,
  };
}

/** What was asked when this call was made; throws `corrupt_document`. */
export function rowOf(call: PaidCall): VideoRow {
  const row = VideoRow.safeParse(call.request);
  if (row.success) return row.data;
  throw new OhmymktError("corrupt_document", `the request of the paid call ${call.id} is damaged`);
}
