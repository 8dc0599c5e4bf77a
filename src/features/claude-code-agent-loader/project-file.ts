import { z } from "zod";
import { mapTools } from "./claude-tools.ts";
import { type AgentDefinition, AgentName, type AgentProblem, Color } from "./definition.ts";
import { parseForgivingFrontMatter } from "./front-matter.ts";

/**
 * An agent file of the user's project. `declares` tells which of our keys the file has at all; `denied` are tools
 * it takes away; `model` is a `provider/model` id. The host itself loads files whose `source` is "opencode".
 */
export type ProjectAgent = AgentDefinition & {
  source: "opencode" | "claude";
  declares: { modules: boolean; delegates: boolean; tools: boolean; mode: boolean };
  denied: string[];
  model?: string;
};

/** Where a file was found: `file` for messages, `name` as its path under the folder says. */
export type AgentFile = {
  source: ProjectAgent["source"];
  file: string;
  name: string;
  text: string;
};

const Names = z
  .union([z.string().transform((text) => text.split(/,(?![^(]*\))/)), z.array(z.string())])
  .transform((names) => names.map((name) => name.trim()).filter((name) => name !== ""));
const Keys = {
  name: AgentName,
  description: z.string(),
  mode: z.enum(["primary", "subagent", "all"]),
  color: z.string(),
  modules: Names,
  delegates: Names,
  tools: z.union([z.record(z.string(), z.boolean()), Names]),
  disallowedTools: Names,
  steps: z.int().positive(),
  model: z.string(),
  displayName: z.string(),
  title: z.string(),
};
const CLAUDE_COLORS: Readonly<Record<string, string>> = {
  red: "#dc2626",
  orange: "#ea580c",
  yellow: "#ca8a04",
  green: "#16a34a",
  cyan: "#0891b2",
  blue: "#2563eb",
  purple: "#7c3aed",
  pink: "#db2777",
};
const BUILT_IN = new Set(["build", "plan", "general", "explore", "compaction", "title", "summary"]);

type KeyName = keyof typeof Keys;
type Read = <K extends KeyName>(key: K) => z.output<(typeof Keys)[K]> | undefined;

/** Reads one file; `agent` is absent when it defines none. Throws FrontMatterError when it cannot be parsed. */
export async function readProjectAgent(found: AgentFile): Promise<{ agent?: ProjectAgent; problems: AgentProblem[] }> {
  const { data, body, hasFrontMatter } = await parseForgivingFrontMatter(found.text, found.file);
  const problems: AgentProblem[] = [];
  const note = (message: string): void => void problems.push({ file: found.file, message, severity: "note" });
  if (!hasFrontMatter && found.source === "claude") {
    note("has no front matter, so it is not read as an agent; begin it with ---, name, description and ---.");
    return { problems };
  }
  const read = reader(data, note);
  const name = read("name") ?? found.name;
  if (!AgentName.safeParse(name).success) {
    problems.push({
      file: found.file,
      message: `expected an agent name of ${AGENT_NAME_RULE}, got ${JSON.stringify(name)}; rename the file or set name.`,
      severity: "error",
    });
    return { problems };
  }
  if (found.source === "claude" && BUILT_IN.has(name)) {
    problems.push({
      file: found.file,
      message: `"${name}" is an agent of the host itself and stays as it is; rename this one.`,
      severity: "error",
    });
    return { problems };
  }
  return { agent: assemble(found, name, body, read, note), problems };
}

const AGENT_NAME_RULE = "letters, digits, - and _";

function reader(data: Record<string, unknown>, note: (message: string) => void): Read {
  return (key) => {
    if (!Object.hasOwn(data, key) || data[key] === null) return undefined;
    const parsed = Keys[key].safeParse(data[key]);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a schema yields its own key's type; TypeScript does not see that through the index
    if (parsed.success) return parsed.data as z.output<(typeof Keys)[typeof key]>;
    note(
      `${key} is ignored: ${z
        .prettifyError(parsed.error)
        .replace(/\s*\n\s*/g, "; ")
        .replace(/^✖ /, "")}.`,
    );
    return undefined;
  };
}

function assemble(
  found: AgentFile,
  name: string,
  prompt: string,
  read: Read,
  note: (message: string) => void,
): ProjectAgent {
  const modules = read("modules");
  const delegates = read("delegates");
  const tools = toolKeys(read, note);
  const mode = read("mode");
  const steps = read("steps");
  const title = read("displayName") ?? read("title");
  const color = hostColor(read("color"));
  const model = found.source === "claude" ? hostModel(read("model"), note) : undefined;
  return {
    name,
    description: read("description") ?? "",
    mode: mode ?? (found.source === "claude" ? "subagent" : "all"),
    modules: modules ?? [],
    tools: tools.grants,
    delegates: delegates ?? [],
    prompt,
    origin: "project",
    file: found.file,
    source: found.source,
    declares: {
      modules: modules !== undefined,
      delegates: delegates !== undefined,
      tools: tools.declared,
      mode: mode !== undefined,
    },
    denied: tools.denied,
    ...(steps === undefined ? {} : { steps }),
    ...(title === undefined ? {} : { title }),
    ...(color === undefined ? {} : { color }),
    ...(model === undefined ? {} : { model }),
  };
}

/** `tools` is an allow-list, unless it is a map that only takes tools away (`{write: false}`). */
function toolKeys(
  read: Read,
  note: (message: string) => void,
): Pick<ProjectAgent, "denied"> & { grants: ProjectAgent["tools"]; declared: boolean } {
  const value = read("tools");
  const map = value === undefined || Array.isArray(value) ? {} : value;
  const listed = Array.isArray(value) ? value : Object.keys(map).filter((key) => map[key] === true);
  const allowed = mapTools(listed);
  const denied = mapTools([
    ...Object.keys(map).filter((key) => map[key] === false),
    ...(read("disallowedTools") ?? []),
  ]);
  const ignored = [...allowed.ignored, ...denied.ignored];
  if (ignored.length > 0) note(`tools without a counterpart here are ignored: ${ignored.join(", ")}.`);
  if (allowed.grants.some((grant) => grant.tool === "task"))
    note("Task is ignored: name the agents it may start under `delegates`.");
  return {
    grants: allowed.grants.filter((grant) => grant.tool !== "task"),
    denied: denied.grants.map((grant) => grant.tool),
    declared: Array.isArray(value) || listed.length > 0,
  };
}

function hostColor(color: string | undefined): string | undefined {
  if (color === undefined || Color.safeParse(color).success) return color;
  return Object.hasOwn(CLAUDE_COLORS, color) ? CLAUDE_COLORS[color] : undefined;
}

function hostModel(model: string | undefined, note: (message: string) => void): string | undefined {
  if (model === undefined || /^[^\s/]+\/\S+$/.test(model)) return model;
  if (model !== "inherit")
    note(
      `model "${model}" is a name of another host and is dropped: the agent uses your model; write provider/model to choose one.`,
    );
  else note('model "inherit" needs no entry: the agent uses your model.');
  return undefined;
}
