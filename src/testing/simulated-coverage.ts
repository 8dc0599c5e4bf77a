import type { Chance } from "./simulated-traffic.ts";

/** How simulated daily coverage comes about; growth is linear over the whole length. */
export interface CoverageModel {
  days: number;
  /** How many clusters there are. */
  clusters: number;
  /** Share by which the expectation, half of the clusters at first, grows to the last day. */
  growth: number;
  /** Share of the clusters that stay as they were the day before; also the autocorrelation. */
  phi: number;
}

const FIRST = 0.5;

/** Daily shares of clusters that are seen: each stays as it was or is drawn anew. */
export function simulateCoverage({ days, clusters, growth, phi }: CoverageModel, chance: Chance): number[] {
  const seen = Array.from({ length: clusters }, () => chance() < FIRST);
  return Array.from({ length: days }, (_, day) => {
    const expected = FIRST * (1 + growth * (days > 1 ? day / (days - 1) : 0));
    for (const cluster of seen.keys()) if (chance() >= phi) seen[cluster] = chance() < expected;
    return seen.filter(Boolean).length / clusters;
  });
}
