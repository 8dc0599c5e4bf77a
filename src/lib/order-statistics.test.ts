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
