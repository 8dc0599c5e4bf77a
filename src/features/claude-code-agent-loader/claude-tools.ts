import { parseGrant, type ToolGrant } from "./definition.ts";
import { permissionOf } from "./permissions.ts";

/** Claude's tool names and the host's ids for the same work. */
export const CLAUDE_TOOLS: Readonly<Record<string, readonly string[]>> = {
  Read: ["read"],
  NotebookRead: ["read"],
  Write: ["edit"],
  Edit: ["edit"],
  MultiEdit: ["edit"],
  NotebookEdit: ["edit"],
  Bash: ["bash"],
  Glob: ["glob"],
  Grep: ["grep"],
  LS: ["list"],
  WebFetch: ["webfetch"],
  WebSearch: ["websearch"],
  Task: ["task"],
  Agent: ["task"],
  TodoWrite: ["todowrite"],
  TodoRead: ["todowrite"],
  Skill: ["skill"],
  AskUserQuestion: ["question"],
};

const NO_COUNTERPART = new Set([
  "BashOutput",
  "KillShell",
  "KillBash",
  "ExitPlanMode",
  "SlashCommand",
  "ListMcpResourcesTool",
  "ReadMcpResourceTool",
]);

/** What a list of tool names means to the host: grants, names that have no counterpart, names nobody knows. */
export type MappedTools = { grants: ToolGrant[]; ignored: string[] };

/** Maps Claude's names, `mcp__server__tool`, host ids and our own `tool(action|…)` grants; repeats collapse. */
export function mapTools(names: readonly string[]): MappedTools {
  const grants = new Map<string, ToolGrant>();
  const ignored: string[] = [];
  for (const name of names.map((each) => each.trim()).filter((each) => each !== "")) {
    const mapped = mapTool(name);
    if (mapped.length === 0) ignored.push(name);
    for (const grant of mapped) if (!grants.has(grant.tool)) grants.set(grant.tool, grant);
  }
  return { grants: [...grants.values()], ignored };
}

function mapTool(name: string): ToolGrant[] {
  const claude = /^([A-Za-z]+)(\(.*\))?$/.exec(name)?.[1] ?? "";
  if (NO_COUNTERPART.has(claude)) return [];
  const known = Object.hasOwn(CLAUDE_TOOLS, claude) ? CLAUDE_TOOLS[claude] : undefined;
  // `Bash(git log:*)` narrows the tool; granting all of bash for it would widen what its author allowed.
  if (known !== undefined) return name === claude ? known.map((tool) => ({ tool })) : [];
  const mcp = /^mcp__([\w-]+?)(?:__([\w*-]+))?$/.exec(name);
  if (mcp) return [{ tool: `${mcp[1]}_${mcp[2] ?? "*"}` }];
  const grant = parseGrant(name);
  return grant && /^[a-z*]/.test(grant.tool) ? [{ ...grant, tool: permissionOf(grant.tool) }] : [];
}
