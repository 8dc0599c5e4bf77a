import type { AgentDefinition } from "./definition.ts";

/** A marketing agent under both names that a host may report: its id and what people call it. */
export type MarketingAgent = { name: string; title: string };

/** The agents that ship with the package and the project's own that declare `modules`. */
export function marketingAgents(definitions: readonly AgentDefinition[]): MarketingAgent[] {
  return definitions
    .filter(isMarketing)
    .map((agent) => ({ name: agent.name, title: agent.title ?? displayName(agent.name) }));
}

function isMarketing(agent: AgentDefinition & { declares?: { modules: boolean } }): boolean {
  return agent.origin === "package" || agent.modules.length > 0 || agent.declares?.modules === true;
}

/** "growth-manager" → "Growth Manager", "growth/ab_tests" → "Growth Ab Tests". */
export function displayName(name: string): string {
  return name
    .split(/[-_/\s]+/)
    .filter((word) => word !== "")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");
}
