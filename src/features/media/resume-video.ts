import { OhmymktError } from "../../errors.ts";
import { ASSET_MANIFEST, type Asset } from "../../lib/assets.ts";
import { sha256 } from "../../lib/canonical.ts";
import { extensionOf } from "../../lib/media-type.ts";
import type { PaidCall } from "../../lib/paid-calls.ts";
import { moneyText } from "../../lib/spend.ts";
import type { GeneratedMedia } from "../../providers/image/image-provider.ts";
import type { VideoState } from "../../providers/video/video-provider.ts";
import type { Transaction } from "../../store/store.ts";
import { providerError } from "../provider-settings/provider-error.ts";
import type { MediaContext } from "./context.ts";
import type { GeneratedFile } from "./generate-image.ts";
import { settleLost } from "./lost-calls.ts";
import { nameFrom, record } from "./manifest.ts";
import { openVideo, rowOf, type OpenedVideo } from "./video-work.ts";

/** Pauses between questions, ms; then the call ends and leaves a job. */
const PAUSES_MS = [1000, 2000, 3000, 4000, 5000, 5000] as const;

/** Started videos that are told of. */
const MOST_TOLD = 20;

/** A finished video, or the id under which it is asked for again. */
export type VideoOutcome =
  | ({ state: "done" } & GeneratedFile)
  | { state: "working"; job: string; provider: string; model: string; reserved: string; lost: string[] };

export type AskingContext = Omit<MediaContext, "spend">;

/** Asks again for a video that was started, from any process; nothing is paid. Throws `not_found`, or `provider` with how it ended. */
export async function resumeVideo(
  id: string,
  context: AskingContext,
  pauses: readonly number[] = PAUSES_MS,
): Promise<VideoOutcome> {
  const { call, opened, asset } = await context.transact(async (tx) => {
    await settleLost(tx, context.world);
    const found = await tx.paidCalls.get(id);
    if (found?.category !== "video") throw unknownVideo(id);
    return {
      call: found,
      opened: found.state === "started" ? await openVideo(tx, context.world, found.provider) : undefined,
      asset: found.state === "done" ? await assetOf(tx, found) : undefined,
    };
  });
  if (asset) return { state: "done", ...fileOf(asset, call), warnings: [], lost: [] };
  if (opened) return waitForVideo(call, opened, context, [], pauses);
  throw ended(call);
}

/** The refusal of a video without a prompt; it tells which ones are being made, for those who lost their ids. */
export async function withoutPrompt(tx: Transaction): Promise<OhmymktError> {
  const started = await tx.paidCalls.list({ state: ["started"], limit: MOST_TOLD });
  const lines = started.map(
    (call) => `${call.id} is being made since ${call.created_at}: ${call.summary}; ask for it: ${askAgain(call.id)}`,
  );
  return new OhmymktError("invalid_arguments", ["expected a prompt for a video by AI, got none", ...lines].join("\n"), {
    hint: 'ohmymkt_generate_video {type: "ai", prompt: "…"}',
  });
}

/** Asks once, and again after each pause: for about 20 s unless told. */
export async function waitForVideo(
  call: PaidCall,
  opened: OpenedVideo,
  context: AskingContext,
  lost: string[],
  pauses: readonly number[] = PAUSES_MS,
): Promise<VideoOutcome> {
  for (let asked = 0; ; asked += 1) {
    const state = await ask(call, opened, context);
    if (state.state === "failed") throw await settleFailed(call, state.reason, context);
    if (state.state === "done") return { ...(await finish(call, state, context)), lost };
    const pause = pauses[asked];
    const waited = pause !== undefined && (await context.world.sleep(pause, context.signal).then(yes, no));
    if (!waited) {
      const { id: job, provider, model } = call;
      return { state: "working", job, provider, model, reserved: moneyText(call.estimate), lost };
    }
  }
}

const yes = (): boolean => true;
/** The caller went away; the work goes on without it. */
const no = (): boolean => false;

