import { expect, test } from "bun:test";
import fc from "fast-check";
import { adjustByHolm } from "./holm.ts";

test.each([
  [[], []],
  [[0.03], [0.03]],
  [
    [0.01, 0.04, 0.03, 0.005],
    [0.03, 0.06, 0.06, 0.02],
  ],
  [
    [0.5, 0.6],
    [1, 1],
  ],
  // No later one may come out smaller than an earlier one.
  [
    [0.01, 0.011, 0.012],
    [0.03, 0.03, 0.03],
  ],
])("%j becomes %j", (given, expected) => {
  const adjusted = adjustByHolm(given);
  expect(adjusted).toHaveLength(expected.length);
  for (const [n, p] of adjusted.entries()) expect(p).toBeCloseTo(expected[n] ?? Number.NaN, 12);
});

test("the first that is refused ends it: a p counts when it and all smaller ones clear their share of 5 %", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 0.1, noNaN: true }), { maxLength: 8 }), (given) => {
      const adjusted = adjustByHolm(given);
      const order = [...given.keys()].toSorted((a, b) => (given[a] ?? 0) - (given[b] ?? 0));
      let open = true;
      for (const [rank, at] of order.entries()) {
        const bar = 0.05 / (given.length - rank);
        const margin = Math.abs((given[at] ?? 0) - bar);
        // Rounding decides at the bar itself.
        if (margin < 1e-12) return;
        open = open && (given[at] ?? 1) < bar;
        expect((adjusted[at] ?? 1) < 0.05).toBe(open);
      }
    }),
  );
});
