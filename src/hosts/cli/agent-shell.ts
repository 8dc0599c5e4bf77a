import { OhmymktError } from "../../errors.ts";

/** Set in every shell that an agent of the host opens, so that an agent cannot approve its own work from the command line. */
export const AGENT_SHELL = "OHMYMKT_AGENT_SHELL";

/** Throws `not_allowed` when the command runs in an agent's shell: `act` is for a person. */
export function refuseAgents(effects: { agentShell: boolean }, act: string): void {
  if (!effects.agentShell) return;
  throw new OhmymktError("not_allowed", `an agent's shell may not ${act}; a person must`, {
    hint: "use the ohmymkt tools, which ask the person in the host, or let a person run this command",
  });
}
