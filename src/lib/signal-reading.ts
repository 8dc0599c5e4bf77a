import type { MeasuredTrend } from "./measured-trend.ts";
import type { Conflict, SignalReading } from "./trends.ts";

/** A trend that was computed from one source's series, with the ids of its observations. */
export interface MeasuredSignal {
  source: string;
  trend: MeasuredTrend;
  observations: string[];
}

/**
 * The reading of a signal from what was measured and what was declared: a measured trend is never outvoted by a declared one, also when it is
 * `unknown` after a test; a declared one counts only while there are too few values to test. Sources that disagree are `unknown` until the source order names one.
 */
export function combine(
  declared: SignalReading,
  measured: MeasuredSignal | undefined,
  conflicts: readonly Conflict[],
): SignalReading {
  if (!measured)
    return declared.basis === "none"
      ? { ...declared, why: `${declared.why}, and no values to measure it by` }
      : declared;
  const { source, trend, observations } = measured;
  if (!trend.test) return { ...declared, why: `${declared.why}; ${source} ${trend.why}`, measured: trend, source };
  const dispute = conflicts.find(
    (one) => one.kind === "value" && one.metric === declared.signal && one.scope === undefined && !one.used,
  );
  if (dispute) return { ...declared, trend: "unknown", basis: "none", why: disputed(dispute), measured: trend, source };
  const { signal, track } = declared;
  const why = `${trend.why.replace(/^\w+: /, "")}; ${source}`;
  return { signal, track, trend: trend.trend, basis: "measured", observations, why, measured: trend, source };
}

function disputed({ claims, observed_at }: Conflict): string {
  const said = claims.map(({ source, value }) => `${source}: ${value}`).join(", ");
  return `sources disagree (${said} on ${observed_at.slice(0, 10)}) and the source order names none of them`;
}
