import { lstatSync, realpathSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { OhmymktError } from "../../errors.ts";
import { errorCode } from "./failures.ts";

/** Refuses everything but a relative path with `/` between plain names, inside the state folder and not its own machinery. */
export function checkPath(path: string): string {
  const problem = pathProblem(path);
  if (problem === undefined) return path;
  throw new OhmymktError(
    "invalid_arguments",
    `expected a path inside .ohmymkt such as "reports/weekly/2026-W05.md", got ${JSON.stringify(path)}: ${problem}`,
    {
      hint: "use a relative path with / between the names, without . or .. segments",
    },
  );
}

function pathProblem(path: string): string | undefined {
  if (path === "") return "it is empty";
  if (/[\p{Cc}\\]/u.test(path)) return "it holds a backslash or a control character";
  if (path.startsWith("/") || /^[a-zA-Z]:/.test(path)) return "it is absolute";
  if (Buffer.byteLength(path) > 1000) return "it is longer than 1000 bytes";
  for (const segment of path.split("/")) {
    if (segment === "") return "it has an empty segment";
    if (segment.startsWith(".")) return "a segment begins with a dot";
    if (/[ .]$/.test(segment)) return "a segment ends with a dot or a space";
  }
  if (/^ohmymkt\.db/i.test(path)) return "that is the database";
  return undefined;
}

/** Where a path really is, or why it must not be touched. */
export type Place = { real: string; problem?: undefined } | { problem: string };

/** Follows links of the deepest part that exists, and refuses what then lies outside `root`. */
export function locate(root: string, path: string): Place {
  const base = realOrUndefined(root);
  const full = join(root, path);
  if (base === undefined) return { real: full };
  if (typeof base !== "string") return base;
  const missing: string[] = [];
  for (let at = full; ; at = dirname(at)) {
    const real = realOrUndefined(at);
    if (real === undefined) {
      missing.unshift(at.slice(dirname(at).length + 1));
      continue;
    }
    if (typeof real !== "string") return real;
    if (real !== base && !real.startsWith(base + sep)) return { problem: "is a link that leads outside .ohmymkt" };
    return { real: join(real, ...missing) };
  }
}

function realOrUndefined(path: string): string | undefined | { problem: string } {
  try {
    return realpathSync(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ELOOP") return { problem: "is a link that leads to itself" };
    if (code === "ENOTDIR") return { problem: "lies below a file where a folder was expected" };
    if (code !== "ENOENT") throw error;
  }
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
    ? { problem: "is a link that leads nowhere" }
    : undefined;
}
