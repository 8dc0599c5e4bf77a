import { mediaType, type MediaType } from "../lib/media-type.ts";
import { readMovie } from "../lib/movie.ts";
import { ProviderFailure } from "./failure.ts";
import type { GeneratedMedia } from "./image/image-provider.ts";

/** What is kept of each kind. */
const KEPT = {
  image: ["image/png", "image/jpeg", "image/webp"],
  video: ["video/mp4", "video/webm"],
} as const satisfies Record<string, readonly MediaType["mime"][]>;
type Kind = keyof typeof KEPT;

/** Largest file that is kept, bytes. */
const MEDIA_BYTES: Readonly<Record<Kind, number>> = {
  image: 32 * 1024 * 1024,
  video: 256 * 1024 * 1024,
};

/** What one exchange with a generator may take and bring; base64 in JSON is longer than the bytes by a third. */
export const MEDIA_LIMITS = {
  image: { timeoutMs: 180_000, maxBytes: 48 * 1024 * 1024 },
  video: { timeoutMs: 300_000, maxBytes: MEDIA_BYTES.video },
} as const;

/** Bytes that are what they should be, by themselves and not by their server; throws a `rejected` failure. */
export function checkedMedia(kind: Kind, bytes: Uint8Array, warnings: string[]): GeneratedMedia {
  if (bytes.byteLength > MEDIA_BYTES[kind])
    throw new ProviderFailure(
      "rejected",
      `expected a ${kind} of at most ${MEDIA_BYTES[kind]} bytes, got ${bytes.byteLength}`,
    );
  const type = mediaType(bytes);
  const kept: readonly string[] = KEPT[kind];
  if (!type || !kept.includes(type.mime))
    throw new ProviderFailure(
      "rejected",
      `expected ${kind === "image" ? "a PNG, JPEG or WebP image" : "an MP4 or WebM video"}, got ${type ? `a file of type ${type.mime}` : `${bytes.byteLength} bytes of something else`}`,
    );
  return { bytes, mime: type.mime, ...(kind === "image" ? sides(type) : readMovie(bytes)), warnings };
}

/** A header may claim anything; only what can be a picture's sides is passed on. */
function sides({ width, height }: MediaType): { width?: number; height?: number } {
  return width && height ? { width, height } : {};
}
