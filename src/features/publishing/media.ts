import { createHash } from "node:crypto";
import { OhmymktError } from "../../errors.ts";
import type { Asset } from "../../lib/assets.ts";
import { mediaType } from "../../lib/media-type.ts";
import type { MediaFile } from "../../providers/publish/adapter.ts";
import type { ProjectFile } from "../../store/project-file.ts";
import type { Store } from "../../store/store.ts";

/** Largest file that goes with a post, bytes: the most that any platform takes. */
const MAX_BYTES = 512 * 1024 * 1024;
/** What a file's type and size are read from, bytes: a camera's notes and its preview stand before a JPEG's frame. */
const HEAD_BYTES = 1024 * 1024;

/** The bytes of a file of the project with their SHA-256. */
export async function mediaBytes(store: Store, path: string): Promise<{ bytes: Uint8Array; hash: string }> {
  const file = await mediaOf(store, path);
  const bytes = new Uint8Array(file.size);
  const hash = await read(file, (piece, at) => bytes.set(piece, at));
  return { bytes, hash };
}

/** A file as something to publish: its type by its bytes, its text for those who cannot see it by the manifest. Only its beginning is kept in memory. Throws `invalid_arguments` for what is neither image nor video. */
export async function mediaFile(store: Store, path: string, assets: readonly Asset[]): Promise<MediaFile> {
  const file = await mediaOf(store, path);
  const head = new Uint8Array(Math.min(file.size, HEAD_BYTES));
  const hash = await read(file, (piece, at) => {
    if (at < head.length) head.set(piece.subarray(0, head.length - at), at);
  });
  const type = mediaType(head);
  if (!type)
    throw new OhmymktError("invalid_arguments", `${path} is no picture or video that platforms take`, {
      hint: "give a PNG, JPEG, GIF, WebP, MP4 or WebM file",
    });
  const asset = assets.find((one) => one.path === file.path);
  return {
    path: file.path,
    hash,
    mime: type.mime,
    size: file.size,
    ...(type.width && type.height ? { width: type.width, height: type.height } : {}),
    ...(asset?.alt_text ? { alt: asset.alt_text } : {}),
    ...(asset?.generated?.ai === true ? { ai: true } : {}),
  };
}

async function mediaOf(store: Store, path: string): Promise<ProjectFile> {
  const file = await store.file(path);
  if (file.size <= MAX_BYTES) return file;
  throw new OhmymktError("invalid_arguments", `${path} has ${file.size} bytes; expected at most ${MAX_BYTES}`, {
    hint: "give a smaller file",
  });
}

/** The SHA-256 of a file, each piece handed over with its place on the way. */
async function read(file: ProjectFile, take: (piece: Uint8Array, at: number) => void): Promise<string> {
  const hash = createHash("sha256");
  let at = 0;
  for await (const piece of file.bytes()) {
    hash.update(piece);
    take(piece, at);
    at += piece.byteLength;
  }
  return hash.digest("hex");
}
