import { MediaOptions } from "../media-options.ts";
import { patientFetch, type PatientFetch } from "../patient-fetch.ts";
import { videoPrice } from "../prices.ts";
import type { Access } from "../provider.ts";
import { FAL } from "../services.ts";
import { askWithSdk, startWithSdk } from "./sdk-video.ts";
import type { VideoProvider } from "./video-provider.ts";

/** Models that want "5" where others want "5s". */
const BARE_SECONDS = /\/(?:kling-video|bytedance)\//;

export const falVideos: VideoProvider<MediaOptions> = {
  spec: {
    id: "fal",
    title: `${FAL.title}, such as Kling and Seedance by their ids there`,
    category: "video",
    secrets: FAL.secrets,
    hosts: FAL.hosts,
    options: MediaOptions,
    setup: FAL.setup,
  },
  model(options, hasFrame) {
    const model = options.model ?? "fal-ai/kling-video/v2.5-turbo/pro/text-to-video";
    // A model for words alone leaves a picture out in silence, and is paid.
    return hasFrame === true ? model.replace(/\/text-to-video$/, "/image-to-video") : model;
  },
  usualDuration: () => 5,
  price: ({ model, duration }) => videoPrice("fal", model, duration),
  check: (access) => FAL.check(access),
  async start({ model, ...request }, access) {
    const way = patientFetch(access);
    const bare = BARE_SECONDS.test(model);
    return startWithSdk(
      {
        model: await videoModel(model, way, access),
        way,
        request,
        ...(bare ? { providerOptions: { fal: { duration: String(request.duration) } } } : {}),
      },
      access,
    );
  },
  async ask(operation, model, access) {
    // The SDK takes every error answer for the end of the work; only these two are about the work itself.
    const way = patientFetch(
      access,
      (status, text) => status === 422 || (status === 400 && text.includes("still in progress")),
    );
    return askWithSdk({ model: await videoModel(model, way, access), way, operation }, access);
  },
};

async function videoModel(model: string, way: PatientFetch, access: Access) {
  const { createFal } = await import("@ai-sdk/fal");
  const video = createFal({ apiKey: access.secret("api_key"), fetch: way.fetch }).video(model);
  // Its type of webhooks, which nothing here uses, is older than that of the SDK.
  const { specificationVersion, provider, modelId, maxVideosPerCall } = video;
  return {
    specificationVersion,
    provider,
    modelId,
    maxVideosPerCall,
    ...(video.doStart ? { doStart: video.doStart.bind(video) } : {}),
    ...(video.doStatus ? { doStatus: video.doStatus.bind(video) } : {}),
  };
}
