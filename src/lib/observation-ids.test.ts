import { expect, test } from "bun:test";
import fc from "fast-check";
import { observationId, parseObservationId } from "./observation-ids.ts";

const DAY = Date.parse("2026-03-01T00:00:00Z");

test("an id of a day is short, and spells its key", () => {
  expect(observationId({ series: 300_000, observedAt: DAY, seq: 1_000_000 })).toBe("obs-6fhc-ftt-lfls");
});

test("every key comes back from its id, and no two keys share one", () => {
  const key = fc.record({
    series: fc.integer({ min: 1, max: 2 ** 31 }),
    observedAt: fc.oneof(
      fc.integer({ min: -40_000, max: 40_000 }).map((day) => day * 86_400_000),
      fc.integer({ min: -(2 ** 42), max: 2 ** 42 }),
    ),
    seq: fc.integer({ min: 1, max: 2 ** 40 }),
  });
  fc.assert(fc.property(key, (one) => expect(parseObservationId(observationId(one))).toEqual(one)));
});

test.each([
  "",
  "obs-",
  "obs-1-2",
  "obs-1-2-3-4",
  "obs-1-2.-3",
  "OBS-1-2-3",
  "obs-zzzzzzzzzzzzzzzzzzzz-1-1",
  "obs-1-1-1 ",
])("%p is no id", (text) => expect(parseObservationId(text)).toBeUndefined());
