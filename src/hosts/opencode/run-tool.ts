import { CONFIG_DOCUMENT, DEFAULT_CONFIG } from "../../config.ts";
import { OhmymktError } from "../../errors.ts";
import type { ClaimListener } from "../../features/held-tasks/held-tasks.ts";
import type { SwarmDesk } from "../../features/host-swarm/desk.ts";
import type { BackgroundDesk } from "../../features/background/desk.ts";
import { BACKGROUND_TOOLS } from "../../features/claude-code-agent-loader/our-tools.ts";
import type { TeamMember } from "../../features/claude-code-agent-loader/team.ts";
import { importAside } from "../../features/measurement/import-aside.ts";
import type { ToolPolicy } from "../../features/claude-code-agent-loader/policy.ts";
import type { Actor } from "../../lib/actor.ts";
import type { Approval } from "../../lib/approvals.ts";
import { newId } from "../../lib/names.ts";
import { randomBase32 } from "../../store/local/random.ts";
import type { World } from "../../providers/world.ts";
import type { Store } from "../../store/store.ts";
import type { ToolOutcome } from "../../tools/ohmymkt/define.ts";
import { TOOLS } from "../../tools/ohmymkt/index.ts";
import { createApprovalDesk, type Answer } from "../approval-desk.ts";

export interface HostCall {
  store: Store;
  directory: string;
  actor: Actor;
  signal: AbortSignal;
  policy: ToolPolicy;
  team: readonly TeamMember[];
  world: World;
  /** Whether the process ends with this turn, so that nobody answers. */
  oneShot: boolean;
  ask(row: Approval): Promise<Answer | undefined>;
  /** Absent where no agents can be run. */
  background?: () => Promise<BackgroundDesk>;
  swarm?: () => Promise<SwarmDesk>;
  claims?: () => Promise<ClaimListener>;
}

const CLAIMING: ReadonlySet<string> = new Set(["ohmymkt_task_claim", "ohmymkt_task_update"]);
const IN_BACKGROUND: ReadonlySet<string> = new Set(BACKGROUND_TOOLS);

const HOW_TO_ALLOW = {
  session: ({ id }: Approval) =>
    `hand this id back; the agent of the root session asks the person with ohmymkt_approvals {action: "ask", ids: ["${id}"]}, then make the same call again`,
  oneShot: ({ id }: Approval) =>
    `opencode run lets nobody answer; a person runs \`ohmymkt approvals --approve ${id}\` in a terminal, then the same call goes through`,
};

/** Runs one tool for a call of the host. */
export async function runTool(
  name: string,
  raw: unknown,
  { store, directory, actor, signal, policy, team, world, oneShot, ask, background, swarm, claims }: HostCall,
): Promise<ToolOutcome> {
  const tool = TOOLS.find((one) => one.name === name);
  if (!tool) throw new OhmymktError("not_found", `there is no tool ${name}`);
  const howToAllow = oneShot ? HOW_TO_ALLOW.oneShot : HOW_TO_ALLOW.session;
  const desk = createApprovalDesk({ store, actor, tool: name, ask, howToAllow });
  const config = (await store.exists())
    ? await store.transaction({ actor, tool: name }, (tx) => tx.documents.read(CONFIG_DOCUMENT))
    : undefined;
  const work = IN_BACKGROUND.has(name) ? await background?.() : undefined;
  const herd = name === "ohmymkt_swarm" ? await swarm?.() : undefined;
  const listener = CLAIMING.has(name) ? await claims?.() : undefined;
  return tool.call(raw, {
    store,
    directory,
    actor,
    config: config ?? DEFAULT_CONFIG,
    signal,
    team,
    world,
    newId: (prefix) => newId(prefix, randomBase32),
    approve: (request) => desk.approve(request),
    decide: (row) => desk.decide(row),
    allows: (toolName, action) => policy.allows(actor.agent, toolName, action),
    ...(herd ? { swarm: herd } : {}),
    ...(listener ? { claims: listener } : {}),
    ...(work ? { background: work } : {}),
    importer: importAside(world.env),
  });
}
