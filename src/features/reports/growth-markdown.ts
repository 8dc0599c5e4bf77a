import type { FieldReport } from "../../lib/gate-report.ts";
import { reportPanels, type GrowthReport, type ReportedIncident } from "../../lib/reports.ts";
import { cell, linesOr } from "../../lib/markdown.ts";
import { annotationText, declaredText, present } from "./charts/trend-text.ts";
import { annotations, panelTrend, type TrendPanel } from "../../lib/trend-panels.ts";
import { actionLine, conflictLines } from "./cycle.ts";
import { moneyText } from "./wording.ts";

/** The growth report as Markdown: decision, scale and reason first. */
export function renderGrowthReport(report: GrowthReport): string {
  const parts = [head, trends, gates, work, outside, history];
  return parts
    .map((part) => part(report))
    .filter(Boolean)
    .join("\n");
}

function head(report: GrowthReport): string {
  const { window, status, open_required, plan, campaign, decision, at, timezone, confidence, would_change } = report;
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
**Reason:** ${cell(decision?.reason ?? "no cycle has run")}
**Confidence:** ${cell(confidence ?? "not stated")}
**What would change it:** ${would_change.map(cell).join(" ") || "not stated"}

Plan: ${plan ? `${plan.name} v${plan.version}, ${plan.status} — ${cell(plan.title)}` : "none"}. Campaign: ${campaign}. Window ${window.from} to ${window.to} (UTC), days in ${cell(timezone)}.
`;
}

function trends(report: GrowthReport): string {
  return `## Signals

| signal | track | trend | basis | why | observations |
|---|---|---|---|---|---|
${report.signals.map((one) => `| ${one.signal} | ${one.track} | ${one.trend} | ${one.basis} | ${cell(one.why)} | ${one.observations.join(", ") || "none"} |`).join("\n")}

${reportPanels(report).map(panelLine).join("\n")}

Declared trends are statements, not measurements; \`unknown\` never counts as up.

## Conflicts between sources

${linesOr(conflictLines(report.conflicts), "None.")}
`;
}

function panelLine(panel: TrendPanel): string {
  const { trend, basis } = panelTrend(panel);
  const { have, of, step } = present(panel);
  const facts = [
    panel.measured.why,
    panel.declared && basis === "declared" ? `${declaredText(panel.declared)}; nothing was measured` : "",
    `${have} of ${of} ${step}s${panel.source === undefined ? "" : ` from ${panel.source}`}${panel.unit === "" ? "" : `, ${panel.unit}`}`,
    ...annotations(panel).map(annotationText),
  ];
  const notes = panel.footnotes.map((id) => ` [${cell(id)}]`).join("");
  return `- **${cell(panel.title)}: ${basis === "declared" ? "declared " : ""}${trend}**. ${cell(facts.filter(Boolean).join("; "))}${notes}`;
}

function gates({ gates: report }: GrowthReport): string {
  const rows = report.gates.flatMap((gate) =>
    gate.fields.map(
      (field) =>
        `| ${field.gate} | ${field.field} | ${field.value} | ${field.status} | ${cell(grounds(field))} | ${field.age_days === undefined ? "–" : `${field.age_days} d`} |`,
    ),
  );
  return `## Gates: ${report.overall}

| gate | field | value | status | evidence or reason | age |
|---|---|---|---|---|---|
${rows.join("\n")}
`;
}

/** Why a field stands as it does, with its evidence where that is not the reason already. */
function grounds({ why, evidence }: FieldReport): string {
  return evidence && evidence.evidence !== why ? `${why} (evidence: ${evidence.evidence})` : why;
}

function work({ sprint, tasks, actions, overdue, incidents, recovery }: GrowthReport): string {
  const counts = Object.entries(tasks.counts).map(([state, count]) => `${state} ${count}`);
  return `## Incidents

${linesOr(incidents.flatMap(incidentLines), "None in the window.")}

## Sprint and tasks

${sprint ? `Sprint of ${sprint.plan}: ${sprint.completed} of ${sprint.items} items completed, ${sprint.in_progress} in progress, ${sprint.planned} planned, ${sprint.lost} failed or cancelled; ${sprint.overdue} overdue, ${sprint.not_executable} not executable.` : "No sprint board."}

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

## Recovery since the last intervention

${linesOr(
  recovery.map((one) => `- ${one.signal}: ${one.verdict.replace("_", " ")} (set out in ${one.cycle})`),
  "Nothing to judge.",
)}
`;
}

function incidentLines(fact: ReportedIncident): string[] {
  const state = fact.unreadable ? "unreadable" : fact.status;
  const { postmortem_text: text } = fact;
  const written = fact.postmortem && !text ? " (postmortem written)" : "";
  return [
    `- ${fact.id} ${fact.severity}, ${state}, ${fact.module}: ${cell(fact.summary)}${written}`,
    ...(text
      ? [
          `  - impact: ${cell(text.impact)}`,
          `  - root cause: ${cell(text.root_cause)}`,
          ...text.prevention.map((one) => `  - prevention: ${cell(one.title)} — ${one.owner}, due ${one.due_date}`),
        ]
      : []),
  ];
}

/** Sections of what left the building; nothing at all while the report has none. */
function outside({ spend, publishing }: GrowthReport): string {
  const money = (spend ?? []).map(
    (line) =>
      `- ${cell(line.purpose)}: ${moneyText(line.spent)}${line.limit ? ` of ${moneyText(line.limit)}` : ", no limit set"}`,
  );
  const posts = (publishing ?? []).map(
    (line) =>
      `- ${cell(line.title)}, ${cell(line.platform)}: ${line.status}, ${line.at}${line.receipt ? `, ${cell(line.receipt)}` : ""}`,
  );
  return [
    spend ? `## Spend\n\n${linesOr(money, "Nothing was spent.")}\n` : "",
    publishing ? `## Publishing\n\n${linesOr(posts, "Nothing was sent.")}\n` : "",
  ]
    .filter(Boolean)
    .join("\n");
}

function history({ cycles, footnotes, ledger_head }: GrowthReport): string {
  return `## Cycles in the window

${linesOr(
  cycles.map(
    (entry) => `- ${entry.at.slice(0, 10)} ${entry.cadence}: ${entry.decision} (\`.ohmymkt/${entry.report}\`)`,
  ),
  "None.",
)}

## Notes

${linesOr(
  footnotes.map((note) => `- [${cell(note.id)}] ${cell(note.text)}`),
  "No observations stand behind this report.",
)}

Ledger head: \`${ledger_head}\`
`;
}
