import { z } from "zod";

export const HOSTS = ["opencode", "cli", "mcp", "library"] as const;

/** Who acts: the agent and session of a host, or a person on the command line (`agent` absent). */
export const Actor = z.strictObject({
  host: z.enum(HOSTS),
  agent: z.string().optional(),
  session: z.string().optional(),
});
export type Actor = z.infer<typeof Actor>;

/** "growth-manager (opencode)" or "person (cli)". */
export function actorLabel(actor: Actor): string {
  return `${actor.agent ?? "person"} (${actor.host})`;
}
