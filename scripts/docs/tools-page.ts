import { z } from "zod";
import { code, codes, page, table } from "./markdown.ts";
import type { Page } from "./pages.ts";
import { membersOf, type Member } from "./schema.ts";
import type { Sources, ToolSource } from "./sources.ts";

const INTRO =
  "Every tool of the plugin, in the order of the growth loop. Arguments are typed values, a member that is not listed is refused, and `null` counts as left out. " +
  "A tool with approvals puts some of its calls to a person first; [agents](agents.md) and [errors](errors.md) have pages of their own.";

export function toolsPage({ tools, agents, cli }: Sources): Page {
  const overview = table(
    ["Tool", "What it does", "Needs a person's approval"],
    tools.map((tool) => [`[${code(tool.name)}](#${tool.name})`, tool.summary, approval(tool)]),
  );
  const sections = tools.map((tool) => ({
    heading: tool.name,
    body: [tool.summary, facts(tool, agents, cli), ...argumentTables(tool)].join("\n\n"),
  }));
  return {
    path: "docs/reference/tools.md",
    text: page("Tools", INTRO, [{ heading: "Overview", body: overview }, ...sections]),
    items: tools.map(({ name }) => ({ kind: "tool", name, mark: `## ${name}\n` })),
  };
}

function approval({ asks }: ToolSource): string {
  return asks ? "some calls" : "no";
}

function facts(tool: ToolSource, agents: Sources["agents"], { commands }: Sources["cli"]): string {
  const command = commands.find((one) => one.tool === tool.name)?.name;
  return [
    `- Needs a person's approval: ${approval(tool)}.`,
    `- Held by: ${holders(tool.name, agents)}.`,
    ...(command === undefined ? [] : [`- On the command line: [${code(`ohmymkt ${command}`)}](cli.md#${command}).`]),
  ].join("\n");
}

function holders(tool: string, agents: Sources["agents"]): string {
  const held = agents.flatMap((agent) =>
    agent.tools.filter((grant) => grant.tool === tool).map((grant) => ({ name: agent.name, actions: grant.actions })),
  );
  if (held.length === agents.length && held.every(({ actions }) => actions === undefined)) return "every agent";
  if (held.length === 0) return "no agent";
  return held.map(({ name, actions }) => `${name}${actions ? ` (only ${codes(actions)})` : ""}`).join(", ");
}

/** The arguments that a model sees, then those that say the same in another form. */
function argumentTables(tool: ToolSource): string[] {
  const members = membersOf(z.strictObject(tool.args), "input");
  const shown = members.filter(({ hidden }) => !hidden);
  const other = members.filter(({ hidden }) => hidden);
  return [
    shown.length > 0 ? argumentTable(shown) : "It takes no arguments.",
    ...(other.length > 0
      ? [
          "For a single entry these are accepted as well, in place of the list or beside it; they are not shown to a model:",
          argumentTable(other),
        ]
      : []),
  ];
}

function argumentTable(members: readonly Member[]): string {
  return table(
    ["Argument", "Type", "Required", "Default", "Limits and meaning"],
    members.map(({ path, type, required, fallback, limits, description }) => [
      code(path),
      type,
      required ? "yes" : "no",
      fallback && code(fallback),
      [limits, description].filter(Boolean).join("; "),
    ]),
  );
}
