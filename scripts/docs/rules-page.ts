import { code, codes, page, table } from "./markdown.ts";
import type { Page } from "./pages.ts";
import type { FormulaSource, Machine, Sources } from "./sources.ts";

const INTRO =
  "What decides a cycle, how signals and gate fields are measured, and how campaigns, incidents, tasks and approvals move. Nothing outside these tables decides; the reasons behind them are in [the orchestration guide](../guide/orchestration.md), and [measurement](../guide/measurement.md) says how to get the data in.";

export function rulesPage(sources: Sources): Page {
  const { rules, rulesVersion, cadences, signals, formulas, trendWindows, measurable, machines } = sources;
  const decisions = table(
    ["#", "Rule", "When", "Decision"],
    rules.map(({ id, says, decision }, index) => [String(index + 1), code(id), says, `**${decision}**`]),
  );
  const windows = table(
    ["Cadence", "Decides over", "Judges trends over"],
    Object.entries(cadences).map(([name, days]) => [code(name), `${days} days`, windowText(trendWindows[name])]),
  );
  const tracks = table(
    ["Signal", "Track", "Modules that a failing signal points at"],
    Object.entries(signals).map(([name, { track, modules }]) => [code(name), code(track), codes(modules)]),
  );
  const computed = table(
    ["Signal", "Source", "Rows with", "Formula, one value a day"],
    Object.entries(formulas).map(([name, formula]) => [...formulaCells(name, formula), formula.says]),
  );
  const fields = table(
    ["Gate field", "Is measured as"],
    measurable.map(({ gate, field, counts }) => [fieldLink(gate, field), counts]),
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
      { heading: "Formulas of the signals", body: computed },
      {
        heading: "Gate fields that can be measured",
        body: `With evidence ${code("measured")} the figures behind the value become the evidence; a value that differs from the measured one is refused.\n\n${fields}`,
      },
      { heading: "State machines", body: machines.map(machineText).join("\n\n") },
    ]),
    items: [
      ...rules.map(({ id }) => ({ kind: "decision rule", name: id, mark: `| ${code(id)} |` })),
      ...Object.keys(cadences).map((name) => ({ kind: "cadence", name, mark: `| ${code(name)} |` })),
      ...Object.entries(signals).map(([name, { track }]) => ({
        kind: "signal",
        name,
        mark: `| ${code(name)} | ${code(track)} |`,
      })),
      ...Object.entries(formulas).map(([name, formula]) => ({
        kind: "signal formula",
        name,
        mark: `| ${formulaCells(name, formula).join(" | ")} |`,
      })),
      ...measurable.map(({ gate, field }) => ({
        kind: "measurable field",
        name: `${gate}.${field}`,
        mark: `| ${fieldLink(gate, field)} |`,
      })),
      ...machines.map(({ title }) => ({ kind: "state machine", name: title, mark: `### ${title}\n` })),
    ],
  };
}

function windowText(window: { step: string; steps: number } | undefined): string {
  return window ? `${window.steps} ${window.step === "week" ? "whole weeks" : "days"}` : "–";
}

function formulaCells(name: string, { source, needs }: FormulaSource): string[] {
  return [code(name), code(source), `${code(needs.metric)} by day and ${code(needs.dimension)}`];
}

function fieldLink(gate: string, field: string): string {
  return `[${code(`${gate}.${field}`)}](gates.md#${gate})`;
}

function machineText({ title, table: transitions }: Machine): string {
  const states = Object.entries(transitions);
  const [first] = states;
  const arrows = states.flatMap(([from, to]) =>
    to.length === 0 ? [`  ${from} --> [*]`] : to.map((next) => `  ${from} --> ${next}`),
  );
  return [`### ${title}\n`, "```mermaid", "stateDiagram-v2", `  [*] --> ${first?.[0]}`, ...arrows, "```"].join("\n");
}
