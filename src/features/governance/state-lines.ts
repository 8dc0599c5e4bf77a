import { actorLabel } from "../../lib/actor.ts";
import type { CycleEntry } from "../../lib/cycle.ts";
import type { FieldReport } from "../../lib/gate-report.ts";
import type { HealthCheck } from "../../lib/health.ts";
import type { IncidentFact } from "../../lib/incidents.ts";
import type { LedgerRow } from "../../lib/ledger.ts";
import { cell } from "../../lib/markdown.ts";

export const healthLine = (row: HealthCheck): string => `[${row.ok ? "x" : " "}] ${row.question}: ${row.detail}`;

export const gateLine = (row: FieldReport): string =>
  `[${row.status === "pass" ? "x" : " "}] ${row.gate}.${row.field} = ${row.value}: ${cell(row.why)}`;

export const incidentLine = (row: IncidentFact): string =>
  `${row.id} ${row.severity} ${row.unreadable ? "UNREADABLE" : row.status} ${row.module}: ${cell(row.summary)}`;

export function cycleLine(row: CycleEntry): string {
  const actions = row.actions.map(
    (action) => `  ${action.status} ${action.id}: ${cell(action.title)} (${action.owner}, ${action.due_date})`,
  );
  return [`${row.id}: ${row.decision} — ${row.reason}; scale ${row.scale}; .ohmymkt/${row.report}`, ...actions].join(
    "\n",
  );
}

export function ledgerLine(row: LedgerRow): string {
  return `${row.seq} ${row.at} ${row.kind} ${row.subject} by ${actorLabel(row.actor)} with ${row.tool}${row.reason ? `: ${cell(row.reason)}` : ""}`;
}
