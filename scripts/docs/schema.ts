import { z } from "zod";
import { code } from "./markdown.ts";

/** One member of a schema, nested ones by path: `updates[].gate`, `objective.deadline`, `evidence.<key>.set_by`. */
export interface Member {
  path: string;
  type: string;
  required: boolean;
  /** JSON text, or "". */
  fallback: string;
  limits: string;
  description: string;
  /** Accepted, but not shown to a model. */
  hidden: boolean;
}

type Schema = z.core.JSONSchema.BaseSchema;

const NAMES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  boolean: "true or false",
  null: "nothing",
};
const FORMATS: Readonly<Record<string, string>> = { date: "date", "date-time": "date and time" };

/** Every member of an object schema in order of definition; `input` is what a caller may send, `output` what is stored. */
export function membersOf(schema: z.ZodType, io: "input" | "output"): Member[] {
  return inside("", z.toJSONSchema(schema, { io, unrepresentable: "any" }));
}

function inside(prefix: string, schema: Schema): Member[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const child = asSchema(property);
    const path = `${prefix}${name}`;
    return [member(path, child, (schema.required ?? []).includes(name)), ...below(path, child)];
  });
}

/** The members of what a member holds: of an object, of the items of a list, of the values of a map. */
function below(path: string, schema: Schema): Member[] {
  if (schema.type === "array") return below(`${path}[]`, asSchema(schema.items));
  const values = schema.additionalProperties;
  return [
    ...inside(`${path}.`, schema),
    ...(values ? below(`${path}.<key>`, asSchema(values)) : []),
    ...(schema.anyOf ?? []).map(asSchema).flatMap((one) => below(path, one)),
  ];
}

function member(path: string, schema: Schema, required: boolean): Member {
  return {
    path,
    type: typeText(schema),
    required,
    fallback: schema.default === undefined ? "" : JSON.stringify(schema.default),
    limits: limits(schema),
    description: schema.description ?? "",
    hidden: "hidden" in schema && schema["hidden"] === true,
  };
}

function typeText(schema: Schema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(String(value))).join(", ");
  const options = (schema.anyOf ?? schema.oneOf ?? []).map(asSchema);
  if (options.length > 0) return options.map(typeText).join(" or ");
  // zod writes a union of plain types as a list of types.
  const types: readonly (string | undefined)[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  return types.map((type) => typeName(type ?? "any", schema)).join(" or ");
}

function typeName(type: string, schema: Schema): string {
  if (type === "array") return `list of ${typeText(asSchema(schema.items))}`;
  if (type === "object" && schema.properties === undefined && schema.additionalProperties) {
    const value = asSchema(schema.additionalProperties);
    return `map of ${Object.keys(value).length > 0 ? typeText(value) : "anything"}`;
  }
  if (type === "any") return "anything";
  return (type === "string" ? FORMATS[schema.format ?? ""] : undefined) ?? NAMES[type] ?? type;
}

function limits(schema: Schema): string {
  const own = [
    range(schema.minimum, schema.maximum, ""),
    schema.exclusiveMinimum === undefined ? "" : `more than ${schema.exclusiveMinimum}`,
    schema.exclusiveMaximum === undefined ? "" : `less than ${schema.exclusiveMaximum}`,
    range(schema.minLength, schema.maxLength, "characters"),
    range(schema.minItems, schema.maxItems, "entries"),
    schema.pattern === undefined || schema.format !== undefined ? "" : `pattern ${code(schema.pattern)}`,
  ].filter(Boolean);
  const parts = Object.entries({ each: schema.items, keys: schema.propertyNames, values: schema.additionalProperties });
  const nested = parts
    .flatMap(([word, part]) => (part ? { word, text: limits(asSchema(part)) } : []))
    .filter(({ text }) => text !== "");
  return [...own, ...nested.map(({ word, text }) => `${word} ${text}`)].join("; ");
}

/** zod bounds whole numbers by what a float holds exactly; that is no rule of ours. */
function range(low: number | undefined, high: number | undefined, unit: string): string {
  const min = low === undefined || low <= Number.MIN_SAFE_INTEGER ? undefined : low;
  const max = high === undefined || high >= Number.MAX_SAFE_INTEGER ? undefined : high;
  if (min === undefined && max === undefined) return "";
  if (min === 1 && max === undefined && unit !== "") return "not empty";
  const span = min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `${min} to ${max}`;
  return unit === "" ? span : `${span} ${unit}`;
}

function asSchema(schema: Schema["items"] | Schema["additionalProperties"]): Schema {
  return typeof schema === "object" && !Array.isArray(schema) ? schema : {};
}
