import { MediaOptions } from "../media-options.ts";
import { patientFetch } from "../patient-fetch.ts";
import { imagePrice } from "../prices.ts";
import { GOOGLE, GOOGLE_API } from "../services.ts";
import type { ImageProvider } from "./image-provider.ts";
import { nearestAspect } from "./image-shape.ts";
import { drawWithSdk } from "./sdk-image.ts";

/** The aspects of Gemini's image models (ai.google.dev/gemini-api/docs/image-generation). */
const ASPECTS = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"] as const;

export const googleImages: ImageProvider<MediaOptions> = {
  spec: {
    id: "google",
    title: GOOGLE.title,
    category: "image",
    aliases: ["nanobanana", "nano-banana", "gemini"],
    secrets: GOOGLE.secrets,
    hosts: GOOGLE.hosts,
    options: MediaOptions,
    setup: GOOGLE.setup,
  },
  model: (options) => options.model ?? "gemini-2.5-flash-image",
  price: (request) => imagePrice("google", request.model, { width: 1024, height: 1024 }),
  check: (access) => GOOGLE.check(access),
  async generate(request, access) {
    const { createGoogle } = await import("@ai-sdk/google");
    const way = patientFetch(access);
    const shape = nearestAspect(request, ASPECTS);
    const model = createGoogle({
      apiKey: access.secret("api_key"),
      baseURL: GOOGLE_API,
      fetch: way.fetch,
    }).image(request.model);
    return drawWithSdk(
      {
        model,
        way,
        warnings: shape?.warnings ?? [],
        request: { prompt: request.prompt, aspect: shape?.value },
      },
      access,
    );
  },
};
