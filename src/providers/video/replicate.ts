import type { JsonObject } from "../../lib/json.ts";
import { MediaOptions } from "../media-options.ts";
import { patientFetch, type PatientFetch } from "../patient-fetch.ts";
import { videoPrice } from "../prices.ts";
import type { Access } from "../provider.ts";
import { REPLICATE, REPLICATE_API } from "../services.ts";
import { askWithSdk, startWithSdk } from "./sdk-video.ts";
import type { VideoProvider, VideoRequest } from "./video-provider.ts";

export const replicateVideos: VideoProvider<MediaOptions> = {
  spec: {
    id: "replicate",
    title: `${REPLICATE.title}, such as Kling (kwaivgi/kling-v2.5-turbo-pro) and Seedance (bytedance/seedance-1-pro)`,
    category: "video",
    aliases: ["kling", "seedance"],
    secrets: REPLICATE.secrets,
    hosts: REPLICATE.hosts,
    options: MediaOptions,
    setup: REPLICATE.setup,
  },
  model: (options) => options.model ?? "kwaivgi/kling-v2.5-turbo-pro",
  usualDuration: () => 5,
  price: ({ model, duration }) => videoPrice("replicate", model, duration),
  check: (access) => REPLICATE.check(access),
  async start({ model, image, ...request }, access) {
    const way = patientFetch(access);
    const first = firstFrame(model, image);
    return startWithSdk(
      {
        model: await videoModel(model, way, access),
        way,
        request: { ...request, ...(first ? {} : { image }) },
        ...(first ? { providerOptions: { replicate: first } } : {}),
      },
      access,
    );
  },
  async ask(operation, model, access) {
    const way = patientFetch(access);
    return askWithSdk({ model: await videoModel(model, way, access), way, operation }, access);
  },
};

/** Kling names its first frame otherwise than the models that the SDK has in mind. */
function firstFrame(model: string, image: VideoRequest["image"]): JsonObject | undefined {
  if (!image || !model.startsWith("kwaivgi/")) return undefined;
  return { start_image: `data:${image.mime};base64,${Buffer.from(image.bytes).toString("base64")}` };
}

async function videoModel(model: string, way: PatientFetch, access: Access) {
  const { createReplicate } = await import("@ai-sdk/replicate");
  return createReplicate({ apiToken: access.secret("api_key"), baseURL: REPLICATE_API, fetch: way.fetch }).video(model);
}
