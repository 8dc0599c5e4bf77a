import { MediaOptions } from "../media-options.ts";
import { patientFetch } from "../patient-fetch.ts";
import { ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";
import { checkModels } from "../services.ts";
import type { ImageProvider } from "./image-provider.ts";
import { nearestSize } from "./image-shape.ts";
import { drawWithSdk } from "./sdk-image.ts";

const SIZES = ["1024x1024", "1536x1024", "1024x1536"] as const;
const Options = MediaOptions.required({ model: true });

export const openaiCompatibleImages: ImageProvider<{ model: string } & MediaOptions> = {
  spec: {
    id: "openai-compatible",
    title: "A server with OpenAI's image interface",
    category: "image",
    aliases: ["openai_compatible", "local"],
    secrets: [{ use: "api_key", names: ["OPENAI_COMPATIBLE_API_KEY"], optional: true }],
    hosts: [],
    url: { required: true, example: "https://images.example.com/v1", schemes: ["https:", "http:"] },
    options: Options,
    setup: "the address of your server up to /v1, the model that it draws with, and what an image costs you",
  },
  model: (options) => options.model,
  price: () => undefined,
  check: (access) => checkModels(access, base(access)),
  async generate(request, access) {
    const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
    const way = patientFetch(access);
    const { value: size, warnings } = nearestSize(request, SIZES);
    const apiKey = access.optionalSecret("api_key");
    const model = createOpenAICompatible({
      name: "compatible",
      baseURL: base(access),
      fetch: way.fetch,
      ...(apiKey === undefined ? {} : { apiKey }),
    }).imageModel(request.model);
    return drawWithSdk({ model, way, warnings, request: { prompt: request.prompt, size } }, access);
  },
};

function base({ url }: Access): string {
  if (!url) throw new ProviderFailure("missing", "openai-compatible needs the url of your server");
  return url.href.replace(/\/+$/, "");
}
