import { MediaOptions } from "../media-options.ts";
import { patientFetch } from "../patient-fetch.ts";
import { imagePrice } from "../prices.ts";
import { FAL } from "../services.ts";
import type { ImageProvider, ImageRequest } from "./image-provider.ts";
import { nearestAspect, sides } from "./image-shape.ts";
import { drawWithSdk } from "./sdk-image.ts";

/** The aspects that the SDK knows a size for. */
const ASPECTS = ["1:1", "16:9", "9:16", "4:3", "3:4", "16:10", "10:16", "21:9", "9:21"] as const;

export const falImages: ImageProvider<MediaOptions> = {
  spec: {
    id: "fal",
    title: FAL.title,
    category: "image",
    secrets: FAL.secrets,
    hosts: FAL.hosts,
    options: MediaOptions,
    setup: FAL.setup,
  },
  model: (options) => options.model ?? "fal-ai/flux/dev",
  price: (request) => imagePrice("fal", request.model, area(request)),
  check: (access) => FAL.check(access),
  async generate(request, access) {
    const { createFal } = await import("@ai-sdk/fal");
    const way = patientFetch(access);
    const { size, prompt } = request;
    const shape = size === undefined ? nearestAspect(request, ASPECTS) : undefined;
    const model = createFal({
      apiKey: access.secret("api_key"),
      baseURL: "https://fal.run",
      fetch: way.fetch,
    }).image(request.model);
    return drawWithSdk(
      { model, way, warnings: shape?.warnings ?? [], request: { prompt, size, aspect: shape?.value } },
      access,
    );
  },
};

/** Its sizes for an aspect have at most one megapixel, but for the widest ones. */
function area(request: Pick<ImageRequest, "size" | "aspect">): { width: number; height: number } {
  if (request.size !== undefined) return sides(request.size);
  const wide = ["21:9", "9:21"].includes(nearestAspect(request, ASPECTS)?.value ?? "1:1");
  return wide ? { width: 2560, height: 1080 } : { width: 1024, height: 1024 };
}
