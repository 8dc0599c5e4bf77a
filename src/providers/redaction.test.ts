import { expect, test } from "bun:test";
import fc from "fast-check";
import { redactSecrets } from "./redaction.ts";

const KEY = `sk-Te5t/+key="&<'of>ours`;
const hides = (text: string, secret = KEY): void => {
  const clean = redactSecrets(text, [secret]);
  expect(clean).toContain("[redacted]");
  expect(clean).not.toContain(secret.slice(4, -4));
};
const base64 = (text: string): string => Buffer.from(text).toString("base64");

test.each([
  ["plain", `bad key ${KEY}!`],
  ["percent-encoded", `?key=${encodeURIComponent(KEY)}`],
  ["percent-encoded in lower case", `?key=${encodeURIComponent(KEY).replace(/%../g, (code) => code.toLowerCase())}`],
  ["in a form", new URLSearchParams({ key: KEY }).toString()],
  ["in JSON", JSON.stringify({ key: KEY })],
  ["in JSON with escaped slashes", JSON.stringify({ key: KEY }).replaceAll("/", "\\/")],
  ["in HTML", KEY.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")],
  ["in hex", Buffer.from(KEY).toString("hex")],
  ["in HEX", Buffer.from(KEY).toString("hex").toUpperCase()],
])("a key that a server repeats %s is replaced", (_how, text) => {
  hides(text);
});

test.each(["u:", "us:", "use:", "user:"])("a Basic header of %p and the key holds neither", (user) => {
  const header = base64(`${user}${KEY}`);
  const clean = redactSecrets(`got Basic ${header}`, [KEY]);
  const rest = Buffer.from(clean.replace(/got Basic |\[redacted\]/g, ""), "base64").toString();
  expect(clean).toContain("[redacted]");
  expect(rest).not.toContain(KEY.slice(2, -2));
});

test("any key inside of any base64, in both alphabets", () => {
  const text = fc.string({ unit: "binary-ascii", minLength: 12, maxLength: 60 });
  fc.assert(
    fc.property(text, fc.string({ maxLength: 7 }), fc.string({ maxLength: 7 }), (key, before, after) => {
      fc.pre(key.trim() === key);
      for (const alphabet of ["base64", "base64url"] as const) {
        const code = Buffer.from(before + key + after).toString(alphabet);
        const left = redactSecrets(code, [key]).replaceAll("[redacted]", "");
        expect(left.length).toBeLessThanOrEqual(Math.ceil(((before.length + after.length) * 3 * 8) / 6) + 6);
      }
    }),
    { numRuns: 300 },
  );
});

test("the second half of an id:secret pair is one as well, its id is not", () => {
  const pair = "abc123:0123456789abcdef0123";
  expect(redactSecrets("id abc123 secret 0123456789abcdef0123", [pair])).toBe("id abc123 secret [redacted]");
});

test("a password in groups is one without its spaces too: WordPress takes it either way", () => {
  const password = "abcd EFGH 1234 ijkl MNOP 5678";
  expect(redactSecrets("as abcdEFGH1234ijklMNOP5678", [password])).toBe("as [redacted]");
});

test("what is too short to be a key, and everything else, stays", () => {
  expect(redactSecrets("a text on yes and no", ["on", ""])).toBe("a text on yes and no");
  expect(redactSecrets("nothing here", [KEY])).toBe("nothing here");
});
