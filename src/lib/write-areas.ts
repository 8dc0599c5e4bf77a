import picomatch from "picomatch";
import { OhmymktError } from "../errors.ts";

/** Case is ignored because some file systems do, and a second owner must not come in through a capital letter. */
const OPTIONS = { dot: true, nocase: true } as const;

/** A glob as it is stored: relative to the project, with forward slashes. Throws `invalid_arguments` for one that leaves the project or excludes. */
export function writeArea(glob: string): string {
  const area = glob
    .trim()
    .replaceAll("\\", "/")
    .replace(/^(?:\.\/)+/, "")
    .replace(/\/+$/, "");
  const leaves = /^(?:\/|[A-Za-z]:|~)/.test(area) || area.split("/").includes("..");
  if (area !== "" && area !== "." && !leaves && !area.startsWith("!")) return area;
  throw new OhmymktError(
    "invalid_arguments",
    `artifacts: expected paths or globs inside the project, got ${JSON.stringify(glob)}`,
    { hint: 'name what the task may write, such as "content/blog/**" or "docs/claims.md"' },
  );
}

/** The folder below which everything that the glob fits lies, "" for the project itself; a plain path is its own. */
export function baseFolder(area: string): string {
  const { base, isGlob } = picomatch.scan(area);
  return isGlob ? base : area;
}

/** Whether two lists of globs could fit the same file: the base folder of one lies in that of another. */
export function mayOverlap(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.some((other) => nested(baseFolder(one), baseFolder(other))));
}

/** Whether a path relative to the project (forward slashes) belongs to one of the globs; a plain folder holds all below it. */
export function covers(areas: readonly string[], path: string): boolean {
  return areas.some((area) =>
    picomatch.scan(area).isGlob ? picomatch.isMatch(path, area, OPTIONS) : isBelow(path, area),
  );
}

function nested(one: string, other: string): boolean {
  return isBelow(one, other) || isBelow(other, one);
}

function isBelow(path: string, folder: string): boolean {
  const [inner, outer] = [path.toLowerCase(), folder.toLowerCase()];
  return outer === "" || inner === outer || inner.startsWith(`${outer}/`);
}
