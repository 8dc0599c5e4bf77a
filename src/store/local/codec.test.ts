import { expect, test } from "bun:test";
import fc from "fast-check";
import { z } from "zod";
import { defineDocument } from "../../lib/documents.ts";
import { decode, encode } from "./codec.ts";
import { jsonPositions, pathKey } from "./json-positions.ts";

const Anything = z.looseObject({ schema_version: z.literal(1), body: z.string().optional() });
const Json = defineDocument({ name: "any", path: "any.json", schema: Anything });
const Markdown = { ...Json, path: "any.md", format: "markdown" as const };

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom(..."a-#:&*!|>%@`'\"\\ \t\r\n\u0085\u2028🚀é~?[]{},") }),
  fc.constantFrom(
    "---",
    "---\n",
    "true",
    "null",
    "~",
    "1e3",
    "0x10",
    "2026-02-01",
    "=",
    "<<",
    "\uFEFF",
    "- x",
    "a: b",
    "...",
    "\r\n---\r\n",
  ),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("any"), { maxLength: 4 }),
    tie("map"),
  ),
  map: fc.dictionary(
    text.filter((key) => key !== "__proto__"),
    tie("any"),
    { maxKeys: 4, noNullPrototype: true },
  ),
})).map;
const front = value.map(({ schema_version: _version, body: _body, ...rest }) => ({
  schema_version: 1 as const,
  ...rest,
}));

test.each([Json, Markdown])(
  "$format: what is written is read back, and equal values give equal bytes",
  async (document) => {
    await fc.assert(
      fc.asyncProperty(front, text, async (members, body) => {
        const given = { ...members, body };
        const bytes = await encode(document, given);
        expect(await decode(document, bytes, "repair")).toEqual(given);
        expect(await encode(document, structuredClone(given))).toEqual(bytes);
      }),
      { numRuns: 400 },
    );
  },
);

test("a line that ends with a blank keeps it, however deep it is nested", async () => {
  const given = { schema_version: 1 as const, "---": [[[" \n"]]], body: "---" };
  expect(await decode(Markdown, await encode(Markdown, given), "repair")).toEqual(given);
});

test("a Markdown file keeps the order of its members and the text below to the byte", async () => {
  const bytes = await encode(Markdown, {
    schema_version: 1,
    zeta: "z",
    alpha: ["ü", "no: yes"],
    body: "\r\n# T\r\n---\r\n\nend",
  });
  expect(new TextDecoder().decode(bytes)).toBe(
    '---\nschema_version: 1\nzeta: z\nalpha:\n  - ü\n  - "no: yes"\n---\n\r\n# T\r\n---\r\n\nend',
  );
});

test("front matter that Windows saved is understood", async () => {
  const bytes = new TextEncoder().encode("\uFEFF---\r\nschema_version: 1\r\ntitle: x\r\n---\r\nbody\r\n");
  expect(await decode(Markdown, bytes, "repair")).toEqual({ schema_version: 1, title: "x", body: "body\r\n" });
});

test("JSON is pretty with a newline at the end", async () => {
  expect(new TextDecoder().decode(await encode(Json, { schema_version: 1, list: [1] }))).toBe(
    '{\n  "schema_version": 1,\n  "list": [\n    1\n  ]\n}\n',
  );
});

test("positions agree with JSON.parse on what is JSON, and point at each value", () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 4 }),
      fc.nat(),
      fc.constantFrom("", "}", ",", '"', "x", "\\"),
      (json, at, noise) => {
        const cut = at % (json.length + 1);
        const candidate = json.slice(0, cut) + noise + json.slice(cut);
        expect(jsonPositions(candidate).fault === undefined).toBe(parses(candidate));
      },
    ),
    { numRuns: 1500 },
  );
  const source = '{"a": [1, {"b c": "x"}]}';
  const { at } = jsonPositions(source);
  expect(source.slice(at.get(pathKey(["a", 1, "b c"])))).toStartWith('"x"');
});

function parses(source: string): boolean {
  try {
    JSON.parse(source);
    return true;
  } catch {
    return false;
  }
}
