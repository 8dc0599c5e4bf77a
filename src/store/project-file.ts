import { createReadStream, realpathSync, type Stats, statSync } from "node:fs";
import { basename, relative, resolve, sep } from "node:path";
import { OhmymktError } from "../errors.ts";

/** A file of the project as bytes that can be read more than once, from any place. */
export interface ProjectFile {
  /** Without its folder. */
  name: string;
  /** Relative to the project, with forward slashes. */
  path: string;
  /** Bytes. */
  size: number;
  /** The bytes from `start` to before `end`; all of them without arguments. */
  bytes(start?: number, end?: number): AsyncIterable<Uint8Array>;
}

/** Opens a file inside the project directory, links followed. Throws `not_found`, or `not_allowed` for one outside or hidden; reading throws `stale` once it is not the file that was opened. */
export function openProjectFile(directory: string, path: string): ProjectFile {
  const root = realpathSync(directory);
  // Said before anything outside is looked at: whether a file exists there is nobody's business.
  const meant = relative(root, resolve(root, path)).split(sep);
  if (meant[0] === "..") throw outside(path);
  const real = realOf(resolve(root, path), path);
  const inside = relative(root, real).split(sep).join("/");
  if (inside === "" || inside === ".." || inside.startsWith("../") || resolve(root, inside) !== real) {
    throw outside(path);
  }
  // Messages quote what a file begins with, and such files hold keys.
  if (basename(real).startsWith("."))
    throw new OhmymktError("not_allowed", `expected an export, got the hidden file ${JSON.stringify(path)}`, {
      hint: "give the export a name without a dot in front",
    });
  const stat = statSync(real);
  if (!stat.isFile())
    throw new OhmymktError(
      "invalid_arguments",
      `expected a file, got ${stat.isDirectory() ? "the folder" : "what is neither file nor folder:"} ${JSON.stringify(path)}`,
      { hint: "give the path of one file" },
    );
  return {
    name: basename(path.replaceAll("\\", "/")),
    path: inside,
    size: stat.size,
    bytes: (start = 0, end = stat.size) =>
      end > start
        ? unchanged(
            () => createReadStream(real, { start, end: end - 1, highWaterMark: 262_144 }),
            () => sameFile(stat, real, path),
          )
        : none(),
  };
}

function outside(path: string): OhmymktError {
  return new OhmymktError("not_allowed", `expected a file inside the project, got ${JSON.stringify(path)}`, {
    hint: "copy the file into the project, for example into exports/, and give that path",
  });
}

/** The pieces of a stream, each after a check that it still is of the same file. */
async function* unchanged(open: () => AsyncIterable<Uint8Array>, check: () => void): AsyncGenerator<Uint8Array> {
  check();
  // Opened no earlier: a stream that nobody reads would report its failure to nobody.
  for await (const piece of open()) {
    check();
    yield piece;
  }
  check();
}

/** What was judged in one reading must be what is stored in the next. */
function sameFile(opened: Stats, real: string, path: string): void {
  const now = statSync(real, { throwIfNoEntry: false });
  if (now?.ino === opened.ino && now.size === opened.size && now.mtimeMs === opened.mtimeMs) return;
  throw new OhmymktError("stale", `${JSON.stringify(path)} was changed or removed while it was read`, {
    hint: "repeat the call when nothing writes to the file any more; what is stored already is not stored twice",
  });
}

function realOf(full: string, path: string): string {
  try {
    return realpathSync(full);
  } catch (error) {
    throw new OhmymktError("not_found", `there is no file ${JSON.stringify(path)} in the project`, {
      hint: "give its path relative to the project directory",
      cause: error,
    });
  }
}

async function* none(): AsyncGenerator<Uint8Array> {
  // An empty range of a file has no bytes; a read stream cannot say that.
}
