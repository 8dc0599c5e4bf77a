import type { MeasuredTrend } from "./measured-trend.ts";
import { COUNT_UNIT, type Observation, replaces } from "./observations.ts";
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
  /** Of the measured series. */
  source?: string;
}

/** Two sources that state different things about one metric; nothing is dropped, `used` names the source that counts. */
export interface Conflict {
  track: string;
  metric: string;
  /** Absent for the whole property. */
  scope?: string;
  kind: "value" | "trend";
  /** Of the claims: for values the day on which the sources are furthest apart. */
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
  /** For values: how many days the sources disagree on, with the first and the last, `YYYY-MM-DD`. */
  days?: { count: number; first: string; last: string };
}

/** Share by which two values of one metric and day may differ before they are a conflict. */
export const VALUE_TOLERANCE = 0.05;

/** How many standard deviations apart two counts are chance: the 95 % interval of the normal distribution. */
const COUNT_NOISE = 1.96;

function newestPerSource(observations: readonly Observation[]): Observation[] {
  const newest = new Map<string, Observation>();
  for (const observation of observations) {
    const held = newest.get(observation.source);
    if (!held || compareAge(observation, held) >= 0) newest.set(observation.source, observation);
  }
  return [...newest.values()];
}

/** Of equal age the later in the list is the newer: lists are in order of recording. */
function compareAge(a: Observation, b: Observation): number {
  return compareText(a.observed_at, b.observed_at) || (replaces(a, b) ? compareText(a.recorded_at, b.recorded_at) : -1);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
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
      (one) =>
        one.metric === metric &&
        one.scope === undefined &&
        one.trend !== undefined &&
        one.observed_at >= from &&
        one.observed_at <= now,
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

function conflict(
  kind: Conflict["kind"],
  claims: readonly Observation[],
  order: readonly string[],
  days?: Conflict["days"],
): Conflict[] {
  const [first] = claims;
  if (!first) return [];
  const used = preferred(claims, order)?.source;
  return [
    {
      track: first.track,
      metric: first.metric,
      ...(first.scope === undefined ? {} : { scope: first.scope }),
      kind,
      observed_at: first.observed_at,
      claims: claims.map(toClaim),
      ...(used ? { used } : {}),
      ...(days ? { days } : {}),
    },
  ];
}

/**
 * How far apart the values of one day are, as a share of the larger; 0 within the tolerance. Counts must also be further
 * apart than two Poisson counts come by chance, whose difference has the variance of their sum.
 */
function distance(claims: readonly Observation[]): number {
  const values = claims.flatMap((claim) => (claim.value === undefined ? [] : [claim.value]));
  const low = Math.min(...values);
  const high = Math.max(...values);
  const apart = high - low;
  const larger = Math.max(Math.abs(low), Math.abs(high));
  if (values.length < 2 || apart <= VALUE_TOLERANCE * larger) return 0;
  const counts = claims.every((claim) => claim.unit === COUNT_UNIT);
  return counts && apart <= COUNT_NOISE * Math.sqrt(low + high) ? 0 : apart / larger;
}

/** The values of one metric and scope: one conflict however many days it lasts, shown by its worst day, the newest of equal ones. */
function valueConflict(valued: readonly Observation[], order: readonly string[]): Conflict[] {
  const days = [...Map.groupBy(valued, (one) => one.observed_at.slice(0, 10))]
    .map(([day, all]) => ({ day, claims: newestPerSource(all) }))
    .map(({ day, claims }) => ({ day, claims, distance: distance(claims) }))
    .filter((one) => one.distance > 0)
    .toSorted((a, b) => compareText(a.day, b.day));
  const [first] = days;
  if (!first) return [];
  const worst = days.reduce((held, one) => (one.distance >= held.distance ? one : held));
  const last = days.at(-1) ?? first;
  return conflict("value", worst.claims, order, { count: days.length, first: first.day, last: last.day });
}

function trendConflict(declared: readonly Observation[], order: readonly string[]): Conflict[] {
  const claims = newestPerSource(declared);
  return new Set(claims.map((claim) => claim.trend)).size > 1 ? conflict("trend", claims, order) : [];
}

/** Every disagreement between sources inside the window, one a metric and scope for values and one for trends; observations in order of recording. */
export function findConflicts(
  observations: readonly Observation[],
  window: { from: string; now: string },
  order: readonly string[],
): Conflict[] {
  const inside = observations.filter((one) => one.observed_at >= window.from && one.observed_at <= window.now);
  const metrics = Map.groupBy(inside, (one) => `${one.track}\0${one.metric}\0${one.scope ?? ""}`);
  return [...metrics.values()].flatMap((group) => [
    ...valueConflict(
      group.filter((one) => one.value !== undefined),
      order,
    ),
    ...trendConflict(
      group.filter((one) => one.trend !== undefined),
      order,
    ),
  ]);
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
