import type { VideoTemplateProvider } from "./video-template-provider.ts";

/** Every maker of template videos by its id; each is loaded when it is asked for. */
export const VIDEO_TEMPLATE_PROVIDERS = {
  builtin: async () => (await import("./builtin.ts")).builtin,
  remotion: async () => (await import("./remotion.ts")).remotion,
} as const satisfies Record<string, () => Promise<VideoTemplateProvider>>;
