import { MEASURED, type GateMeasure } from "../../features/measurement/gate-measures.ts";
import { opens } from "../../lib/gates.ts";
import type { GateReport } from "../../lib/gate-report.ts";
import { cell } from "../../lib/markdown.ts";
import type { ChecklistItem } from "../../lib/plan-checklist.ts";

/** The six-point checklist as lines, failing ones with why. */
export function renderChecklist(checklist: readonly ChecklistItem[]): string {
  const open = checklist.filter((item) => !item.holds).length;
  const head = open === 0 ? "Checklist: 6 of 6 hold." : `Checklist: ${6 - open} of 6 hold.`;
  return [head, ...checklist.map((item) => `${item.holds ? "[x]" : "[ ]"} ${item.question}: ${item.why}`)].join("\n");
}

/** The gate table with overall status, and for each failing gate the calls that would remedy it. */
export function renderGates(report: GateReport, plan: string | undefined): string {
  const rows = report.gates.flatMap((gate) =>
    gate.fields.map((field) => {
      const age = field.evidence
        ? ` (${field.evidence.set_by}, ${field.age_days} d old${field.evidence.expires_at ? `, until ${field.evidence.expires_at.slice(0, 10)}` : ""})`
        : "";
      return `| ${field.gate} | ${field.field} | ${field.value} | ${field.status === "pass" ? "pass" : "FAIL"} | ${cell(field.why)}${age} |`;
    }),
  );
  const remedies = report.gates
    .filter((gate) => !gate.pass)
    .map((gate) => `- ${gate.gate}: ${gate.remedies.join("; ")}`);
  return [
    `Gates: ${report.overall}${plan ? ` for plan ${plan}` : ""}`,
    "| gate | field | value | status | why |",
    "|---|---|---|---|---|",
    ...rows,
    ...(remedies.length > 0 ? ["", "Remedies:", ...remedies] : []),
  ].join("\n");
}

/** What the fields that do not pass measure now, with the call that would set those that would open. */
export function renderMeasures(report: GateReport, measures: readonly GateMeasure[]): string {
  const fields = report.gates.flatMap((gate) => gate.fields);
  const lines = measures.flatMap(({ gate, field, value, says }) => {
    if (fields.find((one) => one.gate === gate && one.field === field)?.status === "pass") return [];
    if (value === undefined) return [`- ${gate}.${field} cannot be measured yet: ${says}`];
    const call = `ohmymkt_update_gates {updates: [{gate: "${gate}", field: "${field}", value: ${value}, evidence: "${MEASURED}"}]}`;
    return [`- ${gate}.${field} = ${value}: ${says}${opens(gate, field, value) ? `; ${call}` : ""}`];
  });
  return lines.length > 0 ? ["", "Measured now:", ...lines].join("\n") : "";
}

/** The first lines, and one that says how many are left out and where they stand. */
export function atMost(most: number, lines: readonly string[], where: string): string[] {
  return lines.length <= most ? [...lines] : [...lines.slice(0, most), `… and ${lines.length - most} more: ${where}`];
}
