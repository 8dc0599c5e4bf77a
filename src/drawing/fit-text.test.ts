import { expect, test } from "bun:test";
import fc from "fast-check";
import { shorten, textWidth, wrapText } from "./fit-text.ts";
import { isDrawable, isRightToLeft } from "./scripts.ts";

const BOX = { size: 20, width: 300, lines: 3 };
const text = fc.oneof(
  fc.lorem({ maxCount: 60 }),
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.stringMatching(/^[a-z/-]{0,300}$/),
);

test("no line is wider than its box, and there are never more than asked for", () => {
  fc.assert(
    fc.property(text, (words) => {
      const lines = wrapText(words, BOX);
      expect(lines.length).toBeLessThanOrEqual(BOX.lines);
      for (const line of lines) expect(textWidth(line, BOX.size)).toBeLessThanOrEqual(BOX.width);
    }),
  );
});

test("a text that fits is whole, one that does not ends in an ellipsis and is a beginning of it", () => {
  fc.assert(
    fc.property(fc.lorem({ maxCount: 60 }), (words) => {
      const joined = wrapText(words, BOX).join(" ");
      if (joined.endsWith("…")) expect(words.startsWith(joined.slice(0, -1))).toBe(true);
      else expect(joined).toBe(words);
    }),
  );
});

test("Chinese breaks between its letters and keeps a comma with the letter before it", () => {
  const lines = wrapText("可见度上升，但高意向会话下降：先修复定价页的内部链接，再考虑扩大规模。", BOX);
  expect(lines.length).toBe(3);
  expect(lines.every((line) => !/^\p{P}/u.test(line))).toBe(true);
});

test("an emoji of several code points is kept whole or cut whole", () => {
  expect(shorten("👩‍👩‍👧‍👦".repeat(9), { size: 20, width: 140 })).toMatch(/^(?:👩‍👩‍👧‍👦)+…$/u);
});

test.each([
  ["Größe, Ελλάδα, Россия: 21 % — “ok” ▲", true, false],
  ["ارتفعت الظهورات", true, true],
  ["שלום 2026", true, true],
  ["2026: ارتفعت", true, true],
  ["可见度上升", false, false],
  ["ok，", false, false],
  ["नमस्ते", false, false],
  ["🚀 up", false, false],
])("%s: drawable %p, right to left %p", (words, drawable, turned) => {
  expect([isDrawable(words), isRightToLeft(words)]).toEqual([drawable, turned]);
});
