import { code, codes, page, table } from "./markdown.ts";
import type { Page } from "./pages.ts";
import type { Machine, Sources } from "./sources.ts";

const INTRO =
  "What decides a cycle, and how campaigns, incidents, tasks and approvals move. Nothing outside these tables decides; the reasons behind them are in [the orchestration guide](../guide/orchestration.md).";

export function rulesPage({ rules, rulesVersion, cadences, signals, machines }: Sources): Page {
  const decisions = table(
    ["#", "Rule", "When", "Decision"],
    rules.map(({ id, says, decision }, index) => [String(index + 1), code(id), says, `**${decision}**`]),
  );
  const windows = table(
    ["Cadence", "Looks back"],
    Object.entries(cadences).map(([name, days]) => [code(name), `${days} days`]),
  );
  const tracks = table(
    ["Signal", "Track", "Modules that a failing signal points at"],
    Object.entries(signals).map(([name, { track, modules }]) => [code(name), code(track), codes(modules)]),
  );
  return {
    path: "docs/reference/rules.md",
    text: page("Rules", INTRO, [
      {
        heading: "Decision rules",
        body: `Read from the top; the first rule that applies decides. Rules version ${rulesVersion}.\n\n${decisions}`,
      },
      { heading: "Cadences", body: windows },
      { heading: "Signals", body: tracks },
      { heading: "State machines", body: machines.map(machineText).join("\n\n") },
    ]),
    items: [
      ...rules.map(({ id }) => ({ kind: "decision rule", name: id, mark: `| ${code(id)} |` })),
      ...Object.keys(cadences).map((name) => ({ kind: "cadence", name, mark: `| ${code(name)} |` })),
      ...Object.keys(signals).map((name) => ({ kind: "signal", name, mark: `| ${code(name)} |` })),
      ...machines.map(({ title }) => ({ kind: "state machine", name: title, mark: `### ${title}\n` })),
    ],
  };
}

function machineText({ title, table: transitions }: Machine): string {
  const states = Object.entries(transitions);
  const [first] = states;
  const arrows = states.flatMap(([from, to]) =>
    to.length === 0 ? [`  ${from} --> [*]`] : to.map((next) => `  ${from} --> ${next}`),
  );
  return [`### ${title}\n`, "```mermaid", "stateDiagram-v2", `  [*] --> ${first?.[0]}`, ...arrows, "```"].join("\n");
}
