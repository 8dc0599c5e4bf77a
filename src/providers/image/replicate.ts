import { MediaOptions } from "../media-options.ts";
import { patientFetch } from "../patient-fetch.ts";
import { imagePrice } from "../prices.ts";
import { REPLICATE, REPLICATE_API } from "../services.ts";
import type { ImageProvider } from "./image-provider.ts";
import { nearestAspect } from "./image-shape.ts";
import { drawWithSdk } from "./sdk-image.ts";

/** The aspects that Flux and most other models there take. */
const ASPECTS = ["1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3"] as const;

export const replicateImages: ImageProvider<MediaOptions> = {
  spec: {
    id: "replicate",
    title: REPLICATE.title,
    category: "image",
    secrets: REPLICATE.secrets,
    hosts: REPLICATE.hosts,
    options: MediaOptions,
    setup: REPLICATE.setup,
  },
  model: (options) => options.model ?? "black-forest-labs/flux-1.1-pro",
  price: (request) => imagePrice("replicate", request.model, { width: 1024, height: 1024 }),
  check: (access) => REPLICATE.check(access),
  async generate(request, access) {
    const { createReplicate } = await import("@ai-sdk/replicate");
    const way = patientFetch(access);
    const shape = nearestAspect(request, ASPECTS);
    const model = createReplicate({
      apiToken: access.secret("api_key"),
      baseURL: REPLICATE_API,
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
