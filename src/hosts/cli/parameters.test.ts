import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { kebab, parametersOf, placeholder } from "./parameters.ts";

type Expected = { kind: string; placeholder: string; required: boolean; shape?: string };

describe("parametersOf", () => {
  const cases: [string, z.ZodType, Expected][] = [
    ["text", z.string(), { kind: "text", placeholder: "text", required: true }],
    ["optional text", z.string().optional(), { kind: "text", placeholder: "text", required: false }],
    ["nullable text", z.string().nullable(), { kind: "text", placeholder: "text", required: true }],
    ["text with a default", z.string().default("x"), { kind: "text", placeholder: "text", required: false }],
    ["date", z.iso.date(), { kind: "text", placeholder: "text", required: true }],
    ["boolean", z.boolean(), { kind: "flag", placeholder: "", required: true }],
    ["whole number", z.int().min(0), { kind: "integer", placeholder: "integer", required: true }],
    ["number", z.number(), { kind: "number", placeholder: "number", required: true }],
    ["enum", z.enum(["a", "b"]), { kind: "choice", placeholder: "a|b", required: true }],
    [
      "preprocessed enum",
      z.preprocess((x) => x, z.enum(["a", "b"])),
      { kind: "choice", placeholder: "a|b", required: true },
    ],
    [
      "long enum",
      z.enum(["technical_foundation", "intent_operations", "content_system"]),
      { kind: "choice", placeholder: "choice", required: true },
    ],
    ["literal", z.literal("a"), { kind: "choice", placeholder: "a", required: true }],
    [
      "boolean or number",
      z.union([z.boolean(), z.number()]),
      { kind: "either", placeholder: "true|false|number", required: true },
    ],
    ["texts", z.array(z.string()), { kind: "list", placeholder: "text", required: true }],
    [
      "object",
      z.strictObject({ a: z.string(), b: z.number().optional() }),
      { kind: "json", placeholder: "json", required: true, shape: "{a, b?}" },
    ],
    [
      "objects",
      z.array(z.strictObject({ a: z.enum(["x", "y"]) })),
      { kind: "json", placeholder: "json", required: true, shape: "[{a: x|y}]" },
    ],
    [
      "nested objects",
      z.strictObject({ a: z.array(z.strictObject({ b: z.string() })) }),
      { kind: "json", placeholder: "json", required: true, shape: "{a: [{b}]}" },
    ],
    [
      "record",
      z.record(z.string(), z.number()),
      { kind: "json", placeholder: "json", required: true, shape: "{name: number}" },
    ],
    ["unknown", z.unknown(), { kind: "any", placeholder: "value", required: false }],
  ];
  test.each(cases)("%s", (_name, schema, expected) => {
    const [parameter] = parametersOf({ some_name: schema });
    if (parameter === undefined) throw new Error("expected a parameter");
    const { kind, required } = parameter;
    const found: Expected = {
      kind: kind.kind,
      placeholder: placeholder(kind),
      required,
      ...(kind.kind === "json" ? { shape: kind.shape } : {}),
    };
    expect(found).toEqual(expected);
  });

  test("keeps the order, the description and the default of the definition", () => {
    const parameters = parametersOf({ later_one: z.string().describe("why"), b: z.enum(["x", "y"]).default("y") });
    expect(
      parameters.map(({ name, flag, description, default: fallback }) => [name, flag, description, fallback]),
    ).toEqual([
      ["later_one", "later-one", "why", undefined],
      ["b", "b", "", "y"],
    ]);
  });
});

test.each([
  ["expires_in_days", "expires-in-days"],
  ["expiresInDays", "expires-in-days"],
  ["url", "url"],
])("kebab %s", (name, expected) => expect(kebab(name)).toBe(expected));
