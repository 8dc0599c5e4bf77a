import { describe, expect, test } from "bun:test";
import { processorTime } from "../testing/processor-time.ts";
import { bannedTerms, contentWarnings, webAddresses } from "./content-checks.ts";
import { hiddenCharacters, visibleText, withoutHidden } from "./visible-text.ts";

/** The longest content that a call takes. */
const LONGEST = 200_000;
const LIMIT_MS = 50;

describe("web addresses", () => {
  test.each<[string, string[]]>([
    ["See https://a.example/x.", ["https://a.example/x"]],
    ["[docs](https://a.example/b_(c)) and (https://d.example)", ["https://a.example/b_(c)", "https://d.example"]],
    ["[https://a.example](https://b.example/y)", ["https://a.example", "https://b.example/y"]],
    ["**https://a.example/x** _https://b.example_", ["https://a.example/x", "https://b.example"]],
    ["看https://a.example/x。然后（https://b.example）", ["https://a.example/x", "https://b.example"]],
    ['<a href="https://a.example/?q=1&r=2">', ["https://a.example/?q=1&r=2"]],
    [
      "HTTPS://A.example https://a.example/ä https://xn--bcher-kva.example",
      ["HTTPS://A.example", "https://a.example/ä", "https://xn--bcher-kva.example"],
    ],
    ["https://a.example https://a.example!", ["https://a.example"]],
    ["no://a.example javascript:alert(1) //b.example", []],
  ])("of %p", (text, addresses) => {
    expect(webAddresses(text)).toEqual(addresses);
  });

  test.each<[string, string]>([
    ["a run of brackets", `http://x${")".repeat(LONGEST - 9)}a`],
    ["a run of opened brackets", `http://x${"(".repeat(LONGEST / 2)}${")".repeat(LONGEST / 2 - 9)}`],
    ["ten thousand links", "https://a.example/x?y=1 ".repeat(8000)],
    ["one endless link", `https://${"a(".repeat(LONGEST / 2 - 5)}`],
    ["beginnings only", "https://".repeat(LONGEST / 8)],
  ])("are found without holding anybody up in %s", (_name, text) => {
    expect(processorTime(() => webAddresses(text))).toBeLessThan(LIMIT_MS);
  });
});

describe("banned terms", () => {
  test.each<[string, string, boolean]>([
    ["guaranteed results", "Guaranteed\n  Results, always", true],
    ["guaranteed", "it is guaran\u00ADteed", true],
    ["guaranteed", "it is guar\u200Banteed", true],
    ["free", "ｆｒｅｅ for all", true],
    ["best", "the beſt", true],
    ["best", "bestow and asbestos", false],
    ["C++", "we write c++.", true],
    ["50%", "save 50% now", true],
    ["最", "世界最好", true],
    ["a.c", "abc", false],
    ["$(x)|[", "what is $(x)|[ here", true],
    ["𝐛", "an 𝐛old one", false],
    ["🎰", "win🎰now", true],
  ])("%p in %p: %p", (term, text, found) => {
    expect(bannedTerms(text, [term])).toEqual(found ? [term] : []);
  });

  test.each<[string, string, string]>([
    ["a term that nearly occurs everywhere", `${"a".repeat(199)}b`, "a".repeat(LONGEST)],
    ["a term that occurs everywhere within a word", "aa", "a".repeat(LONGEST)],
    ["a term of expression characters", "(a+)+$".repeat(33), "a".repeat(LONGEST)],
    ["nothing but hidden characters", "a", "\u202E".repeat(LONGEST)],
  ])("hold nobody up: %s", (_name, term, text) => {
    expect(processorTime(() => bannedTerms(text, [term]))).toBeLessThan(LIMIT_MS);
  });

  test("a thousand of them hold nobody up for long", () => {
    const terms = Array.from({ length: 1000 }, (_, at) => `term number ${at}`);
    expect(processorTime(() => bannedTerms("lorem ipsum dolor sit ".repeat(9000), terms))).toBeLessThan(4 * LIMIT_MS);
  });
});

describe("what a person should know", () => {
  const CONTENT = { text: "Hi", media: [] };
  test.each<[string, Partial<Parameters<typeof contentWarnings>[0]>, RegExp]>([
    ["a picture without words", { media: [{ path: "a.png" }] }, /a\.png has no alt text/],
    [
      "an undisclosed picture",
      { media: [{ path: "a.png", alt: "A", ai: true }] },
      /AI-generated and the text does not/,
    ],
    ["a turned direction", { text: "invoice \u202Egpj.exe" }, /U\+202E/],
    ["words between the lines", { text: "Hi\u{E0041}\u{E0042}" }, /U\+E0041, U\+E0042/],
    ["a hidden title", { title: "A\u0007" }, /U\+0007/],
  ])("%s", (_name, content, says) => {
    expect(contentWarnings({ ...CONTENT, ...content }).join("; ")).toMatch(says);
  });

  test("is nothing about scripts and emoji that need their joiners", () => {
    expect(contentWarnings({ ...CONTENT, text: "👩‍👩‍👧 می‌خواهم\n\tok" })).toEqual([]);
  });

  test.each(["\u202E", "a.i.", "#ai", "with ai ", "\u{E0041}"])("holds nobody up in a run of %p", (piece) => {
    const text = piece.repeat(LONGEST / piece.length);
    const media = [{ path: "a", ai: true }];
    expect(processorTime(() => contentWarnings({ ...CONTENT, text, media }))).toBeLessThan(LIMIT_MS);
  });
});

test("hidden characters are shown, left out or listed", () => {
  const text = "a\u0000b\u{E0041}c\n\td\u200D\uFEFF";
  expect(visibleText(text)).toBe("a⟨U+0000⟩b⟨U+E0041⟩c\n\td\u200D⟨U+FEFF⟩");
  expect(withoutHidden(text)).toBe("abc\n\td\u200D");
  expect(hiddenCharacters(text)).toEqual(["U+0000", "U+E0041", "U+FEFF"]);
  expect(visibleText("plain")).toBe("plain");
});
