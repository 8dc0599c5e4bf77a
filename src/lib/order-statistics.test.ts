import { expect, test } from "bun:test";
import fc from "fast-check";
import { countBelow, countUpTo, medianOf, select } from "./order-statistics.ts";

const numbers = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 60 }),
  fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 60 }),
);

test("select finds what sorting finds and parts the values there", () => {
  fc.assert(
    fc.property(numbers, fc.nat(), (values, pick) => {
      const k = pick % values.length;
      const array = Float64Array.from(values);
      const found = select(array, k);
      expect(found === Float64Array.from(values).toSorted()[k]).toBe(true);
      expect(array.subarray(0, k).every((value) => value <= found)).toBe(true);
      expect(array.subarray(k).every((value) => value >= found)).toBe(true);
      expect(array.toSorted()).toEqual(Float64Array.from(values).toSorted());
    }),
  );
});

const LONG = 5000;
test.each<[string, (n: number) => number]>([
  ["ascending", (n) => n],
  ["descending", (n) => -n],
  ["equal", () => 7],
  ["two values in turn", (n) => n % 2],
  ["up and down again", (n) => Math.min(n, LONG - n)],
  ["shuffled, with ties", (n) => (n * 7919) % 1009],
])("select finds its way through many values: %s", (_what, value) => {
  const values = Float64Array.from({ length: LONG }, (_, n) => value(n));
  const sorted = values.toSorted();
  for (const k of [0, 1, 17, LONG / 4, LONG / 2, LONG - 2, LONG - 1])
    expect(select(values.slice(), k)).toBe(sorted[k] ?? Number.NaN);
});

test.each([
  [[], Number.NaN],
  [[4], 4],
  [[9, 1], 5],
  [[9, 1, 2], 2],
  [[1, 9, 9, 1, 3, 4], 3.5],
])("the median of %j is %d, and the values stay as they are", (values, median) => {
  const array = Float64Array.from(values);
  expect(medianOf(array)).toBe(median);
  expect([...array]).toEqual(values);
});

test("counts below and up to a value", () => {
  const sorted = Float64Array.of(1, 2, 2, 2, 5);
  expect([0, 1, 2, 3, 5, 6].map((value) => [countBelow(sorted, value), countUpTo(sorted, value)])).toEqual([
    [0, 0],
    [0, 1],
    [1, 4],
    [4, 4],
    [4, 5],
    [5, 5],
  ]);
});
