import { lstatSync, realpathSync, statSync } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { OhmymktError } from "../errors.ts";

/** Names that Windows gives to devices, whatever the extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** Folders whose files are run or restored by tools. */
const FOREIGN = new Set(["node_modules"]);

/** The text of a project's own file, or undefined. Throws `not_allowed` for a path outside, hidden, or below `.ohmymkt/`, and for a link. */
export async function readProjectText(directory: string, path: string): Promise<string | undefined> {
  const full = ownPath(directory, path);
  return fileAt(full, path) === undefined ? undefined : readFile(full, "utf8");
}

/** Replaces a project's own text file as a whole, with the folders that it needs; undefined leaves it. Throws as `readProjectText`, and for a file that may not be written. */
export async function updateProjectText(
  directory: string,
  path: string,
  change: (current: string | undefined) => string | undefined,
  unique: string,
): Promise<void> {
  const text = change(await readProjectText(directory, path));
  if (text === undefined) return;
  await mkdir(dirname(ownPath(directory, path)), { recursive: true });
  // Looked at again: what was not there before may be a link by now.
  const full = ownPath(directory, path);
  const mode = fileAt(full, path);
  // A rename asks for nobody's leave, and the file's own says that it is not to be written.
  if (mode !== undefined && (mode & 0o222) === 0) throw refused(`${JSON.stringify(path)} is read-only`);
  const temporary = join(dirname(full), `.${basename(full)}.${unique}.tmp`);
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(text);
      if (mode !== undefined) await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, full);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The place of a path inside the project, links of its folders followed; nothing is made. */
function ownPath(directory: string, path: string): string {
  const root = realpathSync(directory);
  const full = resolve(root, path);
  const segments = relative(root, full).split(sep);
  const problem = segments.map(segmentProblem).find((one) => one !== undefined);
  if (problem !== undefined || resolve(root, ...segments) !== full || Buffer.byteLength(path) > 1000)
    throw refused(`expected a path inside the project without hidden parts, got ${JSON.stringify(path.slice(0, 200))}`);
  const folder = relative(root, realpathSync(nearest(dirname(full))));
  if (folder !== "" && folder.split(sep).some((segment) => segmentProblem(segment) !== undefined))
    throw refused(`${JSON.stringify(path)} leads elsewhere by a link`);
  return full;
}

function segmentProblem(segment: string): string | undefined {
  if (segment === "" || segment.startsWith(".")) return "it is hidden, or leads out of the project";
  if (/[\p{Cc}\\:*?"<>|]/u.test(segment) || /[ .]$/.test(segment))
    return "it holds characters that not every system takes";
  if (DEVICE.test(segment)) return "it is the name of a device on Windows";
  return FOREIGN.has(segment.toLowerCase()) ? "its files are not the project's own" : undefined;
}

/** The mode of a plain file, undefined when there is none. */
function fileAt(full: string, path: string): number | undefined {
  const found = lstatSync(full, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isFile()) return found.mode & 0o777;
  throw refused(
    `expected a plain file at ${JSON.stringify(path)}, got ${found.isDirectory() ? "a folder" : "a link or device"}`,
  );
}

function refused(message: string): OhmymktError {
  return new OhmymktError("not_allowed", message, { hint: "give a path such as public/feed.xml" });
}

/** The folder itself, or the nearest one above it that exists. */
function nearest(folder: string): string {
  return statSync(folder, { throwIfNoEntry: false }) ? folder : nearest(dirname(folder));
}
