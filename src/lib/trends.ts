import type { MeasuredTrend } from "./measured-trend.ts";
import type { Observation } from "./observations.ts";
import { SIGNAL_NAMES, SIGNALS, type Signal, type Track, type Trend } from "./metrics.ts";

/** How a trend is known: `measured` was computed from a series, `declared` was stated by a person or agent, `none` means that nothing usable is there. */
export type Basis = "measured" | "declared" | "none";

export interface SignalReading {
  signal: Signal;
  track: Track;
  trend: Trend;
  basis: Basis;
  /** Ids of the observations that the reading rests on. */
  observations: string[];
  why: string;
  measured?: MeasuredTrend;
}

/** Two sources that state different things about one metric; nothing is dropped, `used` names the source that counts. */
export interface Conflict {
  track: string;
  metric: string;
  kind: "value" | "trend";
  observed_at: string;
  claims: {
    source: string;
    value?: number;
    trend?: Trend;
    observed_at: string;
    recorded_at: string;
    observation: string;
  }[];
  used?: string;
}

/** Share by which two values of one metric and day may differ before they are a conflict. */
export const VALUE_TOLERANCE = 0.05;

function newestPerSource(observations: readonly Observation[]): Observation[] {
  const newest = new Map<string, Observation>();
  for (const observation of observations) {
    const held = newest.get(observation.source);
    if (!held || compareAge(observation, held) >= 0) newest.set(observation.source, observation);
  }
  return [...newest.values()];
}

function compareAge(a: Observation, b: Observation): number {
  return (
    a.observed_at.localeCompare(b.observed_at) || a.recorded_at.localeCompare(b.recorded_at) || a.id.localeCompare(b.id)
  );
}

/** The claim whose source stands first in the configured order; undefined when no source of the claims is listed. */
function preferred(claims: readonly Observation[], order: readonly string[]): Observation | undefined {
  return order.map((source) => claims.find((claim) => claim.source === source)).find((claim) => claim !== undefined);
}

function declaredTrends(
  observations: readonly Observation[],
  metric: string,
  from: string,
  now: string,
): Observation[] {
  return newestPerSource(
    observations.filter(
      (one) => one.metric === metric && one.trend !== undefined && one.observed_at >= from && one.observed_at <= now,
    ),
  );
}

/**
 * The reading of one signal from the observations of a window: the newest declaration of each source counts;
 * sources that disagree are settled by the configured order, and are `unknown` when the order does not say.
 */
export function readSignal(
  signal: Signal,
  observations: readonly Observation[],
  window: { from: string; now: string },
  order: readonly string[],
): SignalReading {
  const claims = declaredTrends(observations, signal, window.from, window.now);
  const base = { signal, track: SIGNALS[signal].track, observations: claims.map((claim) => claim.id) };
  const [first] = claims;
  if (!first?.trend) return { ...base, trend: "unknown", basis: "none", why: "no declared trend inside the window" };
  if (claims.every((claim) => claim.trend === first.trend)) {
    return {
      ...base,
      trend: first.trend,
      basis: "declared",
      why: `declared ${first.trend} by ${claims.map((claim) => claim.source).join(", ")}`,
    };
  }
  const chosen = preferred(claims, order);
  const said = claims.map((claim) => `${claim.source}: ${claim.trend}`).join(", ");
  if (!chosen?.trend)
    return {
      ...base,
      trend: "unknown",
      basis: "none",
      why: `sources disagree (${said}) and the source order names none of them`,
    };
  return {
    ...base,
    trend: chosen.trend,
    basis: "declared",
    why: `sources disagree (${said}); ${chosen.source} stands first in the source order`,
  };
}

/** All four readings, in the order of `SIGNAL_NAMES`. */
export function readSignals(
  observations: readonly Observation[],
  window: { from: string; now: string },
  order: readonly string[],
): SignalReading[] {
  return SIGNAL_NAMES.map((signal) => readSignal(signal, observations, window, order));
}

function toClaim({ source, value, trend, observed_at, recorded_at, id }: Observation): Conflict["claims"][number] {
  return {
    source,
    observed_at,
    recorded_at,
    observation: id,
    ...(value === undefined ? {} : { value }),
    ...(trend === undefined ? {} : { trend }),
  };
}

function conflict(kind: Conflict["kind"], claims: Observation[], order: readonly string[]): Conflict | undefined {
  const [first] = claims;
  if (!first) return undefined;
  const used = preferred(claims, order)?.source;
  return {
    track: first.track,
    metric: first.metric,
    kind,
    observed_at: first.observed_at,
    claims: claims.map(toClaim),
    ...(used ? { used } : {}),
  };
}

function disagree(claims: readonly Observation[]): boolean {
  const values = claims.flatMap((claim) => (claim.value === undefined ? [] : [claim.value]));
  const low = Math.min(...values);
  const high = Math.max(...values);
  return values.length > 1 && high - low > VALUE_TOLERANCE * Math.max(Math.abs(low), Math.abs(high));
}

/** Every disagreement between sources inside the window, values by metric and day, trends by metric. */
export function findConflicts(
  observations: readonly Observation[],
  window: { from: string; now: string },
  order: readonly string[],
): Conflict[] {
  const inside = observations.filter((one) => one.observed_at >= window.from && one.observed_at <= window.now);
  const metrics = Map.groupBy(inside, (one) => `${one.track}\0${one.metric}`);
  return [...metrics.values()].flatMap((group) => {
    const days = Map.groupBy(
      group.filter((one) => one.value !== undefined),
      (one) => one.observed_at.slice(0, 10),
    );
    const values = [...days.values()]
      .map(newestPerSource)
      .filter(disagree)
      .map((claims) => conflict("value", claims, order));
    const trends = newestPerSource(group.filter((one) => one.trend !== undefined));
    const differ = new Set(trends.map((claim) => claim.trend)).size > 1;
    return [...values, differ ? conflict("trend", trends, order) : undefined].filter((found) => found !== undefined);
  });
}

/**
 * A track from its two signals: up = one up and none down (quality also needs both known); down = one down and none up;
 * flat = both known otherwise; else unknown.
 */
export function trackTrend(track: Track, signals: readonly Trend[]): Trend {
  const up = signals.includes("up");
  const down = signals.includes("down");
  const known = !signals.includes("unknown");
  if (up && !down && (known || track === "visibility_track")) return "up";
  if (down && !up) return "down";
  return known ? "flat" : "unknown";
}
