import type { ImageProvider } from "./image-provider.ts";

/** Every service that draws images, by id; the module of one is loaded when it is used. */
export const IMAGE_PROVIDERS: Readonly<Record<string, () => Promise<ImageProvider>>> = {
  openai: async () => (await import("./openai.ts")).openaiImages,
  google: async () => (await import("./google.ts")).googleImages,
  replicate: async () => (await import("./replicate.ts")).replicateImages,
  fal: async () => (await import("./fal.ts")).falImages,
  "openai-compatible": async () => (await import("./openai-compatible.ts")).openaiCompatibleImages,
};
