import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { sha256 } from "../../lib/canonical.ts";
import { OhmymktError } from "../../errors.ts";
import { errorCode } from "./failures.ts";
import { locate } from "./paths.ts";

/** Larger files are refused: nothing that ohmymkt keeps comes near it. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** What stands at a path: nothing, a file with the SHA-256 of its bytes, or something that cannot be a file of ours. */
export type Found =
  | { kind: "absent" }
  | { kind: "file"; bytes: Uint8Array; hash: string }
  | { kind: "blocked"; problem: string };

/** New content that waits in `.tmp` for its rename. */
export interface Staged {
  tmp: string;
  target: string;
}

/** The files below the state folder; every write is a whole file that replaces the old one in one step. */
export class Files {
  readonly root: string;
  readonly #tmp: string;
  readonly #durable: boolean;
  #counter = 0;
  #swept = false;

  /** `durable` false skips every fsync. */
  constructor(root: string, durable: boolean) {
    this.root = root;
    this.#tmp = join(root, ".tmp");
    this.#durable = durable;
  }

  /** Makes the state folder and the ignore file that keeps the database out of version control. Throws `corrupt_document` for links. */
  prepare(): void {
    // A cloned project must not be able to point our own files at somebody else's.
    for (const name of [".tmp", "ohmymkt.db"]) {
      const stats = lstatSync(join(this.root, name), { throwIfNoEntry: false });
      if (stats?.isSymbolicLink() === true) throw notAFolder(name, "is a link, which is never followed");
    }
    mkdirSync(this.#tmp, { recursive: true });
    try {
      writeFileSync(join(this.root, ".gitignore"), "ohmymkt.db*\n.tmp/\n", { flag: "wx" });
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
  }

  look(path: string): Found {
    const place = locate(this.root, path);
    if (place.problem !== undefined) return { kind: "blocked", problem: place.problem };
    const stats = statSync(place.real, { throwIfNoEntry: false });
    if (stats === undefined) return { kind: "absent" };
    if (stats.isDirectory()) return { kind: "blocked", problem: "is a folder where a file was expected" };
    if (!stats.isFile()) return { kind: "blocked", problem: "is not a plain file" };
    if (stats.size > MAX_FILE_BYTES)
      return { kind: "blocked", problem: `has ${stats.size} bytes; at most ${MAX_FILE_BYTES} were expected` };
    const bytes = readFileSync(place.real);
    return { kind: "file", bytes, hash: sha256(bytes) };
  }

  /** Writes the content beside the final place and makes it durable; a full disk shows here, before anything is promised. */
  stage(path: string, content: Uint8Array): Staged {
    const place = locate(this.root, path);
    if (place.problem !== undefined) throw notAFolder(path, place.problem);
    this.#makeFolder(dirname(place.real));
    accessSync(dirname(place.real), constants.W_OK);
    mkdirSync(this.#tmp, { recursive: true });
    const tmp = join(this.#tmp, `doc-${process.pid}-${(this.#counter += 1)}-${Date.now().toString(36)}`);
    try {
      this.#writeDurably(tmp, content, statSync(place.real, { throwIfNoEntry: false })?.mode);
    } catch (error) {
      rmSync(tmp, { force: true });
      throw error;
    }
    return { tmp, target: place.real };
  }

  /** Where a folder below the state folder really is; makes it durably, and refuses one that this user may not write to. */
  folder(path: string): string {
    const place = locate(this.root, path);
    if (place.problem !== undefined) throw notAFolder(path, place.problem);
    this.#makeFolder(place.real);
    accessSync(place.real, constants.W_OK);
    return place.real;
  }

  /** Renames staged files over their targets and makes the renames durable. */
  publish(staged: readonly Staged[]): void {
    for (const { tmp, target } of staged) renameSync(tmp, target);
    for (const folder of new Set(staged.map(({ target }) => dirname(target)))) this.#syncFolder(folder);
  }

  discard(staged: Iterable<Staged>): void {
    for (const { tmp } of staged) rmSync(tmp, { force: true });
  }

  /** Removes what dead writers staged; safe only under the project's lock and with nothing pending. */
  sweepOnce(): void {
    if (this.#swept) return;
    this.#swept = true;
    for (const name of readdirSync(this.#tmp)) {
      const path = join(this.#tmp, name);
      const ours = name.startsWith("doc-") || (name.startsWith("new-") && isOlderThan(path, 60_000));
      if (ours) rmSync(path, { force: true });
    }
  }

  /** Names in a folder, without dot files; empty when the folder does not exist. */
  names(folder: string): { name: string; isFolder: boolean }[] {
    const place = locate(this.root, folder);
    if (place.problem !== undefined) throw notAFolder(folder, place.problem);
    try {
      return readdirSync(place.real, { withFileTypes: true })
        .filter((entry) => !entry.name.startsWith("."))
        .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
    } catch (error) {
      if (errorCode(error) === "ENOENT") return [];
      if (errorCode(error) === "ENOTDIR") throw notAFolder(folder, "is a file where a folder was expected");
      throw error;
    }
  }

  #makeFolder(folder: string): void {
    const first = mkdirSync(folder, { recursive: true });
    if (first === undefined) return;
    for (let at = folder; at.length >= first.length; at = dirname(at)) this.#syncFolder(dirname(at));
  }

  #writeDurably(path: string, content: Uint8Array, mode: number | undefined): void {
    const file = openSync(path, "wx");
    try {
      writeFileSync(file, content);
      if (this.#durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (mode !== undefined) chmodSync(path, mode & 0o777);
  }

  #syncFolder(folder: string): void {
    // Windows has no handle of a folder to flush; its renames are journalled.
    if (!this.#durable || process.platform === "win32") return;
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  }
}

function notAFolder(path: string, problem: string): OhmymktError {
  return new OhmymktError("corrupt_document", `.ohmymkt/${path} ${problem}`, {
    hint: "move it away, so that a plain folder or file can stand there",
  });
}

function isOlderThan(path: string, ms: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > ms;
}
