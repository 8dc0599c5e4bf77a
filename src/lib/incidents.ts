import { z } from "zod";
import { OhmymktError } from "../errors.ts";
import { defineCollection } from "./documents.ts";
import { assertId } from "./names.ts";

export const SEVERITIES = ["P0", "P1", "P2"] as const;
export type Severity = (typeof SEVERITIES)[number];
export const SEVERITY_ALIASES: Readonly<Record<string, Severity>> = { high: "P0", medium: "P1", low: "P2" };

/** From → to of an incident's status. */
export const INCIDENT_TRANSITIONS = {
  open: ["mitigated", "resolved"],
  mitigated: ["resolved"],
  resolved: [],
} as const satisfies Record<string, readonly string[]>;
export type IncidentStatus = keyof typeof INCIDENT_TRANSITIONS;

export const Prevention = z.strictObject({
  title: z.string().trim().min(1),
  owner: z.string().trim().min(1),
  due_date: z.iso.date(),
});
export const Postmortem = z.strictObject({
  impact: z.string().trim().min(1),
  root_cause: z.string().trim().min(1),
  prevention: z.array(Prevention).min(1),
});
export type Postmortem = z.infer<typeof Postmortem>;

const Update = z.strictObject({
  at: z.iso.datetime(),
  by: z.string(),
  note: z.string().optional(),
  severity: z.enum(SEVERITIES).optional(),
  status: z.enum(["open", "mitigated", "resolved"]).optional(),
});

/** One incident; its five first facts never change except severity, and every change stands in `updates`. */
export const Incident = z.strictObject({
  schema_version: z.literal(1),
  id: z.string(),
  severity: z.enum(SEVERITIES),
  module: z.string().min(1),
  summary: z.string().min(1),
  created_at: z.iso.datetime(),
  status: z.enum(["open", "mitigated", "resolved"]),
  updates: z.array(Update),
  resolved_at: z.iso.datetime().optional(),
  postmortem: Postmortem.optional(),
});
export type Incident = z.infer<typeof Incident>;

export const INCIDENTS = defineCollection({
  name: "incident",
  folder: "incidents",
  schema: Incident,
  checkId: (id) => assertId(id, "incident"),
});

/** P0, P1 or P2 from a severity word; throws `invalid_arguments`. */
export function parseSeverity(word: string): Severity {
  const folded = word.trim();
  const found =
    SEVERITIES.find((severity) => severity === folded.toUpperCase()) ??
    new Map(Object.entries(SEVERITY_ALIASES)).get(folded.toLowerCase());
  if (found) return found;
  throw new OhmymktError(
    "invalid_arguments",
    `severity expected P0, P1 or P2 (or high, medium, low), got ${JSON.stringify(word)}`,
  );
}

/** Whether this change ends a P0: resolving it or lowering its severity. */
export function endsP0(
  incident: Incident,
  change: { status?: IncidentStatus | undefined; severity?: Severity | undefined },
): boolean {
  if (incident.severity !== "P0" || incident.status === "resolved") return false;
  return change.status === "resolved" || (change.severity !== undefined && change.severity !== "P0");
}

/** The incident after a change; throws when the status may not move so, or a P0 would end without its postmortem. */
export function changeIncident(
  incident: Incident,
  change: {
    status?: IncidentStatus | undefined;
    severity?: Severity | undefined;
    note?: string | undefined;
    postmortem?: Postmortem | undefined;
  },
  by: { at: string; by: string },
): Incident {
  const { status, severity, note } = change;
  if (incident.status === "resolved" && (status ?? severity) !== undefined) {
    throw new OhmymktError("invalid_transition", `incident ${incident.id} is resolved`, {
      hint: "open a new incident and refer to it",
    });
  }
  const allowed: readonly string[] = INCIDENT_TRANSITIONS[incident.status];
  if (status && status !== incident.status && !allowed.includes(status)) {
    throw new OhmymktError("invalid_transition", `an incident that is ${incident.status} cannot become ${status}`, {
      hint: `it may become ${allowed.join(" or ")}`,
    });
  }
  const postmortem = change.postmortem ?? incident.postmortem;
  if (endsP0(incident, change) && !postmortem) {
    throw new OhmymktError(
      "invalid_arguments",
      `P0 ${incident.id} cannot be resolved or downgraded without a postmortem`,
      {
        hint: "send postmortem {impact, root_cause, prevention: [{title, owner, due_date}]} with at least one prevention task",
      },
    );
  }
  return {
    ...incident,
    severity: severity ?? incident.severity,
    status: status ?? incident.status,
    updates: [
      ...incident.updates,
      { ...by, ...(note ? { note } : {}), ...(severity ? { severity } : {}), ...(status ? { status } : {}) },
    ],
    ...(status === "resolved" ? { resolved_at: by.at } : {}),
    ...(postmortem ? { postmortem } : {}),
  };
}

/** What the ledger last recorded of an incident: the part that a hand edit cannot soften. */
export const RecordedIncident = z.object({
  severity: z.enum(SEVERITIES),
  status: z.enum(["open", "mitigated", "resolved"]),
});
export type RecordedIncident = z.infer<typeof RecordedIncident>;

const PROGRESS = ["open", "mitigated", "resolved"] as const;

/** The incident with the graver severity and the earlier status of file and ledger: a hand edit may raise an incident, never end it. */
export function governed(incident: Incident, recorded: RecordedIncident | undefined): Incident {
  if (!recorded) return incident;
  const severity =
    SEVERITIES.find((one) => one === incident.severity || one === recorded.severity) ?? incident.severity;
  const status = PROGRESS.find((one) => one === incident.status || one === recorded.status) ?? incident.status;
  return { ...incident, severity, status };
}

/** What cycle and campaign rules need to know of an incident; an unreadable file stands as an open P0. */
export const IncidentFact = z.strictObject({
  id: z.string(),
  severity: z.enum(SEVERITIES),
  status: z.enum(["open", "mitigated", "resolved"]),
  module: z.string(),
  summary: z.string(),
  created_at: z.string(),
  resolved_at: z.string().optional(),
  postmortem: z.boolean(),
  unreadable: z.boolean().optional(),
});
export type IncidentFact = z.infer<typeof IncidentFact>;

/** The fact that stands for an incident file that cannot be read: an open P0 of unknown age. */
export function unreadableIncident(id: string, why: string): IncidentFact {
  return {
    id,
    severity: "P0",
    status: "open",
    module: "unknown",
    summary: `unreadable incident file counts as an open P0: ${why}`,
    created_at: "",
    postmortem: false,
    unreadable: true,
  };
}

export function incidentFact(incident: Incident): IncidentFact {
  const { id, severity, status, module, summary, created_at, resolved_at } = incident;
  const end = status === "resolved" && resolved_at !== undefined ? { resolved_at } : {};
  return { id, severity, status, module, summary, created_at, ...end, postmortem: incident.postmortem !== undefined };
}

/** P0s that are not resolved, whatever their age. */
export function openP0s(facts: readonly IncidentFact[]): IncidentFact[] {
  return facts.filter((fact) => fact.severity === "P0" && fact.status !== "resolved");
}

/** Incidents opened at or after `from`, or still unresolved. */
export function incidentsInWindow(facts: readonly IncidentFact[], from: string): IncidentFact[] {
  return facts.filter((fact) => fact.status !== "resolved" || fact.created_at >= from);
}
