import { scopeParts } from "../../lib/scopes.ts";
import type { Transaction } from "../../store/store.ts";

/** Which values to visit: a metric of a source whose scopes name a dimension, such as `query`. */
export interface ScopedValues {
  source: string;
  needs: { metric: string; dimension: string };
}

/**
 * Visits the values of each day from one kind of table only, of those that have the day the one with the fewest dimensions, so that nothing is
 * counted twice and no day is lost to a table that holds few.
 */
export async function eachValue(
  tx: Transaction,
  { source, needs: { metric, dimension } }: ScopedValues,
  { from, to }: { from: string; to: string },
  visit: (value: string, row: { day: string; value: number; final: boolean }) => void,
): Promise<void> {
  const kinds = new Map<string, Map<string, string>>();
  await tx.observations.eachScope({ metric, source }, (scope) => {
    const parts = scopeParts(scope);
    const value = parts.get(dimension);
    if (value === undefined) return;
    const kind = [...parts.keys()].toSorted().join(" ");
    kinds.set(kind, (kinds.get(kind) ?? new Map<string, string>()).set(scope, value));
  });
  const byDimensions = [...kinds].toSorted(([a], [b]) => a.split(" ").length - b.split(" ").length || (a < b ? -1 : 1));
  const seen = new Set<string>();
  for (const [, values] of byDimensions) {
    const days = new Set<string>();
    const matches = (scope: string): boolean => values.has(scope);
    await tx.observations.each({ metric, source, from, to, matches }, (row) => {
      days.add(row.day);
      if (!seen.has(row.day)) visit(values.get(row.scope) ?? "", row);
    });
    days.forEach((day) => seen.add(day));
  }
}
