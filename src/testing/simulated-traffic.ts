import { dayNumber, dayOf } from "../lib/days.ts";
import type { TrendSeries } from "../lib/trend-window.ts";

/** How simulated daily counts come about; growth is linear over the whole length. */
export interface TrafficModel {
  days: number;
  /** Expected count of a weekday on the first day. */
  base: number;
  /** Share by which the expectation grows from the first day to the last; −0.2 is a fall by a fifth. */
  growth: number;
  /** Autocorrelation of the log-noise from one day to the next, 0 to below 1. */
  phi: number;
}

/** Draws from the open interval 0–1. */
export type Chance = () => number;

/** Standard deviation of the log-noise, whatever its autocorrelation. */
const NOISE = 0.08;
/** Saturday and Sunday as shares of a weekday; the first day is a Monday. */
const WEEK = [1, 1, 1, 1, 1, 0.7, 0.6] as const;

/** The minimal standard generator (Park and Miller 1988, multiplier 48271): one seed, one sequence on every machine. */
export function seededChance(seed: number): Chance {
  const prime = 2_147_483_647;
  // Neighbouring seeds start far apart.
  let state = ((Math.abs(seed) % 1_000_003) * 69_621 + 12_345) % prime;
  return () => {
    state = (state * 48_271) % prime;
    return state / prime;
  };
}

/** Daily counts of one series: Poisson around a weekly pattern with growth and AR(1) log-noise. */
export function simulateTraffic({ days, base, growth, phi }: TrafficModel, chance: Chance): number[] {
  let noise = NOISE * drawNormal(chance);
  return Array.from({ length: days }, (_, day) => {
    if (day > 0) noise = phi * noise + NOISE * Math.sqrt(1 - phi * phi) * drawNormal(chance);
    const share = days > 1 ? day / (days - 1) : 0;
    return drawPoisson(base * (WEEK[day % 7] ?? 1) * (1 + growth * share) * Math.exp(noise), chance);
  });
}

/** The values as a series of consecutive days. */
export function toDailySeries(
  values: readonly number[],
  firstDay: string,
  kind: TrendSeries["kind"] = "count",
): TrendSeries {
  const first = dayNumber(firstDay);
  return { kind, points: values.map((value, n) => ({ day: dayOf(first + n), value })) };
}

/** Box and Muller 1958. */
function drawNormal(chance: Chance): number {
  return Math.sqrt(-2 * Math.log(chance())) * Math.cos(2 * Math.PI * chance());
}

/** Inversion by sequential search, for means of up to some hundreds: e to the minus mean must not be 0. */
function drawPoisson(mean: number, chance: Chance): number {
  let left = chance();
  let probability = Math.exp(-mean);
  let count = 0;
  while (left > probability && probability > 0) {
    left -= probability;
    count += 1;
    probability *= mean / count;
  }
  return count;
}
