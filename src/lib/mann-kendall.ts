import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import { countBelow, countUpTo } from "./order-statistics.ts";
import type { Season } from "./seasons.ts";

/** Kendall's score: pairs of a season that rise minus pairs that fall, summed over seasons, and its variance under no trend. */
export interface KendallScore {
  s: number;
  variance: number;
}

/** Standard normal deviate of a score and its two-sided p. */
export interface KendallTest {
  z: number;
  p: number;
}

/** Seasonal Mann–Kendall score in O(n log n); seasons count as independent and ties shrink the variance (Hirsch, Slack and Smith 1982). */
export function kendallScore(seasons: readonly Season[]): KendallScore {
  let s = 0;
  let variance = 0;
  for (const { values } of seasons) {
    const sorted = values.toSorted();
    s += riseMinusFall(values, sorted);
    variance += scoreVariance(values.length) - sum(tieSizes(sorted).map(scoreVariance));
  }
  return { s, variance };
}

/** The test of a score: continuity correction of one, variance times `inflation` (1 when values are independent); a constant series has p 1. */
export function kendallTest({ s, variance }: KendallScore, inflation = 1): KendallTest {
  if (s === 0 || variance === 0) return { z: 0, p: 1 };
  const z = (s - Math.sign(s)) / Math.sqrt(variance * inflation);
  return { z, p: 2 * normalCdf(-Math.abs(z), 0, 1) };
}

/** Variance of the score of n distinct values; also what a tie of n values takes away (Kendall 1975). */
function scoreVariance(n: number): number {
  return (n * (n - 1) * (2 * n + 5)) / 18;
}

function tieSizes(sorted: Float64Array): number[] {
  const sizes: number[] = [];
  let size = 1;
  for (let n = 1; n <= sorted.length; n += 1) {
    if (sorted[n] === sorted[n - 1]) size += 1;
    else {
      if (size > 1) sizes.push(size);
      size = 1;
    }
  }
  return sizes;
}

/** Each value meets a Fenwick tree that counts the earlier values by rank. */
function riseMinusFall(values: Float64Array, sorted: Float64Array): number {
  const tree = new Int32Array(values.length + 1);
  let score = 0;
  for (let seen = 0; seen < values.length; seen += 1) {
    const value = values[seen] ?? 0;
    const below = countBelow(sorted, value);
    const upTo = countUpTo(sorted, value);
    score += prefix(tree, below) - (seen - prefix(tree, upTo));
    for (let node = below + 1; node < tree.length; node += node & -node) tree[node] = (tree[node] ?? 0) + 1;
  }
  return score;
}

/** How many of the counted values have a rank of at most `rank`. */
function prefix(tree: Int32Array, rank: number): number {
  let total = 0;
  for (let node = rank; node > 0; node -= node & -node) total += tree[node] ?? 0;
  return total;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
