import { OhmymktError } from "../../errors.ts";
import { jsonPositions } from "../../store/local/json-positions.ts";
import type { Kind, Parameter } from "./parameters.ts";

/** Reads a whole text file; throws when it cannot. */
export type ReadText = (path: string) => string;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The value of the texts that were given for one parameter (at least one); throws `invalid_arguments`. */
export function parameterValue(parameter: Parameter, texts: readonly string[], readText: ReadText): unknown {
  const { kind } = parameter;
  const label = `--${parameter.flag}`;
  if (kind.kind === "list") return texts.flatMap((text) => listItems(label, kind.item, text, readText));
  if (kind.kind === "json" && kind.list)
    return texts.flatMap((text) => [jsonValue(label, kind.shape, text, readText)].flat());
  const [text, ...more] = texts;
  if (text === undefined || more.length > 0) {
    throw usage(`${label}: expected one value, got ${texts.length}`, `give ${label} once`);
  }
  return single(label, kind, text, readText);
}

function single(label: string, kind: Kind, text: string, readText: ReadText): unknown {
  switch (kind.kind) {
    case "flag":
      if (text === "true" || text === "false") return text === "true";
      throw usage(`${label}: expected true or false, got ${quoted(text)}`);
    case "number":
    case "integer":
      return numeric(label, kind.kind, text);
    case "json":
      return jsonValue(label, kind.shape, text, readText);
    case "any":
      return guess(text);
    case "either":
      return firstFit(label, kind.of, text, readText);
    case "choice":
      // A text outside the choices goes on to the tool, which knows the aliases.
      return kind.values.find((value) => String(value) === text) ?? text;
    default:
      return text;
  }
}

function numeric(label: string, kind: "number" | "integer", text: string): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && (kind === "number" || Number.isSafeInteger(value))) return value;
  throw usage(`${label}: expected ${kind === "integer" ? "a whole number" : "a number"}, got ${quoted(text)}`);
}

/** Alternatives from the narrowest to the widest: text fits everything, so it comes last. */
function firstFit(label: string, kinds: readonly Kind[], text: string, readText: ReadText): unknown {
  for (const kind of kinds) {
    if (kind.kind === "flag" && (text === "true" || text === "false")) return text === "true";
    if ((kind.kind === "number" || kind.kind === "integer") && NUMBER.test(text))
      return numeric(label, kind.kind, text);
    if (kind.kind === "choice" && kind.values.some((value) => String(value) === text))
      return single(label, kind, text, readText);
    if (kind.kind === "list" && text.startsWith("[")) return listItems(label, kind.item, text, readText);
    if (kind.kind === "json" && /^[[{@]/.test(text)) return jsonValue(label, kind.shape, text, readText);
  }
  return text;
}

function listItems(label: string, item: Kind, text: string, readText: ReadText): unknown[] {
  const whole = text.startsWith("[") ? guess(text) : text;
  if (Array.isArray(whole)) return whole;
  return [single(label, item, text, readText)];
}

function guess(text: string): unknown {
  return jsonPositions(text).fault === undefined ? JSON.parse(text) : text;
}

function jsonValue(label: string, shape: string, argument: string, readText: ReadText): unknown {
  const path = argument.startsWith("@") ? argument.slice(1) : undefined;
  const text = path === undefined ? argument : fileText(label, path, readText);
  const { fault } = jsonPositions(text);
  if (fault === undefined) return JSON.parse(text);
  const before = text.slice(0, fault.offset).split("\n");
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  const found = text[fault.offset] === undefined ? "the end" : quoted(text.slice(fault.offset, fault.offset + 20));
  throw usage(
    `${label}: ${path === undefined ? "the value" : path} is not JSON; expected ${fault.expected} at ${place}, got ${found}`,
    `write ${label} '${shape || "<json>"}' with names and texts in double quotes, or ${label} @file.json`,
  );
}

function fileText(label: string, path: string, readText: ReadText): string {
  try {
    return readText(path).replace(/^\uFEFF/, "");
  } catch (cause) {
    throw new OhmymktError(
      "invalid_arguments",
      `${label}: expected a readable file after @, got ${quoted(path)} (${cause instanceof Error ? cause.message : String(cause)})`,
      {
        hint: "check the path; it is relative to the current directory",
        cause,
      },
    );
  }
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function usage(message: string, hint = "run the command with --help to see its options"): OhmymktError {
  return new OhmymktError("invalid_arguments", message, { hint });
}
