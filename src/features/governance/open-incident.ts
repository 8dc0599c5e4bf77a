import { actorLabel, type Actor } from "../../lib/actor.ts";
import { INCIDENTS, type Incident, type Severity } from "../../lib/incidents.ts";
import type { Transaction } from "../../store/store.ts";
import { pauseForP0 } from "./effects.ts";

/** What an incident says when it is opened. */
export interface OpenedIncident {
  severity: Severity;
  module: string;
  summary: string;
  note?: string | undefined;
}

/** The prefix of an incident's id on the day of `now`. */
export function incidentPrefix(now: string): string {
  return `inc-${now.slice(0, 10).replaceAll("-", "")}`;
}

/** Writes an incident and its ledger row, and stops what a P0 stops; `effects` has one line for each thing stopped. */
export async function openIncident(
  tx: Transaction,
  id: string,
  opened: OpenedIncident,
  actor: Actor,
): Promise<{ incident: Incident; effects: string[] }> {
  const { severity, module, summary, note } = opened;
  const incident: Incident = {
    schema_version: 1,
    id,
    severity,
    module,
    summary,
    created_at: tx.now,
    status: "open",
    updates: note ? [{ at: tx.now, by: actorLabel(actor), note }] : [],
  };
  await tx.documents.write(INCIDENTS.at(id), incident, { reason: `${severity} opened` });
  await tx.ledger.append({
    kind: "incident.open",
    subject: id,
    reason: summary,
    after: { severity, status: incident.status, module },
  });
  return { incident, effects: severity === "P0" ? await pauseForP0(tx, incident, actor) : [] };
}
