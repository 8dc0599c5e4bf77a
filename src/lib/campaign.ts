import { z } from "zod";
import { OhmymktError } from "../errors.ts";
import { defineDocument } from "./documents.ts";
import type { GateReport } from "./gate-report.ts";
import { openP0s, type IncidentFact } from "./incidents.ts";

/** From → to of a campaign. */
export const CAMPAIGN_TRANSITIONS = {
  none: ["active"],
  active: ["paused", "rolled_back", "ended"],
  paused: ["active", "rolled_back", "ended"],
  rolled_back: ["active", "ended"],
  ended: ["active"],
} as const satisfies Record<string, readonly string[]>;
export type CampaignState = keyof typeof CAMPAIGN_TRANSITIONS;
export const CAMPAIGN_STATES = ["none", "active", "paused", "rolled_back", "ended"] as const satisfies CampaignState[];
const States = z.enum(CAMPAIGN_STATES);

/** execution.json: the campaign that runs, on both tracks, and how it came here. */
export const Execution = z.strictObject({
  schema_version: z.literal(1),
  state: States,
  plan: z.string().optional(),
  plan_hash: z.string().optional(),
  started_at: z.iso.datetime().optional(),
  mode: z.literal("dual_track"),
  tracks: z.strictObject({ visibility: z.enum(["active", "inactive"]), quality: z.enum(["active", "inactive"]) }),
  history: z.array(
    z.strictObject({
      from: States,
      to: States,
      at: z.iso.datetime(),
      by: z.string(),
      reason: z.string(),
      plan: z.string().optional(),
    }),
  ),
});
export type Execution = z.infer<typeof Execution>;
export const EXECUTION_DOCUMENT = defineDocument({
  name: "execution",
  path: "state/execution.json",
  schema: Execution,
});

/** boulder.json: the active plan; `plan_path` is relative to the project. */
export const Boulder = z.strictObject({
  schema_version: z.literal(1),
  active_plan: z.string().nullable(),
  plan_path: z.string().nullable(),
  started_at: z.iso.datetime().nullable(),
});
export type Boulder = z.infer<typeof Boulder>;
export const BOULDER_DOCUMENT = defineDocument({ name: "boulder", path: "boulder.json", schema: Boulder });

/** The state of a project that never started a campaign. */
export const NO_CAMPAIGN: Execution = {
  schema_version: 1,
  state: "none",
  mode: "dual_track",
  tracks: { visibility: "inactive", quality: "inactive" },
  history: [],
};

/** The campaign after one transition; throws `invalid_transition`. */
export function moveCampaign(
  execution: Execution,
  to: CampaignState,
  by: { at: string; by: string; reason: string },
): Execution {
  const allowed: readonly string[] = CAMPAIGN_TRANSITIONS[execution.state];
  if (!allowed.includes(to)) {
    throw new OhmymktError("invalid_transition", `a campaign that is ${execution.state} cannot become ${to}`, {
      hint:
        execution.state === "none"
          ? "start one with ohmymkt_start_campaign"
          : `from ${execution.state} it may become ${allowed.join(", ")}`,
    });
  }
  const running = to === "active" ? "active" : "inactive";
  return {
    ...execution,
    state: to,
    tracks: { visibility: running, quality: running },
    history: [
      ...execution.history,
      { from: execution.state, to, ...by, ...(execution.plan ? { plan: execution.plan } : {}) },
    ],
  };
}

/** A new campaign on a plan; the history of earlier ones stays. */
export function beginCampaign(
  execution: Execution,
  plan: { name: string; hash: string },
  by: { at: string; by: string; reason: string },
): Execution {
  return moveCampaign({ ...execution, plan: plan.name, plan_hash: plan.hash, started_at: by.at }, "active", by);
}

/** Why a campaign may not start or resume: failing gates with their reasons, open P0s, postmortems that are missing. Empty means it may. */
export function campaignObstacles(input: {
  gates: GateReport;
  incidents: readonly IncidentFact[];
  resuming: boolean;
}): string[] {
  const fields = input.gates.gates.flatMap((gate) => gate.fields.filter((field) => field.status !== "pass"));
  const missing = input.resuming
    ? input.incidents.filter((fact) => fact.severity === "P0" && fact.status === "resolved" && !fact.postmortem)
    : [];
  return [
    ...fields.map((field) => `${field.gate}.${field.field}: ${field.why}`),
    ...openP0s(input.incidents).map((fact) => `P0 ${fact.id} is open: ${fact.summary}`),
    ...missing.map((fact) => `P0 ${fact.id} has no postmortem`),
  ];
}
