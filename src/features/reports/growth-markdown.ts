import type { GrowthReport } from "../../lib/reports.ts";
import { cell, linesOr } from "../../lib/markdown.ts";
import { actionLine, conflictLines } from "./cycle.ts";

/** The growth report as Markdown: decision, scale and reason first. */
export function renderGrowthReport(report: GrowthReport): string {
  return [head(report), signals(report), gates(report), work(report), history(report)].join("\n");
}

function head({ window, status, open_required, plan, campaign, decision, at }: GrowthReport): string {
  const partial =
    status === "partial"
      ? `\n> **Partial.** Required tasks are not finished: ${open_required.map((task) => `${task.id} (${task.status}, ${cell(task.title)}${task.why ? `: ${cell(task.why)}` : ""})`).join("; ")}\n`
      : "";
  const scale = decision
    ? `${decision.scale}${decision.scale_reasons.length > 0 ? ` — ${decision.scale_reasons.join("; ")}` : ""}`
    : "blocked — no cycle has decided yet";
  return `# Growth report, ${window.text} to ${at.slice(0, 10)}
${partial}
**Decision:** ${decision ? `${decision.decision} (${decision.cadence}, ${decision.at.slice(0, 10)})` : "none yet: run a cycle"}
**Scale:** ${scale}
**Reason:** ${decision?.reason ?? "no cycle has run"}

Plan: ${plan ? `${plan.name} v${plan.version}, ${plan.status} — ${cell(plan.title)}` : "none"}. Campaign: ${campaign}. Window ${window.from} to ${window.to} (UTC).
`;
}

function signals(report: GrowthReport): string {
  return `## Signals

| signal | track | trend | basis | why | observations |
|---|---|---|---|---|---|
${report.signals.map((one) => `| ${one.signal} | ${one.track} | ${one.trend} | ${one.basis} | ${cell(one.why)} | ${one.observations.join(", ") || "none"} |`).join("\n")}

Declared trends are statements, not measurements; \`unknown\` never counts as up.

## Conflicts between sources

${linesOr(conflictLines(report.conflicts), "None.")}
`;
}

function gates({ gates: report }: GrowthReport): string {
  const rows = report.gates.flatMap((gate) =>
    gate.fields.map(
      (field) =>
        `| ${field.gate} | ${field.field} | ${field.value} | ${field.status} | ${cell(field.why)} | ${field.age_days === undefined ? "–" : `${field.age_days} d`} |`,
    ),
  );
  return `## Gates: ${report.overall}

| gate | field | value | status | evidence or reason | age |
|---|---|---|---|---|---|
${rows.join("\n")}
`;
}

function work({ tasks, actions, overdue, incidents }: GrowthReport): string {
  const counts = Object.entries(tasks.counts).map(([state, count]) => `${state} ${count}`);
  return `## Incidents

${linesOr(
  incidents.map(
    (fact) =>
      `- ${fact.id} ${fact.severity}, ${fact.unreadable ? "unreadable" : fact.status}, ${fact.module}: ${cell(fact.summary)}${fact.postmortem ? " (postmortem written)" : ""}`,
  ),
  "None in the window.",
)}

## Tasks

${counts.join(", ")}

${linesOr(
  tasks.open.map(
    (task) =>
      `- ${task.id} — ${cell(task.title)} — ${task.owner}${task.due_date ? `, due ${task.due_date}` : ""} (${task.status})`,
  ),
  "No open tasks.",
)}

Failed or cancelled in the window:

${linesOr(
  tasks.lost.map((task) => `- ${task.id} — ${cell(task.title)} — ${task.owner} (${task.status}): ${cell(task.why)}`),
  "None.",
)}

## Next actions

${linesOr(actions.map(actionLine), "No open actions.")}

Overdue cadences: ${overdue.join("; ") || "none"}.
`;
}

function history({ cycles, ledger_head }: GrowthReport): string {
  return `## Cycles in the window

${linesOr(
  cycles.map(
    (entry) => `- ${entry.at.slice(0, 10)} ${entry.cadence}: ${entry.decision} (\`.ohmymkt/${entry.report}\`)`,
  ),
  "None.",
)}

Ledger head: \`${ledger_head}\`
`;
}
