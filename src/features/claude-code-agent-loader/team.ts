import type { AgentDefinition } from "./definition.ts";

/** An agent as others see it: its name and whom it may start. */
export type TeamMember = Pick<AgentDefinition, "name" | "delegates">;

/** What work of a person is assigned to; no agent can have this name's rights. */
export const PERSON = "person";

/** Whether work may be assigned to this name. */
export function canOwn(team: readonly TeamMember[], name: string): boolean {
  return name === PERSON || team.some((member) => member.name === name);
}

/** Whether `leader` stands above `name`: it starts that agent, or one that does. A person stands above everybody. */
export function leads(team: readonly TeamMember[], leader: string, name: string): boolean {
  if (leader === PERSON) return true;
  const seen = new Set<string>();
  const reach = (from: string): boolean => {
    if (seen.has(from)) return false;
    seen.add(from);
    const below = team.find((member) => member.name === from)?.delegates ?? [];
    return below.includes(name) || below.some(reach);
  };
  return reach(leader);
}
