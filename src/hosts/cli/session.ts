import { CONFIG_DOCUMENT, DEFAULT_CONFIG, type Config } from "../../config.ts";
import { effectiveAgents } from "../../features/claude-code-agent-loader/effective.ts";
import { SHIPPED_AGENTS } from "../../features/claude-code-agent-loader/shipped.ts";
import { OhmymktError } from "../../errors.ts";
import type { Actor } from "../../lib/actor.ts";
import type { Document } from "../../lib/documents.ts";
import type { World } from "../../providers/world.ts";
import type { Store, Transaction } from "../../store/store.ts";
import type { OhmymktTool, ToolContext } from "../../tools/ohmymkt/define.ts";
import { projectAgents } from "../opencode/project-agents.ts";
import { createApprovalDesk } from "../approval-desk.ts";
import { answerApproval } from "./answer.ts";
import type { Terminal } from "./terminal.ts";
import type { ReadText } from "./values.ts";

/** The effects that the command line works with; the entry file fills them with the real ones. */
export interface CliEffects {
  version: string;
  /** The current directory, absolute. */
  cwd: string;
  terminal: Terminal;
  signal: AbortSignal;
  /** Whether an agent of the host opened this shell. */
  agentShell: boolean;
  readText: ReadText;
  isFolder(path: string): boolean;
  tools(): Promise<readonly OhmymktTool[]>;
  openStore(options: { directory: string }): Promise<Store>;
  /** The governed document at a path below `.ohmymkt/`, if there is one. */
  documentByPath(path: string): Promise<Document<unknown> | undefined>;
  newId: (prefix: string) => string;
  world(): Promise<World>;
}

/** One command at work on one project. */
export interface Session {
  effects: CliEffects;
  directory: string;
  store: Store;
  yes: boolean;
}

const ACTOR: Actor = { host: "cli" };

/** The context in which a tool runs for the person at the terminal, who may use every tool. */
export async function toolContext(session: Session, tool: string): Promise<ToolContext> {
  const { directory, effects, store, yes } = session;
  const { terminal, signal, newId } = effects;
  const desk = createApprovalDesk({
    store,
    actor: ACTOR,
    tool,
    ask: (row) => answerApproval(row, { terminal, yes }),
    howToAllow: ({ id }) =>
      `repeat the command with --yes or on a terminal, or answer it with \`ohmymkt approvals --approve ${id}\` or in the host and repeat the command`,
  });
  return {
    store,
    directory,
    actor: ACTOR,
    config: await readConfig(store, tool),
    signal,
    team: effectiveAgents(SHIPPED_AGENTS, (await projectAgents(directory)).agents),
    newId,
    world: await effects.world(),
    approve: (request) => desk.approve(request),
    decide: (row) => desk.decide(row),
    allows: () => ({ ok: true }),
  };
}

/** A transaction of an operator command, which works on state that exists; throws `not_found` where there is none. */
export async function operate<T>(session: Session, command: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
  if (!(await session.store.exists())) {
    throw new OhmymktError("not_found", `expected a folder .ohmymkt in ${session.directory}, found none`, {
      hint: "change to the project's directory or name it with --directory <dir>",
    });
  }
  return session.store.transaction({ actor: ACTOR, tool: `cli_${command}` }, work);
}

async function readConfig(store: Store, tool: string): Promise<Config> {
  if (!(await store.exists())) return DEFAULT_CONFIG;
  return (
    (await store.transaction({ actor: ACTOR, tool }, ({ documents }) => documents.read(CONFIG_DOCUMENT))) ??
    DEFAULT_CONFIG
  );
}
