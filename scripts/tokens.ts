import { join } from "node:path";
import { SHIPPED_AGENTS } from "../src/features/claude-code-agent-loader/shipped.ts";
import { startHost } from "../src/testing/opencode-host.ts";
import { packPlugin } from "../src/testing/pack.ts";
import { withWorkspace } from "../src/testing/temp-workspace.ts";
import { barsOf, measureCosts, type Costs } from "../src/testing/token-budget.ts";
import { CATALOG } from "../src/tools/ohmymkt/catalog.ts";

/** Prints what every agent costs in tokens; `--check` ends with 1 when a bar is missed, `--tools` lists every tool. */
const flags = new Set(process.argv.slice(2));
const { spec } = await packPlugin({ root: join(import.meta.dir, "..") });
const costs = await withWorkspace(async (directory) => {
  await using host = await startHost({ directory, plugin: spec });
  return await measureCosts(host, SHIPPED_AGENTS, new Set(CATALOG.map(({ name }) => name)));
});
console.table(rows(costs));
if (flags.has("--tools")) console.table(tools(costs));
const missed = barsOf(costs).filter(({ tokens, limit }) => tokens > limit);
console.log(`ultrawork template: ${costs.ultrawork} tokens (o200k, as all figures here)`);
for (const { what, tokens, limit } of missed)
  console.log(`over the bar: ${what} is ${tokens} tokens, at most ${limit} expected`);
if (missed.length === 0) console.log("every bar is kept");
if (flags.has("--check") && missed.length > 0) process.exitCode = 1;

function rows({ agents }: Costs): Record<string, string | number>[] {
  const bars = new Map(barsOf(costs).map((bar) => [bar.what, bar.limit]));
  return agents.map(({ agent, ours, host, prompt, system, tools: sent }) => ({
    agent,
    "our tools": ours,
    bar: bars.get(`our tools of ${agent}`) ?? "",
    "host's tools": host,
    prompt,
    "whole system": system,
    "number of tools": sent.length,
  }));
}

function tools({ agents }: Costs): Record<string, string | number>[] {
  const all = new Map(agents.flatMap((agent) => agent.tools.map((tool) => [tool.name, tool.tokens] as const)));
  const holders = (name: string): number =>
    agents.filter((agent) => agent.tools.some((tool) => tool.name === name)).length;
  return [...all].toSorted(([, a], [, b]) => b - a).map(([tool, tokens]) => ({ tool, tokens, agents: holders(tool) }));
}
