import { z } from "zod";
import { MEDIA_OPTIONS } from "../media-options.ts";
import { patientFetch } from "../patient-fetch.ts";
import { imagePrice } from "../prices.ts";
import { checkModels } from "../services.ts";
import type { ImageProvider } from "./image-provider.ts";
import { nearestSize } from "./image-shape.ts";
import { drawWithSdk } from "./sdk-image.ts";

const BASE = "https://api.openai.com/v1";
const SIZES = ["1024x1024", "1536x1024", "1024x1536"] as const;

const Options = z.strictObject({ ...MEDIA_OPTIONS, quality: z.enum(["low", "medium", "high"]).default("medium") });

export const openaiImages: ImageProvider<z.infer<typeof Options>> = {
  spec: {
    id: "openai",
    title: "OpenAI images",
    category: "image",
    secrets: [{ use: "api_key", names: ["OPENAI_API_KEY"] }],
    hosts: ["api.openai.com"],
    options: Options,
    setup: "a key from platform.openai.com/api-keys, of an organisation that is verified for image models",
  },
  model: (options) => options.model ?? "gpt-image-1.5",
  price: (request, { quality }) => imagePrice("openai", request.model, { ...nearestSize(request, SIZES), quality }),
  check: (access) => checkModels(access, BASE),
  async generate(request, access) {
    const { createOpenAI } = await import("@ai-sdk/openai");
    const way = patientFetch(access);
    const { value: size, warnings } = nearestSize(request, SIZES);
    const model = createOpenAI({ apiKey: access.secret("api_key"), baseURL: BASE, fetch: way.fetch }).image(
      request.model,
    );
    const { quality } = access.options;
    return drawWithSdk(
      { model, way, warnings, request: { prompt: request.prompt, size }, providerOptions: { openai: { quality } } },
      access,
    );
  },
};
