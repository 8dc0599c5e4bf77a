import { createHash } from "node:crypto";
import { constants, existsSync, realpathSync, type Stats } from "node:fs";
import { lstat, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { OhmymktError } from "../../errors.ts";
import { slug } from "../../lib/names.ts";
import type { SavedMedia } from "../store.ts";
import { asStorageError, errorCode } from "./failures.ts";
import type { Files } from "./files.ts";

/** Bytes that are hashed at a time: about a millisecond of the event loop. */
const PIECE = 256 * 1024;

/** Age in milliseconds at which a temporary file is nobody's any more; while one is written, it is never that old. */
const ABANDONED_MS = 24 * 3_600_000;

const PREFIX = ".media-";
const FOLDERS: readonly string[] = ["images", "videos"];

/** What of the SHA-256 stands in the name; the whole of it where something else has the short name. */
const NAMED_DIGITS = [12, 64];

/** The disk's own refusals; everything else that goes wrong in a caller's writer is the caller's to explain. */
const DISK_CODES = /^(ENOSPC|EDQUOT|EROFS|EIO)$/;

interface MediaRequest {
  folder: "images" | "videos";
  name: string;
  extension: string;
  content: Uint8Array | ((path: string) => Promise<void>);
  durable: boolean;
  randomId: () => string;
}

let counter = 0;

/** `Store.saveMedia` on a disk. The file is written beside its final place, flushed, hashed in pieces and renamed. */
export async function saveMedia(files: Files, request: MediaRequest): Promise<SavedMedia> {
  const { extension, content, durable, randomId } = checked(request);
  const what = `save a file in .ohmymkt/assets/${request.folder}`;
  const folder = await onDisk(what, async () => mediaFolder(files, `assets/${request.folder}`));
  await sweep(folder);
  const tmp = join(folder, `${PREFIX}${process.pid}-${(counter += 1)}-${randomId()}.${extension}`);
  try {
    if (typeof content === "function") await byWriter(what, () => content(tmp));
    else await onDisk(what, () => writeNew(tmp, content));
    return await onDisk(what, async () => {
      const sealed = await seal(tmp, durable);
      const name = await settle(tmp, folder, request, sealed.hash);
      if (durable) await syncFolder(folder);
      return { path: `.ohmymkt/assets/${request.folder}/${name}`, ...sealed };
    });
  } catch (error) {
    await rm(tmp, { force: true, recursive: true }).catch(() => undefined);
    throw error;
  }
}

function checked(request: MediaRequest): MediaRequest {
  const { folder, extension } = request;
  if (!FOLDERS.includes(folder))
    throw refused(`expected one of the folders ${FOLDERS.join(", ")}, got ${JSON.stringify(folder)}`);
  if (!/^[a-z0-9]{2,5}$/.test(extension))
    throw refused(
      `expected an extension of 2 to 5 small letters and digits, such as png, got ${JSON.stringify(extension)}`,
    );
  return request;
}

/** The folder's real path. Throws `not_allowed` where links lead out of the project. */
function mediaFolder(files: Files, path: string): string {
  const project = realpathSync(dirname(files.root));
  const refuseOutside = (real: string): string => {
    if (real.startsWith(project.endsWith(sep) ? project : project + sep)) return real;
    throw new OhmymktError(
      "not_allowed",
      ".ohmymkt is a link that leads out of the project; files are kept inside it",
      {
        hint: "put a plain folder in its place",
      },
    );
  };
  if (existsSync(files.root)) refuseOutside(realpathSync(files.root));
  files.prepare();
  return refuseOutside(files.folder(path));
}

async function writeNew(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}

/** Flushes what was written, and reads it once for its hash. */
async function seal(path: string, durable: boolean): Promise<{ hash: string; size: number }> {
  const stats = await look(path);
  if (stats?.isFile() !== true)
    throw refused(
      `expected the writer to leave a plain file at the path that it was given, got ${stats ? "something else" : "nothing"}`,
    );
  if (stats.size === 0) throw refused("expected a file with content, got an empty one");
  return digest(path, durable);
}

async function digest(path: string, flush: boolean): Promise<{ hash: string; size: number }> {
  // Windows has no such flag, and flushes through writable handles only.
  const file = await open(path, (flush ? constants.O_RDWR : constants.O_RDONLY) | (constants.O_NOFOLLOW ?? 0));
  try {
    if (flush) await file.sync();
    const hash = createHash("sha256");
    const piece = new Uint8Array(PIECE);
    for (let size = 0; ;) {
      const { bytesRead } = await file.read(piece, 0, PIECE, size);
      if (bytesRead === 0) return { hash: hash.digest("hex"), size };
      hash.update(piece.subarray(0, bytesRead));
      size += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Gives the file its final name; where the same bytes have it already, they stay. */
async function settle(tmp: string, folder: string, request: MediaRequest, hash: string): Promise<string> {
  for (const digits of NAMED_DIGITS) {
    const name = `${slug(request.name)}-${hash.slice(0, digits)}.${request.extension}`;
    const path = join(folder, name);
    const there = await look(path);
    if (there === undefined) {
      await rename(tmp, path);
      return name;
    }
    if (there.isFile() && (await digest(path, false)).hash === hash) {
      await rm(tmp);
      return name;
    }
  }
  throw new OhmymktError(
    "corrupt_document",
    `something else stands in .ohmymkt/assets/${request.folder} under this file's name`,
    {
      hint: "move what was changed there by hand, then repeat the call",
    },
  );
}

async function look(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Removes what killed processes left; never a reason to fail. */
async function sweep(folder: string): Promise<void> {
  try {
    for (const name of await readdir(folder)) {
      if (!name.startsWith(PREFIX)) continue;
      const path = join(folder, name);
      const stats = await look(path);
      if (stats !== undefined && Date.now() - stats.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
    }
  } catch {
    // Expected where another process sweeps, too.
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no handle of a folder to flush; its renames are journalled.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function onDisk<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asStorageError(error, what);
  }
}

async function byWriter(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw DISK_CODES.test(errorCode(error)) ? asStorageError(error, what) : error;
  }
}

function refused(problem: string): OhmymktError {
  return new OhmymktError("invalid_arguments", `saving media: ${problem}`, { hint: "nothing was kept" });
}
