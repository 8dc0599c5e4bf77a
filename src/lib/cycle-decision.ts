import { z } from "zod";
import { OhmymktError } from "../errors.ts";
import { CADENCE_NAMES, CADENCES, DECISIONS } from "./cadence.ts";
import { CAMPAIGN_STATES } from "./campaign.ts";
import { dayAfter } from "./days.ts";
import { decide, recovery, scaleReasons } from "./decision.ts";
import { IncidentFact, openP0s } from "./incidents.ts";
import { TRENDS } from "./metrics.ts";
import type { SignalReading } from "./trends.ts";

const Window = z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() });

/** What a decision takes as given beside the readings of the signals; it stands in the ledger, so that the decision can be replayed. */
export const CycleFacts = z.strictObject({
  cadence: z.enum(CADENCE_NAMES),
  at: z.iso.datetime(),
  window: Window,
  incidents: z.array(IncidentFact),
  /** Ids of the P0s that a rollback was carried out for already. */
  rolled_back: z.array(z.string()),
  failing_gates: z.array(z.string()),
  /** Before the effects of this decision. */
  campaign: z.enum(CAMPAIGN_STATES),
  /** What the last intervention set out to mend. */
  mending: z.strictObject({ cycle: z.string(), signals: z.array(z.string()) }).optional(),
});
export type CycleFacts = z.infer<typeof CycleFacts>;

/** The figures of a measured trend that a decision states: change over the window as a share of the median, with its 95 % interval. */
const Measured = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  step: z.enum(["day", "week"]),
  points: z.int(),
  change: z.number().optional(),
  low: z.number().optional(),
  high: z.number().optional(),
  p: z.number().optional(),
});

/** One signal as a decision read it; `observations` are ids, or a first and a last one joined by "…". */
export const DecidedSignal = z.strictObject({
  signal: z.string(),
  trend: z.enum(TRENDS),
  basis: z.string(),
  observations: z.array(z.string()),
  why: z.string(),
  measured: Measured.optional(),
});

/** Everything that the rules say of one cycle. */
export const CycleDecision = z.strictObject({
  decision: z.enum(DECISIONS),
  rule: z.string(),
  reason: z.string(),
  tracks: z.strictObject({ visibility: z.enum(TRENDS), quality: z.enum(TRENDS) }),
  signals: z.array(DecidedSignal),
  /** Ids of the P0s in the window. */
  incidents: z.array(z.string()),
  scale: z.enum(["open", "blocked"]),
  scale_reasons: z.array(z.string()),
  confidence: z.strictObject({ level: z.enum(["high", "medium", "low"]), why: z.string() }),
  /** What would lead to another decision. */
  would_change: z.array(z.string()),
  recovery: z.array(
    z.strictObject({
      cycle: z.string(),
      signal: z.string(),
      verdict: z.enum(["recovered", "not_recovered", "unknown"]),
    }),
  ),
});
export type CycleDecision = z.infer<typeof CycleDecision>;

type Rules = (facts: CycleFacts, readings: readonly SignalReading[]) => CycleDecision;

/** Raised whenever the same facts and readings would lead to another decision or text. */
export const RULES_VERSION = 2;

/** The rules by version, so that a past decision is replayed under its own. */
const RULES: Readonly<Record<number, Rules>> = { [RULES_VERSION]: decideCycle };

/** The rules that a past decision was made by; throws `newer_version` for rules that this version does not have. */
export function rulesOf(version: number): Rules {
  const rules = RULES[version];
  if (rules) return rules;
  throw new OhmymktError(
    "newer_version",
    `this ohmymkt has rules version ${Object.keys(RULES).join(", ")}; the decision was made by version ${version}`,
    { hint: "replay it with the ohmymkt that made it" },
  );
}

/** Decides one cycle; equal facts and readings give an equal decision, byte for byte. */
export function decideCycle(facts: CycleFacts, readings: readonly SignalReading[]): CycleDecision {
  const { window, incidents, failing_gates, mending } = facts;
  const { decision, rule, reason, tracks, p0 } = decide({ readings, incidents, from: window.from });
  const scale = scaleReasons({
    decision,
    campaign: campaignAfter(facts, p0),
    failingGates: failing_gates,
    openP0: openP0s(incidents).length,
  });
  const parts = { decision, rule, reason, tracks };
  return {
    ...parts,
    signals: readings.map(decidedSignal),
    incidents: p0.map((fact) => fact.id),
    scale: scale.length > 0 ? "blocked" : "open",
    scale_reasons: scale,
    confidence: confidence(decision, readings),
    would_change: wouldChange(parts, readings, p0, facts),
    recovery: recovery(mending, readings),
  };
}

/** A rollback moves the campaign once for each cause. */
function campaignAfter({ campaign, rolled_back }: CycleFacts, p0: readonly IncidentFact[]): CycleFacts["campaign"] {
  const fresh = p0.some((fact) => !rolled_back.includes(fact.id));
  return fresh && (campaign === "active" || campaign === "paused") ? "rolled_back" : campaign;
}

/** A reading as a decision states it: its figures without the series. */
export function decidedSignal({
  signal,
  trend,
  basis,
  observations,
  why,
  measured,
}: SignalReading): z.infer<typeof DecidedSignal> {
  const kept = { signal, trend, basis, observations, why };
  if (!measured) return kept;
  const { from, to, step, points, test } = measured;
  const figures = test && { change: test.change, low: test.changeLow, high: test.changeHigh, p: test.adjustedP };
  return { ...kept, measured: { from, to, step, points: points.length, ...figures } };
}

/** High when every signal was measured with a result, or an incident decides; low when none was. */
function confidence(
  decision: CycleDecision["decision"],
  readings: readonly SignalReading[],
): CycleDecision["confidence"] {
  if (decision === "rollback") return { level: "high", why: "an incident decides, whatever the signals say" };
  const known = readings.filter((one) => one.basis === "measured" && one.trend !== "unknown").length;
  const tested = readings.filter((one) => one.basis === "measured").length;
  const declared = readings.filter((one) => one.basis === "declared").length;
  const parts = [
    `${known} of ${readings.length} signals measured with a result`,
    tested > known ? `${tested - known} measured without one` : "",
    declared > 0 ? `${declared} only declared` : "",
    readings.length > tested + declared ? `${readings.length - tested - declared} without data` : "",
  ];
  const level = known === readings.length ? "high" : known > 0 ? "medium" : "low";
  return { level, why: parts.filter(Boolean).join(", ") };
}

function wouldChange(
  { decision, tracks }: Pick<CycleDecision, "decision" | "tracks">,
  readings: readonly SignalReading[],
  p0: readonly IncidentFact[],
  { cadence }: CycleFacts,
): string[] {
  if (decision === "rollback")
    return p0.map(({ id, status, created_at, unreadable }) => {
      if (unreadable) return `the file of ${id} repaired`;
      const left = `outside of the window from ${dayAfter(created_at, CADENCES[cadence] + 1)} on`;
      return `${id} ${status === "resolved" ? left : `resolved with its postmortem, and ${left}`}`;
    });
  const said = ({ signal, trend, why }: SignalReading): string => `${signal} is ${trend} now: ${why}`;
  if (decision === "continue")
    return ["a P0, or one of the tracks no longer up", ...readings.filter((one) => one.trend !== "up").map(said)];
  return (["visibility", "quality"] as const)
    .filter((track) => tracks[track] !== "up")
    .flatMap((track) => [
      `${track} up: one of its signals up, none down${track === "quality" ? ", both known" : ""}`,
      ...readings.filter((one) => one.track === `${track}_track`).map(said),
    ]);
}
