import { detectFacets, type Facet } from "@atproto/api/dist/rich-text/detection.js";
import type { UnicodeString } from "@atproto/api/dist/rich-text/unicode.js";
import { JsonObject } from "../../../lib/json.ts";
import type { Composed, Draft, MediaFile } from "../adapter.ts";
import { limitProblems, mediaProblems, payloadMedia, postWarnings, textProblems } from "../checks.ts";

/** app.bsky.feed.post: `maxGraphemes` and `maxLength` of `text`. */
const MAX_GRAPHEMES = 300;
const MAX_BYTES = 3000;
/** app.bsky.embed.images: `maxLength` of `images`, `maxSize` and `accept` of `image`; servers of before 2026 stop at 1,000,000 bytes. */
const MAX_IMAGE_BYTES = 2_000_000;
const OLD_MAX_IMAGE_BYTES = 1_000_000;
const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });
const IMAGES = {
  platform: "Bluesky",
  count: 4,
  bytes: {
    "image/jpeg": MAX_IMAGE_BYTES,
    "image/png": MAX_IMAGE_BYTES,
    "image/webp": MAX_IMAGE_BYTES,
    "image/gif": MAX_IMAGE_BYTES,
  },
  /** What Bluesky's own composer allows; the protocol has no limit. */
  alt: 2000,
};

/** The post as it will stand in the repository, with links and hashtags marked; mentions stay text, because only the network knows whom they mean. */
export function composePost(draft: Draft, langs: readonly string[] | undefined): Composed {
  const text = draft.text.replaceAll(/\r\n?/g, "\n");
  const facets = facetsOf(text);
  const wire: JsonObject = {
    ...(facets.length > 0 ? { facets } : {}),
    ...(langs ? { langs: [...langs] } : {}),
    ...(draft.media.some(hasSize) ? { sizes: draft.media.map(sizeOf) } : {}),
  };
  return {
    payloads: [{ text, media: draft.media.map(payloadMedia), wire, ...(draft.at ? { at: draft.at } : {}) }],
    warnings: [...postWarnings("Bluesky", draft), ...draft.media.flatMap(largeForOld)],
    problems: [
      // A picture may stand alone.
      ...(text === "" && draft.media.length > 0 ? [] : textProblems(text)),
      ...limitProblems("Bluesky", "characters (graphemes)", MAX_GRAPHEMES, [...GRAPHEMES.segment(text)].length),
      ...limitProblems("Bluesky", "bytes of text", MAX_BYTES, Buffer.byteLength(text)),
      ...mediaProblems(draft.media, IMAGES),
    ],
  };
}

/** Bluesky's own detection, which needs of a text no more than this; the rest of its client takes a fifth of a second to load. */
const DETECTION: { detect(text: Pick<UnicodeString, "utf16" | "utf16IndexToUtf8Index">): Facet[] | undefined } = {
  detect: detectFacets,
};

/** Links and hashtags by their bytes, in their order. */
function facetsOf(utf16: string): JsonObject[] {
  const utf16IndexToUtf8Index = (index: number): number => Buffer.byteLength(utf16.slice(0, index));
  return (DETECTION.detect({ utf16, utf16IndexToUtf8Index }) ?? [])
    .filter(({ features }) => !features.some(({ $type }) => $type === "app.bsky.richtext.facet#mention"))
    .toSorted((one, other) => one.index.byteStart - other.index.byteStart)
    .map((facet) => JsonObject.parse({ ...facet }));
}

function largeForOld({ path, size }: MediaFile): string[] {
  if (size <= OLD_MAX_IMAGE_BYTES || size > MAX_IMAGE_BYTES) return [];
  return [`${path} has ${size} bytes; servers that are not up to date take at most ${OLD_MAX_IMAGE_BYTES}`];
}

const hasSize = ({ width, height }: MediaFile): boolean => (width ?? 0) > 0 && (height ?? 0) > 0;

/** Width and height in pixels, or null: one for every picture, in their order. */
function sizeOf(file: MediaFile): JsonObject | null {
  return hasSize(file) ? { width: file.width ?? 0, height: file.height ?? 0 } : null;
}
