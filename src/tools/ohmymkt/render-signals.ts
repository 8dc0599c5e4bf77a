import type { Conflict, SignalReading } from "../../lib/trends.ts";
import { atMost } from "./render.ts";

/** One line per signal with its trend, basis and why. */
export function renderReadings(readings: readonly SignalReading[]): string {
  return readings
    .map((reading) => `- ${reading.signal}: ${reading.trend} (${reading.basis}) — ${reading.why}`)
    .join("\n");
}

/** Conflicts that an answer shows: a model reads all of it. */
const SHOWN = 20;

/** Both sides of every conflict with source and time, and which one is used; empty when there is none. */
export function renderConflicts(conflicts: readonly Conflict[]): string {
  const lines = conflicts.map((conflict) => {
    const claims = conflict.claims.map(
      (claim) =>
        `${claim.source} says ${claim.value ?? claim.trend} (${claim.observed_at.slice(0, 10)}, recorded ${claim.recorded_at.slice(0, 16)})`,
    );
    const used = conflict.used
      ? `${conflict.used} is used by the source order`
      : "none is used: add the sources to source_order in .ohmymkt/config.json";
    const scope = conflict.scope ? ` of ${conflict.scope}` : "";
    const lasting =
      conflict.days && conflict.days.count > 1
        ? ` on ${conflict.days.count} days from ${conflict.days.first} to ${conflict.days.last}, furthest apart here`
        : "";
    return `Conflict in ${conflict.metric}${scope} (${conflict.kind})${lasting}: ${claims.join("; ")}; ${used}.`;
  });
  return atMost(SHOWN, lines, "see them in ohmymkt_report_growth").join("\n");
}
