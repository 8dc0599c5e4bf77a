/** What a file is by its own first bytes; width and height in pixels where they stand there. */
export interface MediaType {
  mime: "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "video/mp4" | "video/webm";
  width?: number;
  height?: number;
}

const EXTENSIONS: Readonly<Record<MediaType["mime"], string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
  "video/mp4": "mp4",
  "video/webm": "webm",
};

/** The usual extension of a type, without a dot. */
export function extensionOf(mime: MediaType["mime"]): string {
  return EXTENSIONS[mime];
}

/** The type of an image or video by its signature, whatever its name says; undefined for anything else. */
export function mediaType(bytes: Uint8Array): MediaType | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ascii = (start: number, end: number): string => String.fromCharCode(...bytes.subarray(start, end));
  if (bytes.length >= 24 && ascii(1, 4) === "PNG" && bytes[0] === 0x89)
    return { mime: "image/png", width: view.getUint32(16), height: view.getUint32(20) };
  if (bytes.length >= 10 && /^GIF8[79]a$/.test(ascii(0, 6)))
    return { mime: "image/gif", width: view.getUint16(6, true), height: view.getUint16(8, true) };
  if (bytes.length >= 4 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff)
    return { mime: "image/jpeg", ...jpegSize(view) };
  if (bytes.length >= 30 && ascii(0, 4) === "RIFF" && ascii(8, 12) === "WEBP")
    return { mime: "image/webp", ...webpSize(view, ascii(12, 16)) };
  // Pictures and sound come in the same box as films (ISO/IEC 14496-12 §4.3, 23008-12).
  if (bytes.length >= 12 && ascii(4, 8) === "ftyp")
    return /^(?:avi[fs]|hei[cfsx]|hev[cx]|mif1|msf1|M4[AB] )/.test(ascii(8, 12)) ? undefined : { mime: "video/mp4" };
  if (bytes.length >= 4 && view.getUint32(0) === 0x1a45dfa3) return { mime: "video/webm" };
  return undefined;
}

/** The frame header (SOF0 to SOF15 without the tables that share the range) of a JPEG, ITU-T T.81 B.2.2. */
function jpegSize(view: DataView): { width?: number; height?: number } {
  for (let at = 2; at + 9 < view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return {};
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + view.getUint16(at + 2);
  }
  return {};
}

/** The three kinds of WebP headers, RFC 9649 sections 2.5 to 2.7. */
function webpSize(view: DataView, kind: string): { width?: number; height?: number } {
  if (kind === "VP8X") return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
  if (kind === "VP8 ") return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (kind !== "VP8L") return {};
  const bits = view.getUint32(21, true);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}
