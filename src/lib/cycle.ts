import { z } from "zod";
import { OhmymktError } from "../errors.ts";
import { Action } from "./actions.ts";
import { CADENCE_NAMES, CADENCES, DECISIONS, type Cadence, type Decision } from "./cadence.ts";
import { daysAfter } from "./days.ts";
import { defineDocument } from "./documents.ts";
import { incidentsInWindow, type IncidentFact } from "./incidents.ts";
import { SIGNALS, TRENDS, type Signal, type Trend } from "./metrics.ts";
import { trackTrend, type SignalReading } from "./trends.ts";

interface Facts {
  p0: number;
  visibility: Trend;
  quality: Trend;
}

/** The decision rules in order; the first that applies decides, and nothing else does. */
export const DECISION_RULES: readonly {
  id: string;
  says: string;
  applies: (facts: Facts) => boolean;
  decision: Decision;
}[] = [
  { id: "p0", says: "a P0 incident is in the window", applies: (facts) => facts.p0 > 0, decision: "rollback" },
  {
    id: "visibility_only",
    says: "visibility is up and quality is not",
    applies: (facts) => facts.visibility === "up" && facts.quality !== "up",
    decision: "intervene",
  },
  {
    id: "both_up",
    says: "visibility and quality are both up",
    applies: (facts) => facts.visibility === "up" && facts.quality === "up",
    decision: "continue",
  },
  { id: "otherwise", says: "visibility is not up", applies: () => true, decision: "intervene" },
];

/** Raised whenever a rule above changes, so that a past decision can be replayed under its own rules. */
export const RULES_VERSION = 1;

const TrendValue = z.enum(TRENDS);
const Remediation = z.strictObject({
  signals: z.array(z.string()),
  modules: z.array(z.string()),
  tasks: z.array(z.string()),
});
export type Remediation = z.infer<typeof Remediation>;

/** One cycle as it was decided; the entry is never rewritten except for the status of its actions. */
export const CycleEntry = z.strictObject({
  id: z.string(),
  cadence: z.enum(CADENCE_NAMES),
  at: z.iso.datetime(),
  window: z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }),
  decision: z.enum(DECISIONS),
  rule: z.string(),
  reason: z.string(),
  tracks: z.strictObject({ visibility: TrendValue, quality: TrendValue }),
  signals: z.array(
    z.strictObject({
      signal: z.string(),
      trend: TrendValue,
      basis: z.string(),
      observations: z.array(z.string()),
      why: z.string(),
    }),
  ),
  incidents: z.array(z.string()),
  scale: z.enum(["open", "blocked"]),
  scale_reasons: z.array(z.string()),
  actions: z.array(Action),
  effects: z.array(z.string()),
  remediation: Remediation.optional(),
  recovery: z.array(
    z.strictObject({
      cycle: z.string(),
      signal: z.string(),
      verdict: z.enum(["recovered", "not_recovered", "unknown"]),
    }),
  ),
  report: z.string(),
  ledger_head: z.string(),
  rules_version: z.int(),
});
export type CycleEntry = z.infer<typeof CycleEntry>;

export const Cycles = z.strictObject({ schema_version: z.literal(1), cycles: z.array(CycleEntry) });
export type Cycles = z.infer<typeof Cycles>;
export const CYCLES_DOCUMENT = defineDocument({ name: "cycles", path: "state/cycles.json", schema: Cycles });

/** The observation window of a cadence that ends now. */
export function cycleWindow(cadence: Cadence, now: string): { from: string; to: string } {
  return { from: daysAfter(now, -CADENCES[cadence]), to: now };
}

export interface Verdict {
  decision: Decision;
  rule: string;
  reason: string;
  tracks: { visibility: Trend; quality: Trend };
  p0: IncidentFact[];
}

