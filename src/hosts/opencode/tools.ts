import type { ToolContext as HostToolContext, ToolDefinition, ToolResult } from "@opencode-ai/plugin";
import { renderError } from "../../errors.ts";
import type { TeamMember } from "../../features/claude-code-agent-loader/team.ts";
import type { ToolPolicy } from "../../features/claude-code-agent-loader/policy.ts";
import type { World } from "../../providers/world.ts";
import type { Store } from "../../store/store.ts";
import type { Attachment, ToolOutcome } from "../../tools/ohmymkt/define.ts";
import { CATALOG, type CatalogEntry } from "../../tools/ohmymkt/catalog.ts";
import { askPerson, type AskedCalls } from "./ask.ts";
import type { Background } from "./background.ts";
import { loadTools } from "./load.ts";
import type { Sessions } from "./sessions.ts";

const SCHEMAS = new Map(CATALOG.map((entry) => [entry.name, entry.schema]));

export interface ToolHost {
  directory: string;
  store(): Promise<Store>;
  world(): Promise<World>;
  policy(): ToolPolicy;
  team(): readonly TeamMember[];
  sessions: Sessions;
  asked: AskedCalls;
  /** Whether this process ends with its turn, so that nobody answers. */
  oneShot: boolean;
  background(): Promise<Background>;
}

/** The host's tool record; the tools' own code is loaded at the first call. */
export function hostTools(host: ToolHost): Record<string, ToolDefinition> {
  return Object.fromEntries(
    CATALOG.map(({ name, summary }) => [
      name,
      // The host shows the catalog's schema instead (tool.definition) and does not validate; the tool parses strictly itself.
      {
        description: summary,
        args: {},
        execute: (raw: unknown, call: HostToolContext) => callTool(host, name, raw, call),
      },
    ]),
  );
}

/** What the host sends to the model as a tool's parameters. */
export function modelSchema(tool: string): CatalogEntry["schema"] | undefined {
  return SCHEMAS.get(tool);
}

async function callTool(host: ToolHost, name: string, raw: unknown, call: HostToolContext): Promise<ToolResult> {
  try {
    const { runTool } = await loadTools();
    const outcome = await runTool(name, raw, {
      store: await host.store(),
      directory: host.directory,
      actor: { host: "opencode", agent: call.agent, session: call.sessionID },
      signal: call.abort,
      policy: host.policy(),
      claims: async () => (await host.background()).held,
      swarm: async () => (await host.background()).swarmDesk(host.policy().delegates(call.agent)),
      background: async () => (await host.background()).desk(host.policy().delegates(call.agent)),
      team: host.team(),
      world: await host.world(),
      oneShot: host.oneShot,
      ask: (row) => askPerson(row, call, host),
    });
    return await hostResult(outcome);
  } catch (error) {
    throw new Error(renderError(error), { cause: error });
  }
}

/** What the host shows of an outcome: its text, and its files as data URLs; files that cannot be made are a line of the text. */
export async function hostResult({ text, attach }: ToolOutcome): Promise<ToolResult> {
  let attachments: readonly Attachment[];
  try {
    attachments = (await attach?.()) ?? [];
  } catch (error) {
    // The work is done and recorded, and the answer says so.
    return `${text}\nThe picture could not be made: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (attachments.length === 0) return text;
  return {
    output: text,
    attachments: attachments.map(({ filename, mime, bytes }) => ({
      type: "file",
      mime,
      filename,
      url: `data:${mime};base64,${Buffer.from(bytes).toString("base64")}`,
    })),
  };
}
