import { createHash } from "node:crypto";
import { deflateSync, crc32 } from "node:zlib";
import type { MediaFile } from "../adapter.ts";

/** A valid PNG of one colour; `bytes` stretches it to an exact size by a text chunk. */
export function makePng(width: number, height: number, options: { bytes?: number; grey?: number } = {}): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = Buffer.alloc(height * (width + 1), options.grey ?? 0x80);
  for (let row = 0; row < height; row += 1) rows[row * (width + 1)] = 0;
  const parts = [
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ];
  const size = Buffer.concat(parts).byteLength;
  if (options.bytes === undefined || options.bytes === size) return Buffer.concat(parts);
  const room = options.bytes - size - 12;
  if (room < 8) throw new Error(`a PNG of ${width}×${height} needs ${size} or at least ${size + 20} bytes`);
  const comment = Buffer.concat([Buffer.from("Comment\0"), Buffer.alloc(room - 8, "x")]);
  return Buffer.concat([...parts.slice(0, 3), chunk("tEXt", comment), ...parts.slice(3)]);
}

/** The file as a draft carries it. */
export function pictureFile(bytes: Uint8Array, over: Partial<MediaFile> = {}): MediaFile {
  return {
    path: ".ohmymkt/assets/images/picture.png",
    hash: createHash("sha256").update(bytes).digest("hex"),
    mime: "image/png",
    size: bytes.byteLength,
    alt: "A grey square",
    ...over,
  };
}

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.byteLength);
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, sum]);
}
