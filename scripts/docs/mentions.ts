import { DEFAULT_CONFIG } from "../../src/config.ts";
import { codeSpans, lines, type Line } from "./markdown.ts";
import type { Sources } from "./sources.ts";

/** What a hand-written page may name. */
export interface World {
  tools: ReadonlySet<string>;
  agents: ReadonlySet<string>;
  commands: ReadonlySet<string>;
  /** Files below `.ohmymkt/`. */
  stateFiles: ReadonlySet<string>;
  /** Folders below `.ohmymkt/` whose files have free names. */
  stateFolders: ReadonlySet<string>;
  /** Whether the repository has this path. */
  exists(path: string): boolean;
}

/** Files below `.ohmymkt/` that are no governed documents. */
const OTHER_FILES = ["config.json", "ohmymkt.db", ".gitignore", DEFAULT_CONFIG.measurement.query_map];
/** Folders of texts for people; their files have no schema. */
const TEXT_FOLDERS = ["reports", "notepads"];
/** Words that end like an agent's name and are none. */
const ORDINARY = new Set(["user-agent", "sub-agent", "multi-agent"]);

/** The names that exist now. */
export function worldOf({ tools, agents, cli, files, code }: Sources, exists: (path: string) => boolean): World {
  const free = files.filter(({ path }) => path.includes("<id>")).map(({ path }) => path.replace(/\/<id>.*$/, ""));
  const started = [...(code["src/index.ts"] ?? "").matchAll(/\b(ohmymkt_\w+):/g)].map((match) => match[1] ?? "");
  return {
    tools: new Set([...tools.map(({ name }) => name), ...started]),
    agents: new Set(agents.map(({ name }) => name)),
    commands: new Set([...cli.commands.map(({ name }) => name), "help"]),
    stateFiles: new Set([...files.map(({ path }) => path), ...OTHER_FILES]),
    stateFolders: new Set([...free, ...TEXT_FOLDERS]),
    exists,
  };
}

/** Names in a hand-written page that nothing has; one line each, with file and line. */
export function unknownNames(path: string, markdown: string, world: World): string[] {
  const roles = [...new Set([...world.agents].map((name) => name.replace(/^.*-/, "")))].join("|");
  const agent = new RegExp(`(?<![\\w/#-])[a-z]+(?:-[a-z]+)*-(?:${roles})(?![\\w-])`, "g");
  return lines(markdown).flatMap((line) =>
    [
      ...named(line.text, /(?<![\w.])ohmymkt_[a-z_]+/g)
        .filter((name) => !name.endsWith("_") && !world.tools.has(name))
        .map((name) => `tool ${name}`),
      ...named(line.text, agent)
        .filter((name) => !ORDINARY.has(name) && !world.agents.has(name))
        .map((name) => `agent ${name}`),
      ...stateMentions(line.text)
        .filter((name) => !isState(name, world))
        .map((name) => `state file ${name}`),
      ...commandMentions(line)
        .filter((name) => !world.commands.has(name))
        .map((name) => `command ohmymkt ${name}`),
      ...named(line.text, /(?<![\w./-])(?:src|scripts|templates|benchmark)\/[\w./-]+(?![\w<*{])/g)
        .map(trimmed)
        .filter((name) => !world.exists(name))
        .map((name) => `path ${name}`),
    ].map((what) => `${path}:${line.number}: ${what} does not exist`),
  );
}

function named(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[0]);
}

function trimmed(path: string): string {
  return path.replace(/[./]+$/, "");
}

/** Paths after `.ohmymkt/`, and those below `state/` that stand alone as code. */
function stateMentions(text: string): string[] {
  const whole = named(text, /(?<=\.ohmymkt\/)[^\s`"'),;:|]+/g);
  const short = codeSpans(text).filter((span) => /^state\/\S+$/.test(span));
  return [...whole, ...short].map((path) => path.replace(/[.\\]+$/, "")).filter((path) => path !== "");
}

/** A folder with a free name below it counts up to that name. */
function isState(path: string, { stateFiles, stateFolders }: World): boolean {
  const fixed = path.replace(/[^/]*[<*{…].*$/, "").replace(/\/$/, "");
  const folders = [...stateFolders, ...[...stateFiles].map((file) => file.replace(/\/?[^/]*$/, ""))];
  if (stateFiles.has(path) || fixed === "") return true;
  if ([...stateFolders].some((folder) => fixed === folder || fixed.startsWith(`${folder}/`))) return true;
  return folders.some((folder) => folder === fixed || folder.startsWith(`${fixed}/`));
}

function commandMentions({ text, fence }: Line): string[] {
  const codes = fence === undefined ? codeSpans(text) : fence === "mermaid" ? [] : [text];
  return codes.flatMap((one) => /^\s*(?:\$ )?(?:npx |bunx )?ohmymkt ([a-z][\w-]*)/.exec(one)?.[1] ?? []);
}
