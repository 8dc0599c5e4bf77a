import { z } from "zod";

/** How the text of an option becomes a value; `shape` sketches the members of a JSON value. */
export type Kind =
  | { kind: "text" | "flag" | "number" | "integer" | "any" }
  | { kind: "choice"; values: readonly unknown[] }
  | { kind: "json"; shape: string; list: boolean }
  | { kind: "list"; item: Kind }
  | { kind: "either"; of: readonly Kind[] };

/** One argument of a tool as the command line offers it. */
export interface Parameter {
  name: string;
  /** The option without its dashes. */
  flag: string;
  kind: Kind;
  required: boolean;
  description: string;
  default: unknown;
}

type Schema = z.core.JSONSchema.BaseSchema;

/** The parameters of a tool, in the order of its definition, read off the JSON schema of its arguments. */
export function parametersOf(args: z.ZodRawShape): Parameter[] {
  const schema = z.toJSONSchema(z.object(args), { io: "input", unrepresentable: "any" });
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const member = asSchema(property);
    const kind = kindOf(member);
    return {
      name,
      flag: kebab(name),
      kind,
      required: (schema.required ?? []).includes(name) && kind.kind !== "any",
      description: member.description ?? "",
      default: member.default,
    };
  });
}

/** "expires_in_days" and "expiresInDays" → "expires-in-days". */
export function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}

/** What stands between the angle brackets of an option, "" for a flag. */
export function placeholder(kind: Kind): string {
  switch (kind.kind) {
    case "flag":
      return "";
    case "any":
      return "value";
    case "choice": {
      const all = kind.values.join("|");
      return all.length > 40 ? "choice" : all;
    }
    case "list":
      return placeholder(kind.item) || "true|false";
    case "either":
      return [...new Set(kind.of.map((one) => placeholder(one) || "true|false"))].join("|");
    default:
      return kind.kind;
  }
}

function kindOf(schema: Schema): Kind {
  if (schema.const !== undefined) return { kind: "choice", values: [schema.const] };
  if (schema.enum !== undefined) return { kind: "choice", values: schema.enum };
  const options = alternatives(schema);
  if (options.length === 1 && options[0] !== undefined) return kindOf(options[0]);
  if (options.length > 1) return { kind: "either", of: options.map(kindOf) };
  switch (schema.type) {
    case "string":
      return { kind: "text" };
    case "boolean":
      return { kind: "flag" };
    case "number":
    case "integer":
      return { kind: schema.type };
    case "array":
      return listOf(asSchema(schema.items));
    case undefined:
      return schema.$ref || schema.allOf ? { kind: "json", shape: "", list: false } : { kind: "any" };
    default:
      return { kind: "json", shape: sketch(schema), list: false };
  }
}

function listOf(items: Schema): Kind {
  const item = kindOf(items);
  const simple =
    item.kind === "text" ||
    item.kind === "number" ||
    item.kind === "integer" ||
    item.kind === "choice" ||
    item.kind === "flag";
  return simple ? { kind: "list", item } : { kind: "json", shape: `[${sketch(items)}]`, list: true };
}

function alternatives(schema: Schema): Schema[] {
  return (schema.anyOf ?? schema.oneOf ?? []).map(asSchema).filter((one) => one.type !== "null");
}

/** The members of a JSON value in one line: `{metric, target, unit?}`. */
function sketch(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.join("|");
  const options = alternatives(schema);
  if (options.length > 0) return options.map(sketch).join("|");
  if (schema.type === "array") return `[${sketch(asSchema(schema.items))}]`;
  if (schema.type !== "object") return schema.type ?? "value";
  if (schema.properties === undefined) return `{name: ${sketch(asSchema(schema.additionalProperties))}}`;
  const members = Object.entries(schema.properties).map(([name, property]) => {
    const inner = asSchema(property);
    const label = schema.required?.includes(name) ? name : `${name}?`;
    const worthShowing =
      inner.type === "object" || inner.type === "array" || inner.enum !== undefined || alternatives(inner).length > 1;
    return worthShowing ? `${label}: ${sketch(inner)}` : label;
  });
  return `{${members.join(", ")}}`;
}

function asSchema(schema: Schema["items"] | Schema["additionalProperties"]): Schema {
  return typeof schema === "object" && !Array.isArray(schema) ? schema : {};
}
