import type { VideoProvider } from "./video-provider.ts";

/** Every service that makes videos, by id; the module of one is loaded when it is used. */
export const VIDEO_PROVIDERS: Readonly<Record<string, () => Promise<VideoProvider>>> = {
  google: async () => (await import("./google.ts")).googleVideos,
  replicate: async () => (await import("./replicate.ts")).replicateVideos,
  fal: async () => (await import("./fal.ts")).falVideos,
};
