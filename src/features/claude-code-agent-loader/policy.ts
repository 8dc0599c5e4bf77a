import type { AgentDefinition } from "./definition.ts";
import { isOurTool } from "./our-tools.ts";
import { matches } from "./permissions.ts";

export type ToolVerdict = { ok: true } | { ok: false; allowed: string[] };

/** Decides by the calling agent's name which of our tools, and which of their actions, may run. */
export type ToolPolicy = {
  /** `allowed` lists the agent's actions of this tool, or its tools when it has no grant for this one. */
  allows(agent: string | undefined, tool: string, action: string | undefined): ToolVerdict;
  /** The agents that this one may start; undefined for an agent that we do not hold to a list. */
  delegates(agent: string | undefined): readonly string[] | undefined;
};

/**
 * Builds the policy from the agents as they run (`effectiveAgents`). Agents that ship with the package and those that
 * list tools of ours are held to their lists; any other agent is the user's affair.
 */
export function createToolPolicy(agents: readonly AgentDefinition[]): ToolPolicy {
  const held = new Map(agents.filter(isHeld).map((agent) => [agent.name, agent.tools]));
  const delegates = new Map(agents.filter(isHeld).map((agent) => [agent.name, agent.delegates]));
  return {
    allows(agent, tool, action) {
      const grants = agent === undefined ? undefined : held.get(agent);
      if (grants === undefined) return { ok: true };
      const fitting = grants.filter((grant) => matches(grant.tool, tool));
      if (fitting.length === 0) return { ok: false, allowed: grants.map((grant) => grant.tool).filter(isOurTool) };
      const open = fitting.some(
        (grant) => grant.actions === undefined || (action !== undefined && grant.actions.includes(action)),
      );
      return open ? { ok: true } : { ok: false, allowed: fitting.flatMap((grant) => grant.actions ?? []) };
    },
    delegates: (agent) => (agent === undefined ? undefined : delegates.get(agent)),
  };
}

function isHeld(agent: AgentDefinition): boolean {
  return agent.origin === "package" || agent.tools.some((grant) => isOurTool(grant.tool));
}
