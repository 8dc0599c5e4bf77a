import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { OhmymktError, renderError } from "../../errors.ts";

/** What file tools may not write, below `.ohmymkt/`, and the tool that changes it. */
const GUARDED: readonly { path: RegExp; instead: string }[] = [
  { path: /^state\/gates\.json$/i, instead: "ohmymkt_update_gates" },
  { path: /^state\/metrics\.json$/i, instead: "ohmymkt_update_metrics" },
  { path: /^state\/cycles\.json$/i, instead: "ohmymkt_run_cycle" },
  { path: /^(state\/execution\.json|boulder\.json)$/i, instead: "ohmymkt_start_campaign" },
  { path: /^state(\/|$)/i, instead: "the ohmymkt tools, or a person's editor" },
  { path: /^incidents(\/|$)/i, instead: "ohmymkt_incident" },
  { path: /^(config|providers)\.json$/i, instead: "a person's editor" },
  { path: /^ohmymkt\.db/i, instead: "the ohmymkt tools" },
  { path: /^\.(tmp|gitignore)/i, instead: "nothing: it is ours" },
];

/** The real path, following links in the part of it that exists. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

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

/** Refuses file tools that would write governed state, whatever path or link they take; the message names the tool to use. */
export function guardState(directory: string, tool: string, args: unknown): void {
  const root = realPath(join(directory, ".ohmymkt"));
  for (const file of writtenFiles(tool, args)) {
    const target = realPath(isAbsolute(file) ? file : resolve(directory, file));
    const inside = relative(root.toLowerCase(), target.toLowerCase()).split(sep).join("/");
    if (inside.startsWith("..") || isAbsolute(inside)) continue;
    const rule = GUARDED.find(({ path }) => path.test(inside));
    if (rule) {
      const refusal = new OhmymktError(
        "not_allowed",
        `.ohmymkt/${inside} is governed state and is not written by file tools`,
        { hint: `use ${rule.instead}` },
      );
      throw new Error(renderError(refusal), { cause: refusal });
    }
  }
}
