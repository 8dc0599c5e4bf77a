import { join } from "node:path";
import type { AgentProblem } from "./definition.ts";
import { type AgentDisk, localDisk } from "./disk.ts";
import { FrontMatterError } from "./front-matter.ts";
import { type AgentFile, type ProjectAgent, readProjectAgent } from "./project-file.ts";

const FOLDERS = [
  { folder: ".claude/agents", source: "claude" },
  { folder: ".opencode/agent", source: "opencode" },
  { folder: ".opencode/agents", source: "opencode" },
] as const;
const MAX_BYTES = 256 * 1024;

type Found = Omit<AgentFile, "text"> & { path: string };
type Walk = {
  disk: AgentDisk;
  root: string;
  visited: Set<string>;
  found: Found[];
  problems: AgentProblem[];
};

/**
 * Reads the agent files of a project. A broken file becomes a problem with its path (relative to `directory`) and
 * line, and never hides another file. Of two files with one name the host's own (`.opencode`) counts.
 */
export async function loadProjectAgents(options: {
  directory: string;
  disk?: AgentDisk;
}): Promise<{ agents: ProjectAgent[]; problems: AgentProblem[] }> {
  const walk: Walk = {
    disk: options.disk ?? localDisk,
    root: options.directory,
    visited: new Set(),
    found: [],
    problems: [],
  };
  for (const { folder, source } of FOLDERS) {
    walk.visited.clear(); // one folder may link to another: a file that both show is settled by name below
    await walkFolder(walk, source, folder, "");
  }
  const results = await Promise.all(walk.found.map((found) => readOne(walk, found)));
  const problems = [...walk.problems, ...results.flatMap((result) => result.problems)];
  const agents = new Map<string, ProjectAgent>();
  for (const { agent } of results) {
    if (agent === undefined) continue;
    const earlier = agents.get(agent.name);
    if (earlier)
      problems.push({
        file: earlier.file,
        message: `${agent.file} defines "${agent.name}" too and counts; this file is not used.`,
        severity: "note",
      });
    agents.set(agent.name, agent);
  }
  return { agents: [...agents.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)), problems };
}

async function walkFolder(walk: Walk, source: Found["source"], folder: string, under: string): Promise<void> {
  const relative = under === "" ? folder : `${folder}/${under}`;
  const names = await listOnce(walk, relative, under === "");
  for (const name of names.toSorted()) {
    const file = `${relative}/${name}`;
    const kind = await attempt(walk, file, () => walk.disk.stat(join(walk.root, file)));
    const inner = under === "" ? name : `${under}/${name}`;
    if (kind?.isDirectory) await walkFolder(walk, source, folder, inner);
    else if (kind?.isFile && name.endsWith(".md"))
      collect(walk, { source, file, name: inner.slice(0, -".md".length), path: join(walk.root, file) }, kind.size);
  }
}

function collect(walk: Walk, found: Found, size: number): void {
  if (size <= MAX_BYTES) walk.found.push(found);
  else
    walk.problems.push({
      file: found.file,
      message: `expected at most ${MAX_BYTES / 1024} KiB, got ${Math.ceil(size / 1024)} KiB; it is not read.`,
      severity: "error",
    });
}

/** A directory reached a second time through a symbolic link is a loop or a repeat: it lists nothing. */
async function listOnce(walk: Walk, relative: string, optional: boolean): Promise<string[]> {
  const path = join(walk.root, relative);
  const listing = await attempt(
    walk,
    relative,
    async () => {
      const real = await walk.disk.realPath(path);
      if (walk.visited.has(real)) return [];
      walk.visited.add(real);
      return await walk.disk.readDir(path);
    },
    optional,
  );
  return listing ?? [];
}

async function readOne(walk: Walk, found: Found): Promise<{ agent?: ProjectAgent; problems: AgentProblem[] }> {
  try {
    return await readProjectAgent({ ...found, text: await walk.disk.readText(found.path) });
  } catch (error) {
    return { problems: [asProblem(found.file, error)] };
  }
}

async function attempt<T>(
  walk: Walk,
  file: string,
  action: () => Promise<T>,
  optional = false,
): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (!(optional && errorCode(error) === "ENOENT")) walk.problems.push(asProblem(file, error));
    return undefined;
  }
}

function asProblem(file: string, error: unknown): AgentProblem {
  if (error instanceof FrontMatterError) {
    return {
      file,
      line: error.line,
      message: error.message.slice(`${error.file}:${error.line}: `.length),
      severity: "error",
    };
  }
  const code = errorCode(error);
  const why =
    code === undefined ? (error instanceof Error ? error.message : String(error)) : (READ_ERRORS[code] ?? code);
  return { file, message: `could not be read: ${why}.`, severity: "error" };
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ELOOP: "its symbolic links form a loop",
  ENOENT: "its symbolic link points to nothing",
  ENOTDIR: "expected a folder",
};

function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
