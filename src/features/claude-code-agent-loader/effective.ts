import type { AgentDefinition, ToolGrant } from "./definition.ts";
import type { HostConfig } from "./host-shape.ts";
import { isOurTool } from "./our-tools.ts";
import { permissionOf, readRules } from "./permissions.ts";
import type { ProjectAgent } from "./project-file.ts";

const isOurs = (grant: ToolGrant): boolean => isOurTool(grant.tool);

/**
 * The agents as they will run: the package's with the project's changes laid over them, then the project's own.
 * With the user's `config` (as it is before `applyAgents`), tools of ours that its rules allow count as granted.
 */
export function effectiveAgents(
  packaged: readonly AgentDefinition[],
  project: readonly ProjectAgent[],
  config: HostConfig = {},
): AgentDefinition[] {
  const shipped = new Set(packaged.map((agent) => agent.name));
  const specialists = project.filter(
    (agent) => !shipped.has(agent.name) && agent.modules.length > 0 && agent.mode !== "primary",
  );
  const changed = packaged.map((agent) => {
    const override = project.find((each) => each.name === agent.name);
    return override ? overlay(agent, override) : agent;
  });
  const added = project.filter((agent) => !shipped.has(agent.name));
  return [...changed.map((agent) => withSpecialists(agent, specialists)), ...added].map((agent) =>
    withUserGrants(agent, config),
  );
}

function overlay(base: AgentDefinition, file: ProjectAgent): AgentDefinition {
  const declared = file.declares.tools ? overlayTools(base, file) : base.tools;
  return {
    ...base,
    description: file.description || base.description,
    prompt: file.prompt || base.prompt,
    file: file.file,
    mode: file.declares.mode ? file.mode : base.mode,
    modules: file.declares.modules ? file.modules : base.modules,
    delegates: file.declares.delegates ? file.delegates : base.delegates,
    tools: declared.filter((grant) => !file.denied.includes(permissionOf(grant.tool))),
    ...(file.color === undefined ? {} : { color: file.color }),
    ...(file.steps === undefined ? {} : { steps: file.steps }),
    ...(file.title === undefined ? {} : { title: file.title }),
  };
}

/** The host adds what its own files list; a Claude list replaces, but one that names no tool of ours leaves ours alone. */
function overlayTools(base: AgentDefinition, file: ProjectAgent): ToolGrant[] {
  const keepsAll = file.source === "opencode";
  const kept = keepsAll ? base.tools : file.tools.some(isOurs) ? [] : base.tools.filter(isOurs);
  const named = new Set(file.tools.map((grant) => grant.tool));
  return [...kept.filter((grant) => !named.has(permissionOf(grant.tool))), ...file.tools];
}

/** Whoever leads the package's specialists also leads those that the project adds. */
function withSpecialists(agent: AgentDefinition, specialists: readonly ProjectAgent[]): AgentDefinition {
  if (agent.mode !== "subagent" || agent.delegates.length === 0) return agent;
  return {
    ...agent,
    delegates: [...new Set([...agent.delegates, ...specialists.map((each) => each.name)])],
  };
}

function withUserGrants(agent: AgentDefinition, config: HostConfig): AgentDefinition {
  const users = config.agent ?? {};
  const rules = readRules(Object.hasOwn(users, agent.name) ? users[agent.name]?.permission : undefined);
  const allowed = Object.keys(rules).filter(
    (key) => (key.startsWith("ohmymkt") || isOurTool(key)) && rules[key] !== "deny",
  );
  const isNew = (tool: string): boolean => !agent.tools.some((grant) => grant.tool === tool);
  return { ...agent, tools: [...agent.tools, ...allowed.filter(isNew).map((tool) => ({ tool }))] };
}
