import type { UltraworkSource } from "./source-detector.ts";

/** Template texts by path below `templates/` (`ultrawork/marketing.md`), and the names of the agents that are enabled. */
export type MessageInput = { agents: Iterable<string>; templates: Readonly<Record<string, string>> };

const NEEDS = /^(\s*(?:[-*]|\d+\.)?\s*)\{\{if ([a-z0-9 -]+)\}\}\s*/;
const OTHERS = /\{\{others ([a-z0-9 -]+)\}\}/g;
/** Keeps the message within its token budget when a project brings many agents of its own. */
const MOST_NAMES = 14;
const NUMBERED = /^\d+\.\s/;

function templateOf(name: string, templates: Readonly<Record<string, string>>): string {
  const text = templates[name];
  if (text === undefined)
    throw new Error(
      `Expected the template ${name}, found ${Object.keys(templates).length} others; reinstall the package.`,
    );
  return text;
}

function othersThan(named: readonly string[], enabled: ReadonlySet<string>): string[] {
  return [...enabled].filter((name) => !named.includes(name)).toSorted();
}

/** Fills one line, or drops it when an agent that it needs is missing. */
function fillLine(line: string, enabled: ReadonlySet<string>): string | undefined {
  const needed = NEEDS.exec(line);
  if (needed !== null && !(needed[2] ?? "").split(" ").every((name) => enabled.has(name))) return undefined;
  let missing = false;
  const filled = line.replace(NEEDS, "$1").replaceAll(OTHERS, (_, names: string) => {
    const found = othersThan(names.split(" "), enabled);
    missing ||= found.length === 0;
    return found.length > MOST_NAMES
      ? `${found.slice(0, MOST_NAMES).join(", ")} and ${found.length - MOST_NAMES} more`
      : found.join(", ");
  });
  return missing ? undefined : filled;
}

function renumber(lines: readonly string[]): string[] {
  let step = 0;
  return lines.map((line) => (NUMBERED.test(line) ? line.replace(NUMBERED, `${(step += 1)}. `) : line));
}

function fill(template: string, agents: Iterable<string>): string {
  const enabled = new Set(agents);
  const lines = template.split("\n").map((line) => fillLine(line, enabled));
  return renumber(lines.filter((line) => line !== undefined))
    .join("\n")
    .trim();
}

/**
 * The text that ultrawork adds for a source. A line with `{{if name}}` stays only while that agent is enabled;
 * `{{others a b}}` becomes the enabled agents besides those names, and the line goes when there are none.
 * Same input, same bytes. Throws when the template is not among `templates`.
 */
export function getUltraworkMessage(source: UltraworkSource, { agents, templates }: MessageInput): string {
  return fill(templateOf(`ultrawork/${source}.md`, templates), agents);
}

/** The one line that keeps ultrawork in mind after the host has compacted the conversation. */
export function getResumedMessage({ agents, templates }: MessageInput): string {
  return fill(templateOf("ultrawork/resumed.md", templates), agents);
}
