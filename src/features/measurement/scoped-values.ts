import { scopeParts } from "../../lib/scopes.ts";
import type { Transaction } from "../../store/store.ts";

/** Which values to visit: a metric of a source whose scopes name a dimension, such as `query`. */
export interface ScopedValues {
  source: string;
  needs: { metric: string; dimension: string };
}

/** Visits the values of each day from one kind of table only, the one with the fewest dimensions, so that nothing is counted twice. */
export async function eachValue(
  tx: Transaction,
  { source, needs: { metric, dimension } }: ScopedValues,
  days: { from: string; to: string },
  visit: (value: string, row: { day: string; value: number; final: boolean }) => void,
): Promise<void> {
  const kinds = new Map<string, Map<string, string>>();
  for (const scope of await tx.observations.scopes({ metric, source })) {
    const parts = scopeParts(scope);
    const value = parts.get(dimension);
    if (value === undefined) continue;
    const kind = [...parts.keys()].toSorted().join(" ");
    kinds.set(kind, (kinds.get(kind) ?? new Map<string, string>()).set(scope, value));
  }
  const sorted = [...kinds]
    .toSorted(([a], [b]) => a.split(" ").length - b.split(" ").length || (a < b ? -1 : 1))
    .map(([, found]) => found);
  const told = new Set<string>();
  for (const values of sorted) {
    const own = new Set<string>();
    const filter = { metric, source, from: days.from, to: days.to, matches: (scope: string) => values.has(scope) };
    await tx.observations.each(filter, (row) => {
      if (told.has(row.day)) return;
      own.add(row.day);
      visit(values.get(row.scope) ?? "", row);
    });
    for (const day of own) told.add(day);
  }
}
