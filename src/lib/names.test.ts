import { expect, test } from "bun:test";
import fc from "fast-check";
import { assertId, newId, slug } from "./names.ts";

const PLAIN: [string, string][] = [
  ["Spring Launch", "spring-launch"],
  ["  Spring   Launch!  ", "spring-launch"],
  ["spring_launch (v2)", "spring-launch-v2"],
  ["Q3: pipeline & demand", "q3-pipeline-demand"],
  ["Überraschung für Zoë", "überraschung-für-zoë"],
  ["春季キャンペーン 2026", "春季キャンペーン-2026"],
  ["ΑΣ", "ας"],
  ["हिन्दी अभियान", "हिन्दी-अभियान"],
  ["v1.2", "v1-2"],
];

test.each(PLAIN)("slug(%j) is %j", (name, expected) => {
  expect(slug(name)).toBe(expected);
});

const HASHED: [string, RegExp][] = [
  ["Launch 🚀", /^launch-[0-9a-f]{6}$/],
  ["🚀", /^untitled-[0-9a-f]{6}$/],
  ["", /^untitled-[0-9a-f]{6}$/],
  ["...", /^untitled-[0-9a-f]{6}$/],
  ["../../etc/passwd", /^etc-passwd-[0-9a-f]{6}$/],
  ["a/b", /^a-b-[0-9a-f]{6}$/],
  ["a\\b", /^a-b-[0-9a-f]{6}$/],
  ["a\u0000b", /^a-b-[0-9a-f]{6}$/],
  ["CON", /^con-[0-9a-f]{6}$/],
  ["lpt9", /^lpt9-[0-9a-f]{6}$/],
  ["com¹", /^com1-[0-9a-f]{6}$/],
  ["ﬁx", /^fix-[0-9a-f]{6}$/],
  ["en – dash", /^en-dash-[0-9a-f]{6}$/],
  ["می\u200cخواهم", /^می-خواهم-[0-9a-f]{6}$/],
  ["\u0301foo", /^foo-[0-9a-f]{6}$/],
  ["x".repeat(61), /^x{53}-[0-9a-f]{6}$/],
  ["春".repeat(60), /^春{47}-[0-9a-f]{6}$/],
];

test.each(HASHED)("slug(%j) keeps a hash of what was lost", (name, expected) => {
  expect(slug(name)).toMatch(expected);
});

test("names that differ only in what is lost stay distinct, also where case does not count", () => {
  const names = [
    "a/b",
    "a\\b",
    "a..b",
    "a\u0000b",
    "a🚀b",
    "a✨b",
    "a–b",
    "A B",
    "ａ b",
    "x".repeat(61),
    "x".repeat(62),
    "con",
    "🚀",
    "✨",
    "",
  ];
  expect(new Set(names.map((name) => slug(name).toLowerCase())).size).toBe(names.length);
});

const anyName = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme", maxLength: 120 }),
  fc.string({ unit: fc.constantFrom(..."aZ /.\\-_é\u0301🚀\u200dΣςİ春\u0000"), maxLength: 80 }),
);

test("every slug is a contained, short, lower-case file name and its own slug", () => {
  fc.assert(
    fc.property(anyName, (name) => {
      const result = slug(name);
      expect(result).toMatch(/^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u);
      expect([...result].length).toBeLessThanOrEqual(60);
      expect(Buffer.byteLength(result)).toBeLessThanOrEqual(150);
      expect(result.toLowerCase()).toBe(result);
      expect(slug(result)).toBe(result);
      expect(assertId(result, "slug")).toBe(result);
    }),
    { numRuns: 2000 },
  );
});

test("two names share a slug only when case, spaces and ASCII punctuation are all that tells them apart", () => {
  const reduce = (name: string): string =>
    name
      .normalize("NFC")
      .normalize("NFKC")
      .toLowerCase()
      .normalize("NFKC")
      .toLowerCase()
      .replace(/[\s!-/:-@[-`{-~]+/g, "-")
      .replace(/^-+|-+$/g, "");
  const near = fc.string({ unit: fc.constantFrom(..."aA /.-_é🚀\u0301\u0000"), maxLength: 6 });
  fc.assert(
    fc.property(near, near, (one, other) => {
      if (reduce(one) !== reduce(other)) expect(slug(one)).not.toBe(slug(other));
    }),
    { numRuns: 3000 },
  );
});

test.each(["a", "inc-4k2m9x0qwd1z", "Spring_2026", "春季", "7", "a".repeat(80), "é"])("assertId accepts %j", (id) => {
  expect(assertId(id, "plan")).toBe(id);
});

test.each([
  "",
  "..",
  ".",
  "a/b",
  "a\\b",
  "-a",
  "_a",
  "a b",
  "a.b",
  "a\u0000",
  "nul",
  "COM1",
  "a".repeat(81),
  "e\u0301",
  "a\u200d",
  "🚀",
  "a\n",
])("assertId refuses %j", (id) => {
  expect(() => assertId(id, "plan")).toThrow(
    expect.objectContaining({ code: "invalid_id", message: expect.stringMatching(/^plan: expected .* got /) }),
  );
});

test("newId puts the prefix before the random part", () => {
  expect(newId("inc", () => "4k2m9x0qwd1z")).toBe("inc-4k2m9x0qwd1z");
});
