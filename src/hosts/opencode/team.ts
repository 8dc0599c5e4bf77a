import type { AgentDefinition } from "../../features/claude-code-agent-loader/definition.ts";
import { effectiveAgents } from "../../features/claude-code-agent-loader/effective.ts";
import { applyAgents } from "../../features/claude-code-agent-loader/host-config.ts";
import type { HostConfig } from "../../features/claude-code-agent-loader/host-shape.ts";
import { marketingAgents } from "../../features/claude-code-agent-loader/marketing.ts";
import { createToolPolicy, type ToolPolicy } from "../../features/claude-code-agent-loader/policy.ts";
import { SHIPPED_AGENTS } from "../../features/claude-code-agent-loader/shipped.ts";
import type { TeamMember } from "../../features/claude-code-agent-loader/team.ts";
import type { MarketingAgent } from "../../hooks/keyword-detector/ultrawork/source-detector.ts";
import { projectAgents } from "./project-agents.ts";

/** The agents as one project runs them; known in full once the host's config hook has run. */
export interface Team {
  /** Registers the agents in the host's config, in place; returns what a person should know. */
  join(config: HostConfig): Promise<string[]>;
  marketing(): readonly MarketingAgent[];
  enabled(): readonly string[];
  policy(): ToolPolicy;
  /** Who can own work: the agents that are not disabled. */
  working(): readonly TeamMember[];
}

export function createTeam(directory: string): Team {
  let members: readonly AgentDefinition[] = SHIPPED_AGENTS;
  let disabled: ReadonlySet<string> = new Set();
  let policy = createToolPolicy(SHIPPED_AGENTS);
  return {
    async join(config) {
      const { agents: project, problems } = await projectAgents(directory);
      members = effectiveAgents(SHIPPED_AGENTS, project, config);
      policy = createToolPolicy(members);
      const notes = applyAgents(config, { packaged: SHIPPED_AGENTS, project, problems });
      disabled = new Set(
        Object.entries(config.agent ?? {}).flatMap(([name, agent]) => (agent?.disable === true ? [name] : [])),
      );
      return notes;
    },
    marketing: () => marketingAgents(members).map(({ name, title }) => ({ name, displayName: title })),
    enabled: () => members.map((agent) => agent.name).filter((name) => !disabled.has(name)),
    policy: () => policy,
    working: () => members.filter(({ name }) => !disabled.has(name)),
  };
}
