import type { wrapImageModel } from "ai";
import { checkedMedia } from "../checked-media.ts";
import { ProviderFailure } from "../failure.ts";
import type { PatientFetch } from "../patient-fetch.ts";
import type { Access, JsonObject } from "../provider.ts";
import { loadSdk } from "../sdk.ts";
import { sdkFailure } from "../sdk-failure.ts";
import type { GeneratedMedia, ImageRequest } from "./image-provider.ts";

type SdkImageModel = Parameters<typeof wrapImageModel>[0]["model"];

/** What a provider hands to the SDK: its model, and what only that provider understands. */
export interface SdkImage {
  model: SdkImageModel;
  way: PatientFetch;
  request: Pick<ImageRequest, "prompt" | "size" | "aspect">;
  providerOptions?: Record<string, JsonObject>;
  /** What is known already to be drawn otherwise than asked. */
  warnings?: readonly string[];
}

/** One image through the SDK, which never repeats a paid request itself. */
export async function drawWithSdk(
  { model, way, request, providerOptions = {}, warnings = [] }: SdkImage,
  access: Access,
): Promise<GeneratedMedia> {
  const { generateImage, NoImageGeneratedError, wrapImageModel } = await loadSdk();
  const told: string[] = [...warnings];
  let refused = false;
  try {
    const { image } = await generateImage({
      model: wrapImageModel({
        model,
        middleware: {
          specificationVersion: "v4",
          // The SDK prints warnings on the console, which belongs to the host.
          wrapGenerate: async ({ doGenerate }) => {
            const result = await doGenerate();
            told.push(...result.warnings.map(warningText));
            refused = result.isRetryable === false;
            // It decodes base64 letter by letter, which holds up the host for hundreds of milliseconds.
            return { ...result, images: result.images.map(bytesOf), warnings: [] };
          },
        },
      }),
      prompt: request.prompt,
      n: 1,
      maxRetries: 0,
      abortSignal: access.signal,
      providerOptions,
      ...(isSize(request.size) ? { size: request.size } : {}),
      ...(isAspect(request.aspect) ? { aspectRatio: request.aspect } : {}),
    });
    return checkedMedia("image", image.uint8Array, told);
  } catch (error) {
    if (refused && NoImageGeneratedError.isInstance(error))
      throw new ProviderFailure("rejected", "the provider's content rules keep it from drawing this", { cause: error });
    throw sdkFailure(error, way.accepted(), access);
  }
}

function bytesOf(image: string | Uint8Array): Uint8Array {
  return typeof image === "string" ? Buffer.from(image, "base64") : image;
}

/** A warning of the SDK as a line. */
export function warningText(warning: object): string {
  const told: Record<string, unknown> = { ...warning };
  const parts = [told["feature"], told["setting"], told["details"], told["message"]];
  return parts.filter((part) => typeof part === "string").join(": ") || JSON.stringify(warning);
}

export function isSize(text: string | undefined): text is `${number}x${number}` {
  return text !== undefined && /^\d+x\d+$/.test(text);
}

export function isAspect(text: string | undefined): text is `${number}:${number}` {
  return text !== undefined && /^\d+:\d+$/.test(text);
}
