/** Holm's step-down correction of p values that were looked at together (Holm 1979), in the order given; none exceeds 1. */
export function adjustByHolm(pValues: readonly number[]): number[] {
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  const ascending = [...pValues.entries()].toSorted(([, a], [, b]) => a - b);
  for (const [rank, [at, p]] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)));
    adjusted[at] = largest;
  }
  return adjusted;
}
