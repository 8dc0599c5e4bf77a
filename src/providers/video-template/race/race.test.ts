import { expect, test } from "bun:test";
import fc from "fast-check";
import { runRace } from "./race.ts";

const series = fc.tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 2, max: 9 })).chain(([bars, periods]) =>
  fc.array(fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { minLength: periods, maxLength: periods }), {
    minLength: bars,
    maxLength: bars,
  }),
);
const OPTIONS = { frames: 90, run: (frame: number) => (frame - 10) / 60, window: 15 };

test("it starts with the first values and ends with the last, every bar in a row of its own", () => {
  fc.assert(
    fc.property(series, (values) => {
      const { frames, places } = runRace(values, OPTIONS);
      for (const [frame, at] of [
        [0, 0],
        [89, -1],
      ] as const) {
        const now = frames.at(frame) ?? [];
        expect(now.map(({ value }) => value)).toEqual(values.map((one) => one.at(at) ?? -1));
        expect(now.map(({ rank }) => Math.round(rank * 1e6) / 1e6).toSorted((a, b) => a - b)).toEqual(
          values.map((_, index) => index),
        );
        const order = now.toSorted((a, b) => a.rank - b.rank).map(({ value }) => value);
        expect(order).toEqual(order.toSorted((a, b) => b - a));
      }
      expect(places[0]).toBe(0);
      expect(places.at(-1)).toBe((values[0]?.length ?? 0) - 1);
    }),
  );
});

test("nothing jumps: no bar changes its row by more than the rows it passes in half a second allow", () => {
  const { frames } = runRace(
    [
      [1, 9],
      [9, 1],
    ],
    OPTIONS,
  );
  const steps = frames.slice(1).map((now, index) => Math.abs((now[0]?.rank ?? 0) - (frames[index]?.[0]?.rank ?? 0)));
  expect(Math.max(...steps)).toBeLessThan(0.2);
  expect(frames[0]?.[0]?.rank).toBe(1);
  expect(frames.at(-1)?.[0]?.rank).toBe(0);
});

test("the one that falls is marked as passed, the one that climbs is not; and the longest has the whole length", () => {
  const { frames } = runRace(
    [
      [1, 9],
      [9, 1],
    ],
    OPTIONS,
  );
  const middle = frames.find((now) => Math.abs((now[0]?.rank ?? 0) - 0.5) < 0.1);
  expect(middle?.[0]?.passed).toBe(0);
  expect(middle?.[1]?.passed).toBeGreaterThan(0.7);
  for (const now of frames) expect(Math.max(...now.map(({ share }) => share))).toBe(1);
  expect(
    runRace(
      [
        [0, 0],
        [0, 0],
      ],
      OPTIONS,
    ).frames[5]?.map(({ share }) => share),
  ).toEqual([0, 0]);
});