/** Decides one cycle from signal readings and incident facts; unknown is never up. */
export function decide(input: {
  readings: readonly SignalReading[];
  incidents: readonly IncidentFact[];
  from: string;
}): Verdict {
  const p0 = incidentsInWindow(input.incidents, input.from).filter((fact) => fact.severity === "P0");
  const trend = (track: "visibility_track" | "quality_track") =>
    trackTrend(
      track,
      input.readings.filter((reading) => reading.track === track).map((reading) => reading.trend),
    );
  const tracks = { visibility: trend("visibility_track"), quality: trend("quality_track") };
  const rule = DECISION_RULES.find(({ applies }) => applies({ p0: p0.length, ...tracks }));
  if (!rule) throw new OhmymktError("internal", "no decision rule applied");
  return { decision: rule.decision, rule: rule.id, reason: reason(rule.says, tracks, input.readings, p0), tracks, p0 };
}

function reason(
  says: string,
  tracks: Verdict["tracks"],
  readings: readonly SignalReading[],
  p0: readonly IncidentFact[],
): string {
  if (p0.length > 0)
    return `${says}: ${p0.map((fact) => `${fact.id} (${fact.unreadable ? "unreadable" : fact.status})`).join(", ")}`;
  const signals = readings.map((reading) => `${reading.signal} ${reading.trend}`).join(", ");
  return `${says}: visibility ${tracks.visibility}, quality ${tracks.quality} (${signals})`;
}

/** Why scaling is blocked beside the decision: a rollback, failing gates, no active campaign, an open P0. Empty means open. */
export function scaleReasons(input: {
  decision: Decision;
  failingGates: readonly string[];
  campaign: string;
  openP0: number;
}): string[] {
  return [
    input.decision === "rollback" ? "a rollback stands for this window" : "",
    input.campaign === "active"
      ? ""
      : input.campaign === "none"
        ? "no campaign is active"
        : `the campaign is ${input.campaign}`,
    input.failingGates.length > 0 ? `failing gates: ${input.failingGates.join(", ")}` : "",
    input.openP0 > 0 ? `${input.openP0} P0 open` : "",
  ].filter(Boolean);
}

/** What an intervene must mend: signals that are not up, those of them that nobody measured, and the modules that known failures point at. */
export interface Failing {
  signals: Signal[];
  unmeasured: Signal[];
  modules: string[];
}

/** Down and flat signals and open P0/P1 incidents point at modules; an unknown signal must be measured first. */
export function failing(readings: readonly SignalReading[], incidents: readonly IncidentFact[]): Failing {
  const failed = readings.filter((reading) => reading.trend !== "up");
  const known = failed.filter((reading) => reading.trend !== "unknown").map((reading) => reading.signal);
  const modules = [
    ...known.flatMap((signal) => [...SIGNALS[signal].modules]),
    ...incidents.filter((fact) => fact.severity !== "P2" && fact.status !== "resolved").map((fact) => fact.module),
  ];
  return {
    signals: failed.map((reading) => reading.signal),
    unmeasured: failed.filter((reading) => reading.trend === "unknown").map((reading) => reading.signal),
    modules: [...new Set(modules)],
  };
}

/** How the signals that the last intervene set out to mend stand now; only `up` is recovered. */
export function recovery(previous: readonly CycleEntry[], readings: readonly SignalReading[]): CycleEntry["recovery"] {
  const last = previous.findLast((entry) => entry.remediation !== undefined);
  return (last?.remediation?.signals ?? []).map((signal) => {
    const trend = readings.find((reading) => reading.signal === signal)?.trend ?? "unknown";
    return {
      cycle: last?.id ?? "",
      signal,
      verdict: trend === "up" ? "recovered" : trend === "unknown" ? "unknown" : "not_recovered",
    };
  });
}

/** Cadences whose last cycle is older than their window, or that never ran since `since`. */
export function overdueCadences(
  cycles: readonly CycleEntry[],
  since: string | undefined,
  now: string,
): { cadence: Cadence; last?: string }[] {
  return CADENCE_NAMES.flatMap((cadence) => {
    const last = cycles.findLast((entry) => entry.cadence === cadence)?.at;
    const reference = last ?? since;
    const overdue = reference !== undefined && daysAfter(reference, CADENCES[cadence]) < now;
    return overdue ? [{ cadence, ...(last ? { last } : {}) }] : [];
  });
}
