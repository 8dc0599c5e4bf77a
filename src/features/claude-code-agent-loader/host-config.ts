import type { AgentDefinition, AgentProblem } from "./definition.ts";
import { effectiveAgents } from "./effective.ts";
import type { HostAgent, HostConfig } from "./host-shape.ts";
import { isOurTool } from "./our-tools.ts";
import {
  agentRules,
  globalRules,
  mergeRules,
  readRules,
  type Rules,
  rulesWithoutQuestions,
  taskRule,
  unseenQuestions,
} from "./permissions.ts";
import type { ProjectAgent } from "./project-file.ts";

export type AgentSources = {
  packaged: readonly AgentDefinition[];
  project: readonly ProjectAgent[];
  problems: readonly AgentProblem[];
};

/** Keys of ours that the host does not know: it would send them to the model provider as options. */
const OUR_KEYS = ["modules", "delegates", "displayName", "title", "disallowedTools"];
const DEPTH = 2;
const HOST_AGENTS = ["build", "plan", "general", "explore"];

/**
 * Registers our agents in the host's config, in place, and returns what a person should know. The user's own settings
 * win everywhere: their keys replace ours, their permission rules come after ours, a disabled agent stays disabled.
 */
export function applyAgents(config: HostConfig, { packaged, project, problems }: AgentSources): string[] {
  const users = (config.agent ??= {});
  for (const agent of Object.values(users)) if (agent) stripOurKeys(agent);
  const agents = effectiveAgents(packaged, project, config);
  const global = readRules(config.permission);
  const notes = problems.map(problemText);
  const reach = {
    names: knownNames(users, agents),
    isDisabled: (name: string) => own(users, name)?.disable === true,
  };
  for (const agent of agents) notes.push(...strangers(agent, reach.names));
  const deep = new Set(agents.filter((agent) => agent.mode === "subagent").flatMap((agent) => agent.delegates));

  for (const agent of agents) {
    const delegates = agent.delegates.filter((name) => reach.names.has(name) && !reach.isDisabled(name));
    const source = project.find((each) => each.name === agent.name);
    const rules =
      agent.origin === "package" || (source?.declares.tools === true && source.source === "claude")
        ? agentRules(agent, { delegates, deep: deep.has(agent.name), global })
        : projectRules(agent, delegates, deep.has(agent.name) ? rulesWithoutQuestions(global) : {});
    users[agent.name] = hostAgent(agent, source, rules, own(users, agent.name) ?? {});
    if (deep.has(agent.name)) notes.push(...unseenNotes(agent, global));
  }

  config.permission = globalRules(global);
  const first = packaged.find((agent) => agent.mode === "primary" && !reach.isDisabled(agent.name));
  if (first) config.default_agent ??= first.name;
  notes.push(...openDepth(config));
  return notes;
}

function hostAgent(agent: AgentDefinition, source: ProjectAgent | undefined, rules: Rules, user: HostAgent): HostAgent {
  const { prompt, permission, ...settings } = user;
  return {
    description: agent.description,
    mode: agent.mode,
    ...(agent.color === undefined ? {} : { color: agent.color }),
    ...(agent.steps === undefined ? {} : { steps: agent.steps }),
    ...(source?.model === undefined ? {} : { model: source.model }),
    ...definedOnly(settings),
    // An override file with front matter alone arrives with an empty prompt; it means ours.
    ...promptOf(prompt, agent.prompt),
    permission: mergeRules(rules, withDenied(source, readRules(permission))),
  };
}

function promptOf(user: unknown, ours: string): { prompt?: string } {
  const prompt = typeof user === "string" && user !== "" ? user : ours;
  return prompt === "" ? {} : { prompt };
}

/** Rules for an agent of the project that names no tools: the host's own apply, but nothing may wait unseen. */
function projectRules(agent: AgentDefinition, delegates: readonly string[], unseen: Rules): Rules {
  const isChild = agent.mode === "subagent" || agent.modules.length > 0;
  return {
    ...unseen,
    ...(isChild ? { question: "deny", external_directory: "deny", doom_loop: "allow" } : {}),
    ...(isChild || delegates.length > 0 ? { task: taskRule(delegates) } : {}),
    ...(agent.tools.some((grant) => isOurTool(grant.tool)) ? ourGrants(agent) : {}),
  };
}

function ourGrants(agent: AgentDefinition): Rules {
  const ours = agent.tools.filter((grant) => isOurTool(grant.tool));
  return {
    ...Object.fromEntries(ours.map((grant) => [grant.tool, "allow" as const])),
    "approve *": "ask",
  };
}

function withDenied(source: ProjectAgent | undefined, user: Rules): Rules {
  if (source?.source !== "claude") return user; // the host has turned the map of its own file into rules already
  return { ...Object.fromEntries(source.denied.map((tool) => [tool, "deny" as const])), ...user };
}

function stripOurKeys(agent: HostAgent): void {
  const options = typeof agent.options === "object" && agent.options !== null ? agent.options : {};
  for (const key of OUR_KEYS) {
    delete agent[key];
    Reflect.deleteProperty(options, key);
  }
}

function openDepth(config: HostConfig): string[] {
  config.subagent_depth ??= DEPTH;
  if (config.subagent_depth >= DEPTH) return [];
  return [
    `subagent_depth is ${config.subagent_depth} in your config, so specialists cannot be started below the agent that leads them; remove it or set it to ${DEPTH}.`,
  ];
}

function unseenNotes(agent: AgentDefinition, global: Rules): string[] {
  return unseenQuestions(agent, global).map(
    (tool) =>
      `${agent.name}: your global permission asks before "${tool}", but this agent runs two levels down where nobody would see the question, so it is denied there; set agent.${agent.name}.permission.${tool} to decide otherwise.`,
  );
}

function strangers(agent: AgentDefinition, known: ReadonlySet<string>): string[] {
  return agent.delegates
    .filter((name) => !known.has(name))
    .map((name) => `${agent.file}: delegates names "${name}", but there is no such agent; it is left out.`);
}

function knownNames(users: Record<string, HostAgent | undefined>, agents: readonly AgentDefinition[]): Set<string> {
  return new Set([...HOST_AGENTS, ...Object.keys(users), ...agents.map((agent) => agent.name)]);
}

function problemText(problem: AgentProblem): string {
  return `${problem.file}${problem.line === undefined ? "" : `:${problem.line}`}: ${problem.message}`;
}

function own<T>(record: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function definedOnly(settings: HostAgent): HostAgent {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
