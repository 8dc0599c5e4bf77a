import { isOurTool } from "../../src/features/claude-code-agent-loader/our-tools.ts";
import { code, codes, page, table } from "./markdown.ts";
import type { Page } from "./pages.ts";
import type { Sources } from "./sources.ts";

const INTRO =
  "The agents that ship with the plugin. Each sees only the tools listed for it, and starts only the agents it delegates to. " +
  "Your project can change them or add others: [configuration](../configurations.md#agents).";

type Agent = Sources["agents"][number];

export function agentsPage({ agents }: Sources): Page {
  const overview = table(
    ["Agent", "Mode", "What it is for", "Modules"],
    agents.map((agent) => [
      `[${code(agent.name)}](#${agent.name})`,
      agent.mode,
      agent.description,
      codes(agent.modules),
    ]),
  );
  return {
    path: "docs/reference/agents.md",
    text: page("Agents", INTRO, [
      { heading: "Overview", body: overview },
      { heading: "Who starts whom", body: delegation(agents) },
      ...agents.map((agent) => ({ heading: agent.name, body: agentText(agent) })),
    ]),
    items: agents.map(({ name }) => ({ kind: "agent", name, mark: `## ${name}\n` })),
  };
}

function delegation(agents: readonly Agent[]): string {
  const arrows = agents.flatMap(({ name, delegates }) => delegates.map((other) => `  ${name} --> ${other}`));
  return ["```mermaid", "flowchart LR", ...arrows, "```"].join("\n");
}

function agentText(agent: Agent): string {
  const ours = agent.tools.filter(({ tool }) => isOurTool(tool));
  const host = agent.tools.filter(({ tool }) => !isOurTool(tool)).map(({ tool }) => tool);
  const facts = [
    `- Mode: ${agent.mode}${agent.steps === undefined ? "" : `, at most ${agent.steps} steps`}.`,
    `- Owns: ${codes(agent.modules)}.`,
    `- Starts: ${agent.delegates.map((name) => `[${name}](#${name})`).join(", ") || "–"}.`,
    `- Tools of the host: ${codes(host)}.`,
  ];
  const tools = table(
    ["Tool", "Actions"],
    ours.map(({ tool, actions }) => [`[${code(tool)}](tools.md#${tool})`, actions ? codes(actions) : "all"]),
  );
  return [agent.description, facts.join("\n"), tools].join("\n\n");
}
