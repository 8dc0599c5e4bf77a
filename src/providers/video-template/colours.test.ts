import { expect, test } from "bun:test";
import fc from "fast-check";
import { contrast, mix, readable } from "./colours.ts";
import { THEMES } from "./template-props.ts";

const colour = fc.integer({ min: 0, max: 0xff_ff_ff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);

// Examples of WCAG 2.2 techniques G18 and of its definition of contrast.
test.each([
  ["#000000", "#ffffff", 21],
  ["#777777", "#ffffff", 4.48],
  ["#767676", "#ffffff", 4.54],
  ["#123456", "#123456", 1],
])("%s on %s has a contrast of %d", (one, other, expected) => {
  expect(contrast(one, other)).toBeCloseTo(expected, 2);
  expect(contrast(other, one)).toBeCloseTo(expected, 2);
});

test("every colour becomes readable on every background, and one that is stays", () => {
  fc.assert(
    fc.property(colour, colour, (one, background) => {
      const done = readable(one, background);
      expect(contrast(done, background)).toBeGreaterThanOrEqual(4.5);
      if (contrast(one, background) >= 4.5) expect(done).toBe(one);
    }),
  );
});

test("a mix lies between", () => {
  expect([mix("#000000", "#ffffff", 0), mix("#000000", "#ffffff", 0.5), mix("#000000", "#ffffff", 1)]).toEqual([
    "#000000",
    "#808080",
    "#ffffff",
  ]);
});

test.each(Object.entries(THEMES))("the theme %s says what it promises", (_name, { background, text, accent }) => {
  expect(contrast(text, background)).toBeGreaterThanOrEqual(7);
  expect(contrast(accent, background)).toBeGreaterThanOrEqual(4.5);
});
