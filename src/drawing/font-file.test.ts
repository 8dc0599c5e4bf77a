import { expect, test } from "bun:test";
import { readBinary } from "../package-binaries.ts";
import { readFont } from "./font-file.ts";

const bytes = {
  regular: await readBinary("regular"),
  bold: await readBinary("bold"),
  serif: await readBinary("serif"),
};

// Advance widths of DejaVu 2.37, which has 2048 units an em.
test.each([
  ["regular", "DejaVu Sans", "A", 1401],
  ["regular", "DejaVu Sans", " ", 651],
  ["bold", "DejaVu Sans", "W", 2259],
  ["serif", "DejaVu Serif", "m", 1942],
] as const)("%s is %s, in which %j is %d units wide", (name, family, letter, units) => {
  const font = readFont(bytes[name]);
  expect(font.family).toBe(family);
  expect(font.advance(letter.codePointAt(0) ?? 0)).toBeCloseTo(units / 2048, 5);
});

test("it says what it has: Arabic, Greek and some faces, but no ideographs", () => {
  const font = readFont(bytes.regular);
  const has = (letter: string): boolean => font.has(letter.codePointAt(0) ?? 0);
  expect(["م", "Ω", "ж", "😀"].map(has)).toEqual([true, true, true, true]);
  expect(["增", "न", "🫠"].map(has)).toEqual([false, false, false]);
  expect(font.advance("增".codePointAt(0) ?? 0)).toBeUndefined();
});

test("whatever is torn or no font is refused with an error, and never hangs", () => {
  expect(() => readFont(new Uint8Array())).toThrow(RangeError);
  expect(() => readFont(new TextEncoder().encode("<svg>".repeat(100)))).toThrow("expected a TrueType or OpenType font");
  expect(() => readFont(new TextEncoder().encode(`wOF2${"\0".repeat(100)}`))).toThrow(TypeError);
  for (const share of [0.001, 0.01, 0.1, 0.5])
    expect(() => readFont(bytes.regular.slice(0, bytes.regular.length * share))).toThrow();
  // A first group of characters that claims all of 32 bits.
  const huge = bytes.regular.slice();
  const view = new DataView(huge.buffer);
  const cmap = find(huge, "cmap");
  const subtables = Array.from(
    { length: view.getUint16(cmap + 2) },
    (_, index) => cmap + view.getUint32(cmap + 8 + index * 8),
  );
  const groups = subtables.find((at) => view.getUint16(at) === 12) ?? 0;
  view.setUint32(groups + 20, 0xff_ff_ff_ff);
  expect(() => readFont(huge)).toThrow("too many characters");
});

function find(font: Uint8Array, tag: string): number {
  const view = new DataView(font.buffer, font.byteOffset);
  for (let entry = 12; ; entry += 16)
    if (String.fromCharCode(...font.subarray(entry, entry + 4)) === tag) return view.getUint32(entry + 8);
}
