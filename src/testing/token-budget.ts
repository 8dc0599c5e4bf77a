import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { z } from "zod";
import type { AgentDefinition } from "../features/claude-code-agent-loader/definition.ts";
import type { OpencodeHost } from "./opencode-host.ts";
import type { ScriptStep } from "./script-step.ts";
import { script, type RecordedRequest } from "./scripted-model.ts";

/** What one agent costs before anybody has said a word, in o200k tokens, from the request that the host really sent. */
export interface AgentCost {
  agent: string;
  /** Name and tokens of each member of the request's `tools`, as JSON. */
  tools: { name: string; tokens: number; ours: boolean }[];
  ours: number;
  host: number;
  prompt: number;
  /** All system messages, the prompt among them. */
  system: number;
}

export interface Costs {
  agents: AgentCost[];
  /** The text that ultrawork adds to a person's prompt to the primary agent. */
  ultrawork: number;
}

export interface Bar {
  what: string;
  tokens: number;
  limit: number;
}

const TOOLS_OF_MANAGERS = 1500;
const TOOLS_OF_MAKERS = 900;
const TOOLS_OF_SPECIALISTS = 650;
const TOOL_BARS: ReadonlyMap<string, number> = new Map([
  ["growth-manager", TOOLS_OF_MANAGERS],
  ["execution-manager", TOOLS_OF_MANAGERS],
  ["content-writer", TOOLS_OF_MAKERS],
  ["content-ops", TOOLS_OF_MAKERS],
  ["growth-analyst", TOOLS_OF_MAKERS],
]);
const PROMPT_BARS: ReadonlyMap<string, number> = new Map([["growth-manager", 1200]]);
const MEDIAN_PROMPT = 600;
const ULTRAWORK = 600;

const SentTools = z.looseObject({
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).default([]),
});

/**
 * Lets every agent take one turn, each where it stands in the team: a subagent is started by the agents above it.
 * `ours` tells our tools by name. Throws when an agent's request never reached the model or lacks its prompt.
 */
export async function measureCosts(
  host: OpencodeHost,
  agents: readonly AgentDefinition[],
  ours: ReadonlySet<string>,
): Promise<Costs> {
  const costs: AgentCost[] = [];
  for (const agent of agents) costs.push(costOf(agent, await requestOf(host, agents, agent.name), ours));
  return { agents: costs, ultrawork: await ultraworkCost(host, primaryOf(agents)) };
}

/** Every limit with the figure that has to stay within it. */
export function barsOf({ agents, ultrawork }: Costs): Bar[] {
  const prompts = agents.map(({ prompt }) => prompt).toSorted((a, b) => a - b);
  return [
    ...agents.map(({ agent, ours }) => ({
      what: `our tools of ${agent}`,
      tokens: ours,
      limit: TOOL_BARS.get(agent) ?? TOOLS_OF_SPECIALISTS,
    })),
    ...agents.flatMap(({ agent, prompt }) => {
      const limit = PROMPT_BARS.get(agent);
      return limit === undefined ? [] : [{ what: `prompt of ${agent}`, tokens: prompt, limit }];
    }),
    { what: "median prompt", tokens: median(prompts), limit: MEDIAN_PROMPT },
    { what: "ultrawork, marketing", tokens: ultrawork, limit: ULTRAWORK },
  ];
}

function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : Math.round(((sorted[middle - 1] ?? 0) + high) / 2);
}

function primaryOf(agents: readonly AgentDefinition[]): string {
  const primary = agents.find(({ mode }) => mode === "primary");
  if (!primary) throw new Error("expected one agent with mode primary, got none");
  return primary.name;
}

/** The agents from the primary one down to this one, by the shortest way that their `delegates` allow. */
export function wayTo(agents: readonly AgentDefinition[], name: string): string[] {
  const ways = [[primaryOf(agents)]];
  for (const way of ways) {
    const last = way.at(-1);
    if (last === name) return way;
    const next = agents.find((agent) => agent.name === last)?.delegates ?? [];
    ways.push(...next.filter((one) => !way.includes(one)).map((one) => [...way, one]));
  }
  throw new Error(`expected some agent to delegate to ${name}, got none`);
}

function start(agent: string, steps: ScriptStep[]): ScriptStep {
  return {
    calls: [["task", { description: "one turn", subagent_type: agent, prompt: `Take a turn. ${script(steps)}` }]],
  };
}

async function requestOf(
  host: OpencodeHost,
  agents: readonly AgentDefinition[],
  name: string,
): Promise<RecordedRequest> {
  const [first = name, ...below] = wayTo(agents, name);
  const steps = below.reduceRight<ScriptStep[]>(
    (inner, agent) => [start(agent, inner), { text: "done" }],
    [{ text: "done" }],
  );
  let { id } = await host.session();
  await host.prompt(id, `Take a turn. ${script(steps)}`, { agent: first });
  for (const agent of below) {
    const [child] = await host.children(id);
    if (!child) throw new Error(`expected ${agent} to be started in a child session, got none`);
    ({ id } = child);
  }
  const request = host.model.requests().find(({ session, kind }) => session === id && kind === "chat");
  if (!request) throw new Error(`expected a request of ${name} to reach the model, got none`);
  return request;
}

function costOf(agent: AgentDefinition, request: RecordedRequest, ours: ReadonlySet<string>): AgentCost {
  const tools = SentTools.parse(request.raw).tools.map((tool) => ({
    name: tool.function.name,
    tokens: countTokens(JSON.stringify(tool)),
    ours: ours.has(tool.function.name),
  }));
  const system = request.system.join("\n");
  if (!system.includes(agent.prompt))
    throw new Error(`expected the request of ${agent.name} to carry its prompt, got: ${system.slice(0, 200)}`);
  const sum = (mine: boolean): number =>
    tools.filter((tool) => tool.ours === mine).reduce((total, { tokens }) => total + tokens, 0);
  return {
    agent: agent.name,
    tools,
    ours: sum(true),
    host: sum(false),
    prompt: countTokens(agent.prompt),
    system: countTokens(system),
  };
}

async function ultraworkCost(host: OpencodeHost, agent: string): Promise<number> {
  const { id } = await host.session();
  await host.prompt(id, "ulw plan a newsletter for our customers", { agent });
  const parts = (await host.messages(id)).flatMap((message) => message.parts);
  const added = parts.find(({ type, synthetic }) => type === "text" && synthetic === true)?.text;
  if (!added) throw new Error("expected ultrawork to add its text to a prompt that starts with ulw, got none");
  return countTokens(added);
}
