import { z } from "zod";

/** A JSON schema as the model sees it. */
export interface LeanSchema {
  [key: string]: unknown;
}

/** Marks an argument that is accepted but not outlined to a model, because another argument says the same. */
export function hidden<T extends z.ZodType>(schema: T): T {
  return schema.meta({ hidden: true });
}

/** Shows a model only the type of a value: the tool's own refusal lists what it may be. */
export function plain<T extends z.ZodType>(schema: T): T {
  return schema.meta({ plain: true });
}

/** Shows a model a nested value as one line, such as `{north_star, drivers: [{name}]}`, instead of its whole schema. */
export function outlined<T extends z.ZodType>(schema: T, shape: string): T {
  return schema.meta({ shape });
}

/** What costs tokens and is enforced by the strict parse anyway. */
const DROPPED = new Set([
  "$schema",
  "required",
  "additionalProperties",
  "default",
  "format",
  "pattern",
  "propertyNames",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "multipleOf",
]);

/**
 * The schema of a tool's arguments without bounds, patterns, formats and defaults: what a model needs in order to call it.
 * `required` is kept for the arguments themselves only, and arguments marked `hidden` (a second way to say the same) are left out.
 */
export function leanSchema(args: z.ZodRawShape): LeanSchema {
  const { required, ...schema } = z.toJSONSchema(z.strictObject(args), { io: "input", unrepresentable: "any" });
  const lean = record(strip(schema, false));
  return required && required.length > 0 ? { ...lean, required } : lean;
}

/** `named` is true for the members of `properties`, whose keys are argument names and never dropped by name. */
function strip(node: unknown, named: boolean): unknown {
  if (Array.isArray(node)) return distinct(node.map((member) => strip(member, false)));
  if (node === null || typeof node !== "object") return node;
  if ("shape" in node && !named) return outline(node);
  if ("plain" in node && !named) return { type: "type" in node ? node.type : undefined };
  const kept = Object.entries(node).filter(([key, value]) => (named ? !isHidden(value) : !DROPPED.has(key)));
  const stripped: Record<string, unknown> = Object.fromEntries(
    kept.map(([key, value]) => [key, strip(value, key === "properties" && !named)]),
  );
  return collapse(stripped);
}

/** An object, or a list of objects, told in one line. */
function outline(node: object & { shape: unknown }): LeanSchema {
  const told = { type: "object", description: node.shape };
  return "type" in node && node.type === "array" ? { type: "array", items: told } : told;
}

function isHidden(value: unknown): boolean {
  return typeof value === "object" && value !== null && "hidden" in value && value.hidden === true;
}

/** Union members that became equal once their bounds were gone. */
function distinct(members: unknown[]): unknown[] {
  const seen = new Set<string>();
  return members.filter((member) => {
    const text = JSON.stringify(member);
    return seen.has(text) ? false : (seen.add(text), true);
  });
}

function record(node: unknown): LeanSchema {
  return typeof node === "object" && node !== null ? { ...node } : {};
}

/** A union of one is that one; a union of plain types is one `type` list. */
function collapse(node: Record<string, unknown>): Record<string, unknown> {
  const { anyOf, ...rest } = node;
  if (!Array.isArray(anyOf)) return node;
  const members = anyOf.map(record);
  if (members.length === 1) return { ...rest, ...members[0] };
  const types = members.map((member) => (Object.keys(member).length === 1 ? member["type"] : undefined));
  return types.every((type) => typeof type === "string") ? { ...rest, type: types } : node;
}
