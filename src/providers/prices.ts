import type { Money } from "../lib/plans.ts";

/** What the price of an image depends on. */
export interface ImageShape {
  width: number;
  height: number;
  quality?: string;
}

/** Dollars: a number an image, per quality [square, other], or an amount for each megapixel begun. */
type ImagePrice =
  | { each: number }
  | { megapixel: number }
  | Readonly<Record<"low" | "medium" | "high", readonly [square: number, other: number]>>;

/**
 * List prices of images in US dollars: estimates for budgets, not invoices. Sources, as of March to May 2026: the pricing pages of OpenAI
 * (platform.openai.com/docs/pricing), Google (ai.google.dev/gemini-api/docs/pricing, 1K images), Replicate (replicate.com/pricing) and fal (fal.ai/pricing).
 * `options.price` of a setting goes before them.
 */
const IMAGES: Readonly<Record<string, Readonly<Record<string, ImagePrice>>>> = {
  openai: {
    "gpt-image-1": { low: [0.011, 0.016], medium: [0.042, 0.063], high: [0.167, 0.25] },
    "gpt-image-1-mini": { low: [0.005, 0.006], medium: [0.011, 0.015], high: [0.036, 0.052] },
    "gpt-image-1.5": { low: [0.009, 0.013], medium: [0.034, 0.05], high: [0.133, 0.2] },
  },
  google: {
    "gemini-2.5-flash-image": { each: 0.039 },
    "gemini-3-pro-image-preview": { each: 0.134 },
    "gemini-3.1-flash-image-preview": { each: 0.067 },
  },
  replicate: {
    "black-forest-labs/flux-schnell": { each: 0.003 },
    "black-forest-labs/flux-dev": { each: 0.025 },
    "black-forest-labs/flux-1.1-pro": { each: 0.04 },
    "black-forest-labs/flux-1.1-pro-ultra": { each: 0.06 },
    "bytedance/seedream-4": { each: 0.03 },
    "google/nano-banana": { each: 0.039 },
    "ideogram-ai/ideogram-v3-turbo": { each: 0.03 },
  },
  fal: {
    "fal-ai/flux/schnell": { megapixel: 0.003 },
    "fal-ai/flux/dev": { megapixel: 0.025 },
    "fal-ai/flux-pro/v1.1": { megapixel: 0.04 },
    "fal-ai/flux-pro/v1.1-ultra": { each: 0.06 },
    "fal-ai/nano-banana": { each: 0.039 },
    "fal-ai/bytedance/seedream/v4/text-to-image": { each: 0.03 },
  },
};

/** List prices of videos in US dollars a second, with sound where the model makes it; same sources and dates, the dearest resolution that is used here. */
const VIDEOS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  google: {
    "veo-3.1-generate-preview": 0.4,
    "veo-3.1-fast-generate-preview": 0.15,
    "veo-3.0-generate-001": 0.4,
    "veo-3.0-fast-generate-001": 0.15,
    "veo-2.0-generate-001": 0.35,
  },
  replicate: {
    "kwaivgi/kling-v2.1": 0.09,
    "kwaivgi/kling-v2.5-turbo-pro": 0.07,
    "bytedance/seedance-1-pro": 0.15,
    "bytedance/seedance-1-lite": 0.072,
  },
  fal: {
    "fal-ai/kling-video/v2.1/standard/image-to-video": 0.056,
    "fal-ai/kling-video/v2.5-turbo/pro/text-to-video": 0.07,
    "fal-ai/kling-video/v2.5-turbo/pro/image-to-video": 0.07,
    "fal-ai/bytedance/seedance/v1/pro/text-to-video": 0.15,
    "fal-ai/bytedance/seedance/v1/lite/text-to-video": 0.072,
    "fal-ai/luma-dream-machine/ray-2": 0.1,
  },
};

/** What one image costs by the list; undefined for a model that it does not hold. */
export function imagePrice(provider: string, model: string, shape: ImageShape): Money | undefined {
  const price = own(own(IMAGES, provider), model);
  if (price === undefined) return undefined;
  if ("each" in price) return dollars(price.each);
  if ("megapixel" in price) return dollars(price.megapixel * Math.ceil((shape.width * shape.height) / 2 ** 20));
  const quality = shape.quality === "low" || shape.quality === "high" ? shape.quality : "medium";
  const [square, other] = price[quality];
  return dollars(shape.width === shape.height ? square : other);
}

/** What a video of so many seconds costs by the list; undefined for a model that it does not hold. */
export function videoPrice(provider: string, model: string, seconds: number): Money | undefined {
  const price = own(own(VIDEOS, provider), model);
  return price === undefined ? undefined : dollars(price * seconds);
}

function own<T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return table && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Rounded up to a hundredth of a cent, so that an estimate is never too low by rounding. */
function dollars(amount: number): Money {
  return { amount: Math.ceil(Number((amount * 10_000).toFixed(6))) / 10_000, currency: "USD" };
}
