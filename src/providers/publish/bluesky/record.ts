import { TID } from "@atproto/common-web/dist/tid.js";
import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { z } from "zod";
import { sha256 } from "../../../lib/canonical.ts";
import type { Payload } from "../../../lib/outbox.ts";
import type { Delivery } from "../adapter.ts";

export const POST = "app.bsky.feed.post";

/** A file that the server holds, as records refer to it. */
export const Blob = z.looseObject({ ref: z.looseObject({ $link: z.string() }) });
export type Blob = z.infer<typeof Blob>;

const Wire = z.object({
  facets: z.array(z.json()).optional(),
  langs: z.array(z.string()).optional(),
  sizes: z.array(z.object({ width: z.int(), height: z.int() }).nullable()).optional(),
});

/** The key of the record: the time at which the row was made, and 20 bits of its outbox key, so that every attempt writes to the same place. */
export function recordKey({ createdAt, key }: Pick<Delivery, "createdAt" | "key">): string {
  const bits = Number.parseInt(sha256(key).slice(0, 8), 16);
  return TID.fromTime(Math.floor(createdAt) * 1000 + (bits % 1000), Math.floor(bits / 1000) % 1024).toString();
}

/** The record for a payload; `blobs` are its pictures in their order, `createdAt` is ISO 8601. */
export function postRecord(payload: Payload, blobs: readonly Blob[], createdAt: string): Record<string, unknown> {
  const { facets, langs, sizes } = Wire.parse(payload.wire);
  const images = blobs.map((image, index) => {
    const aspectRatio = sizes?.[index];
    return { image, alt: payload.media[index]?.alt ?? "", ...(aspectRatio ? { aspectRatio } : {}) };
  });
  return {
    $type: POST,
    text: payload.text,
    createdAt,
    ...(facets ? { facets } : {}),
    ...(langs ? { langs } : {}),
    ...(images.length > 0 ? { embed: { $type: "app.bsky.embed.images", images } } : {}),
  };
}

const Shown = z.object({
  text: z.string(),
  embed: z.object({ images: z.array(z.object({ image: Blob, alt: z.string() })) }).optional(),
});

/** Whether a record that was read back shows what the payload says: its text, and the pictures by hash and alt text. */
export function shows(value: unknown, payload: Payload): boolean {
  const shown = Shown.safeParse(value);
  if (!shown.success) return false;
  const { text, embed } = shown.data;
  const images = (embed?.images ?? []).map(({ image, alt }) => ({ link: image.ref.$link, alt }));
  const expected = payload.media.map(({ hash, alt = "" }) => ({ link: linkOf(hash), alt }));
  return text === payload.text && JSON.stringify(images) === JSON.stringify(expected);
}

/** How the protocol names bytes of this SHA-256 (hex): a CID of raw bytes (https://atproto.com/specs/data-model#blob-type). */
function linkOf(hash: string): string {
  const [raw, sha2] = [0x55, 0x12];
  return CID.createV1(raw, create(sha2, Buffer.from(hash, "hex"))).toString();
}
