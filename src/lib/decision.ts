import { OhmymktError } from "../errors.ts";
import type { Decision } from "./cadence.ts";
import { incidentsInWindow, type IncidentFact } from "./incidents.ts";
import { SIGNALS, type Signal, type Trend } from "./metrics.ts";
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

/** How one signal that an intervene set out to mend stands now. */
export interface Recovery {
  cycle: string;
  signal: string;
  verdict: "recovered" | "not_recovered" | "unknown";
}

/** How the signals that the last intervene set out to mend stand now; only `up` is recovered. */
export function recovery(
  mending: { cycle: string; signals: readonly string[] } | undefined,
  readings: readonly SignalReading[],
): Recovery[] {
  return (mending?.signals ?? []).map((signal) => {
    const trend = readings.find((reading) => reading.signal === signal)?.trend ?? "unknown";
    return {
      cycle: mending?.cycle ?? "",
      signal,
      verdict: trend === "up" ? "recovered" : trend === "unknown" ? "unknown" : "not_recovered",
    };
  });
}
