import type { experimental_startVideo } from "ai";
import { z } from "zod";
import { JsonObject } from "../../lib/json.ts";
import { checkedMedia } from "../checked-media.ts";
import { oneLine } from "../failed-answer.ts";
import { ProviderFailure } from "../failure.ts";
import { warningText, isAspect } from "../image/sdk-image.ts";
import type { PatientFetch } from "../patient-fetch.ts";
import type { Access } from "../provider.ts";
import { loadSdk } from "../sdk.ts";
import { sdkFailure } from "../sdk-failure.ts";
import type { VideoRequest, VideoState } from "./video-provider.ts";

type SdkVideoModel = Extract<Parameters<typeof experimental_startVideo>[0]["model"], { specificationVersion: "v4" }>;

/** What is stored of started work: the SDK's own handle, and what it warned of. */
const Operation = z.strictObject({ handle: JsonObject, warnings: z.array(z.string()) });

/** Starts a video through the SDK, which never repeats a paid request itself. */
export async function startWithSdk(
  {
    model,
    way,
    request: { prompt, image, aspect, duration },
    providerOptions = {},
  }: {
    model: SdkVideoModel;
    way: PatientFetch;
    request: Omit<VideoRequest, "model">;
    providerOptions?: Record<string, JsonObject>;
  },
  access: Access,
): Promise<JsonObject> {
  const { startVideo } = await loadSdk();
  try {
    const { operation, warnings } = await startVideo({
      model: image ? beginningWith(image, model) : model,
      prompt,
      duration,
      maxRetries: 0,
      abortSignal: access.signal,
      providerOptions,
      ...(isAspect(aspect) ? { aspectRatio: aspect } : {}),
    });
    return Operation.parse({ handle: operation, warnings: warnings.map(warningText) });
  } catch (error) {
    throw sdkFailure(error, way.accepted(), access);
  }
}

/** The SDK takes pictures as bytes only, and writes them as base64 letter by letter, which holds up the host for hundreds of milliseconds. */
function beginningWith({ bytes, mime }: NonNullable<VideoRequest["image"]>, model: SdkVideoModel): SdkVideoModel {
  const data = Buffer.from(bytes).toString("base64");
  const { specificationVersion, provider, modelId, maxVideosPerCall } = model;
  const start = model.doStart?.bind(model);
  return {
    specificationVersion,
    provider,
    modelId,
    maxVideosPerCall,
    ...(start ? { doStart: (options) => start({ ...options, image: { type: "file", mediaType: mime, data } }) } : {}),
  };
}

/** Where the finished file is, and the headers that fetch it. */
export type Locate = (
  video: { url: string },
  metadata: Readonly<Record<string, unknown>> | undefined,
) => { url: string; headers?: Record<string, string> };

/** Asks once through the SDK and fetches the file through the provider's own network. */
export async function askWithSdk(
  { model, way, operation, locate = ({ url }) => ({ url }) }: AskParts,
  access: Access,
): Promise<VideoState> {
  const { AISDKError, getVideoStatus } = await loadSdk();
  const stored = Operation.safeParse(operation);
  if (!stored.success) throw new ProviderFailure("rejected", "the stored operation of this video is damaged");
  const { handle, warnings } = stored.data;
  const because = (text: string): VideoState => ({ state: "failed", reason: oneLine(access.network.redact(text)) });
  let status: Awaited<ReturnType<typeof getVideoStatus>>;
  try {
    status = await getVideoStatus(model, { operation: handle, maxRetries: 0, abortSignal: access.signal });
  } catch (error) {
    // The provider says that it is finished, and brings no video: its content rules, mostly.
    if (AISDKError.isInstance(error) && error.name.endsWith("VIDEO_GENERATION_ERROR")) return because(error.message);
    throw sdkFailure(error, false, access);
  }
  if (status.status === "pending") return { state: "working" };
  if (status.status === "error") return because(status.error);
  const [video] = status.videos;
  if (video?.type !== "url") return because("the provider brought no address of a video");
  const { url, headers = {} } = locate(video, status.providerMetadata);
  try {
    const response = await way.fetch(url, { headers });
    return { state: "done", ...checkedMedia("video", new Uint8Array(await response.arrayBuffer()), warnings) };
  } catch (error) {
    // A file that is gone, foreign, too large or no video will not become one.
    if (error instanceof ProviderFailure && error.kind === "rejected") return because(error.message);
    throw sdkFailure(error, false, access);
  }
}

interface AskParts {
  model: SdkVideoModel;
  way: PatientFetch;
  operation: JsonObject;
  locate?: Locate;
}