async function ask(
  call: PaidCall,
  { provider, resolved, open }: OpenedVideo,
  context: AskingContext,
): Promise<VideoState> {
  if (!call.operation) throw new OhmymktError("corrupt_document", `the paid call ${call.id} has lost its operation`);
  try {
    return await provider.ask(call.operation, call.model, open(context.signal));
  } catch (error) {
    const told = providerError(error, { category: "video", spec: resolved.spec });
    throw new OhmymktError(told.code, `${told.message}; the video ${call.id} was started, and nothing of it is lost`, {
      hint: `then ask for it again: ${askAgain(call.id)}`,
      cause: error,
    });
  }
}

/** The call that asks for a started video. */
export function askAgain(id: string): string {
  return `ohmymkt_generate_video {type: "ai", id: "${id}"}`;
}

/** Keeps the file and records it, once: when another process was faster, its record is the one that counts. */
async function finish(call: PaidCall, media: GeneratedMedia, context: AskingContext): Promise<VideoOutcome> {
  const row = rowOf(call);
  const name = row.name ?? nameFrom(row.prompt);
  const saved = await context.store.saveMedia("videos", name, extensionOf(media.mime), media.bytes);
  const generated = {
    hash: saved.hash,
    size: saved.size,
    ...(media.width && media.height ? { width: media.width, height: media.height } : {}),
    // What was asked for, where the film does not tell.
    duration_sec: media.seconds ?? row.duration,
    provider: call.provider,
    model: call.model,
    prompt_hash: sha256(row.prompt),
    warnings: media.warnings,
    estimate: call.estimate,
    paid_call: call.id,
    ai: true,
  };
  return context.transact(async (tx) => {
    const now = await tx.paidCalls.get(call.id);
    const there = now?.state === "done" ? await assetOf(tx, now) : undefined;
    if (there && now) return { state: "done", ...fileOf(there, now), warnings: [], lost: [] };
    const done = await tx.paidCalls.transition(call.id, "done", { file: { path: saved.path, hash: saved.hash } });
    const made = { type: "video" as const, name, mime: media.mime, path: saved.path, altText: row.alt_text, generated };
    const { asset, warnings } = await record(tx, context.actor, made);
    return { state: "done", ...fileOf(asset, done), warnings: [...media.warnings, ...warnings], lost: [] };
  });
}

async function assetOf(tx: Transaction, call: PaidCall): Promise<Asset> {
  const asset = (await tx.documents.read(ASSET_MANIFEST))?.assets.find((one) => one.generated?.paid_call === call.id);
  if (asset) return asset;
  throw new OhmymktError(
    "not_found",
    `the video ${call.id} is at ${call.file?.path ?? "an unknown place"}, and no asset of the manifest names it`,
    { hint: 'add it with ohmymkt_asset_manifest {action: "add", type: "video", …}' },
  );
}

function fileOf(asset: Asset, call: PaidCall): Pick<GeneratedFile, "asset" | "path" | "mime" | "size"> {
  return {
    asset,
    path: asset.path ?? call.file?.path ?? "",
    mime: asset.format ?? "video/mp4",
    size: asset.generated?.size ?? 0,
  };
}

async function settleFailed(call: PaidCall, reason: string, context: AskingContext): Promise<OhmymktError> {
  const failed = await context.transact(async (tx) => {
    const now = await tx.paidCalls.get(call.id);
    return now?.state === "started" ? tx.paidCalls.transition(call.id, "failed", { problem: reason }) : (now ?? call);
  });
  return ended(failed);
}

function ended(call: PaidCall): OhmymktError {
  const why = call.problem === undefined ? "" : `: ${call.problem}`;
  const counts = call.state === "released" ? "nothing counts as spent" : `${moneyText(call.estimate)} counts as spent`;
  const what = {
    reserved: "is being started by another process",
    started: "is being made",
    unknown: "may have been started, and nobody can tell",
    failed: "was not made",
    released: "was not started",
    done: "is done",
  }[call.state];
  return new OhmymktError("provider", `${call.provider}: the video ${call.id} ${what}${why}; ${counts}`, {
    hint:
      call.state === "reserved"
        ? `ask again in a moment: ${askAgain(call.id)}`
        : "a new call makes a new video and costs again",
  });
}

function unknownVideo(id: string): OhmymktError {
  return new OhmymktError("not_found", `there is no video ${JSON.stringify(id)}`, {
    hint: "use the job id that ohmymkt_generate_video gave; a call without id starts a new video",
  });
}
