import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { OhmymktError, renderError } from "../../errors.ts";
import { realPath, writtenFiles } from "./written-files.ts";

/** What file tools may not write, below `.ohmymkt/`, and the tool that changes it. */
const GUARDED: readonly { path: RegExp; instead: string }[] = [
  { path: /^state\/gates\.json$/i, instead: "ohmymkt_update_gates" },
  { path: /^state\/metrics\.json$/i, instead: "ohmymkt_update_metrics" },
  { path: /^state\/cycles\.json$/i, instead: "ohmymkt_run_cycle" },
  { path: /^(state\/execution\.json|boulder\.json)$/i, instead: "ohmymkt_start_campaign" },
  { path: /^state(\/|$)/i, instead: "the ohmymkt tools, or a person's editor" },
  { path: /^incidents(\/|$)/i, instead: "ohmymkt_incident" },
  { path: /^providers\.json$/i, instead: "ohmymkt_provider_config" },
  { path: /^config\.json$/i, instead: "a person's editor" },
  { path: /^ohmymkt\.db/i, instead: "the ohmymkt tools" },
  { path: /^\.(tmp|gitignore)/i, instead: "nothing: it is ours" },
];

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
