import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Decimal, decimalEvidence, decimalOf, readNumber } from "./number-style.ts";

describe("a number", () => {
  test.each<[string, Decimal | undefined, boolean, number | null]>([
    ["1234", undefined, false, 1234],
    ["1,234.5", ".", false, 1234.5],
    ["1.234,5", ",", false, 1234.5],
    ["1,234.5", undefined, false, 1234.5],
    ["1.234.567", undefined, false, 1_234_567],
    ["1 234,5", ",", false, 1234.5],
    ["1\u202f234\u00a0567", undefined, false, 1_234_567],
    ["12,34,567.5", ".", false, 1_234_567.5],
    ["1’234.5", ".", false, 1234.5],
    ["١٢٣", undefined, false, 123],
    ["١٬٢٣٤٫٥", undefined, false, 1234.5],
    ["٢٫٥٪", undefined, false, 0.025],
    ["５％", undefined, false, 0.05],
    ["12.5%", ".", false, 0.125],
    ["2,5 %", ",", false, 0.025],
    ["-3", undefined, false, -3],
    ["−3", undefined, false, -3],
    ["$1,234.50", ".", false, 1234.5],
    ["1.234", ",", true, 1234],
    ["1.234", ".", false, 1.234],
    ["1.234", undefined, true, 1234],
    ["0.125", undefined, false, 0.125],
    ["", ".", false, null],
    ["-", ".", false, null],
    ["n/a", ".", false, null],
  ])("%j with decimal %p, whole %p is %p", (text, decimal, whole, value) => {
    expect(readNumber(text, decimal, whole)).toBe(value);
  });

  test.each<[string, Decimal | undefined, string]>([
    ["1.234", undefined, "ambiguous_number"],
    ["12.000", undefined, "ambiguous_number"],
    ["<5", ".", "bound"],
    ["2,5", ".", "not_a_number"],
    ["1.2.3", ".", "not_a_number"],
    ["1,23,4", ".", "not_a_number"],
    ["NaN", ".", "not_a_number"],
    ["Infinity", ".", "not_a_number"],
    ["1e5", ".", "not_a_number"],
    ["0x10", ".", "not_a_number"],
    ["--5", ".", "not_a_number"],
    [".", ".", "not_a_number"],
    ["five", undefined, "not_a_number"],
  ])("%j with decimal %p is refused: %s", (text, decimal, reason) => {
    expect(readNumber(text, decimal, false)).toMatchObject({ reason });
  });

  test("what a locale writes is read back, whatever its separators", () => {
    const locales = ["en-US", "de-DE", "fr-FR", "pl-PL", "de-CH", "en-IN", "ru-RU", "ar-EG", "fa-IR", "ja-JP"];
    fc.assert(
      fc.property(fc.constantFrom(...locales), fc.integer({ min: -1e9, max: 1e9 }), (locale, cents) => {
        const value = cents / 100;
        const format = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 });
        const [sign] = format.formatToParts(1.5).flatMap(({ type, value: text }) => (type === "decimal" ? [text] : []));
        expect(readNumber(format.format(value), sign === "," ? "," : ".", false)).toBe(value);
      }),
    );
  });
});

describe("the decimal sign", () => {
  test.each<[string, boolean, ReturnType<typeof decimalEvidence>]>([
    ["1.5", false, "."],
    ["1,50 %", false, ","],
    ["1.234", false, "ambiguous"],
    ["1.234", true, ","],
    ["1.000", true, "ambiguous"],
    ["1.234.567", false, ","],
    ["1234.567", false, "."],
    ["0,123", false, ","],
    ["12", false, undefined],
    ["text", false, undefined],
  ])("%j, whole %p proves %p", (text, whole, proof) => {
    expect(decimalEvidence(text, whole)).toBe(proof);
  });

  test("of a column is what its cells prove together; a contradiction names both", () => {
    expect(decimalOf(["1.234", "7", "2,5"], false)).toBe(",");
    expect(decimalOf(["1.234", "7"], false)).toBeUndefined();
    expect(decimalOf(["1.5", "2,5"], false)).toEqual({ conflict: ["1.5", "2,5"] });
  });
});
