import type { ToolContext as HostToolContext, ToolDefinition } from "@opencode-ai/plugin";
import { renderError } from "../errors.ts";
import { effectiveAgents } from "../features/claude-code-agent-loader/effective.ts";
import { createToolPolicy } from "../features/claude-code-agent-loader/policy.ts";
import { SHIPPED_AGENTS } from "../features/claude-code-agent-loader/shipped.ts";
import { openStore } from "../store/open.ts";
import { TOOLS } from "../tools/ohmymkt/index.ts";
import { askPerson, createAskedCalls } from "./opencode/ask.ts";
import { projectAgents } from "./opencode/project-agents.ts";
import { runTool } from "./opencode/run-tool.ts";
import { hostResult } from "./opencode/tools.ts";
import { systemWorld } from "./world.ts";

const ROOT = { parentID: async () => undefined, depth: async () => 0 };

/** The tools of one project as a record that an OpenCode plugin can return; questions go through the call's own `ask`. */
export function createOhmymktTools({ directory }: { directory: string }): Record<string, ToolDefinition> {
  const store = openStore({ directory });
  const policy = createToolPolicy(SHIPPED_AGENTS);
  const asked = createAskedCalls();
  const execute = (name: string) => async (raw: unknown, call: HostToolContext) => {
    try {
      const actor = { host: "library" as const, agent: call.agent, session: call.sessionID };
      const outcome = await runTool(name, raw, {
        store,
        directory,
        actor,
        signal: call.abort,
        policy,
        world: systemWorld(process.env),
        team: effectiveAgents(SHIPPED_AGENTS, (await projectAgents(directory)).agents),
        oneShot: false,
        ask: (row) => askPerson(row, call, { sessions: ROOT, asked, oneShot: false }),
      });
      return await hostResult(outcome);
    } catch (error) {
      throw new Error(renderError(error), { cause: error });
    }
  };
  return Object.fromEntries(
    TOOLS.map(({ name, summary, args }) => [name, { description: summary, args, execute: execute(name) }]),
  );
}
