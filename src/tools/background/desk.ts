import { OhmymktError } from "../../errors.ts";
import type { BackgroundDesk } from "../../features/background/desk.ts";
import type { ToolContext } from "../ohmymkt/define.ts";

/** The caller's desk, with the session and the agent that it sits in; throws `not_allowed` where no host can run agents. */
export function deskOf({ background, actor }: ToolContext): BackgroundDesk & { session: string; agent: string } {
  if (background && actor.session !== undefined && actor.agent !== undefined)
    return { ...background, session: actor.session, agent: actor.agent };
  throw new OhmymktError("not_allowed", "background work runs agents, and only the agent host can run them", {
    hint: "let an agent in the host call it; a result is kept and told there",
  });
}
