import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The real path, following links in the part of it that exists. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

/** The host's tools that write files. */
export const FILE_TOOLS: ReadonlySet<string> = new Set(["write", "edit", "multiedit", "apply_patch", "patch"]);

/** The files that a call of a host tool would write; empty for tools that write none. */
export function writtenFiles(tool: string, args: unknown): string[] {
  if (typeof args !== "object" || args === null) return [];
  if (
    (tool === "write" || tool === "edit" || tool === "multiedit") &&
    "filePath" in args &&
    typeof args.filePath === "string"
  )
    return [args.filePath];
  if ((tool === "apply_patch" || tool === "patch") && "patchText" in args && typeof args.patchText === "string") {
    return [...args.patchText.matchAll(/^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+?)\s*$/gm)].map(
      (match) => match[1] ?? "",
    );
  }
  return [];
}
