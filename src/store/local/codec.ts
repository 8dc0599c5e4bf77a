import { canonicalJson } from "../../lib/canonical.ts";
import type { Document } from "../../lib/documents.ts";
import { OhmymktError } from "../../errors.ts";
import { firstIssue } from "./issues.ts";
import { type Fault, parseJson, parseMarkdown, type Parsed } from "./text.ts";

/** Whether there is an earlier revision to go back to, which decides the advice in an error. */
export type Advice = "restore" | "repair";

/** Bytes of a file → the validated value. Throws `corrupt_document` with line and column, or `newer_version`. */
export async function decode<T>(document: Document<T>, bytes: Uint8Array, advice: Advice): Promise<T> {
  const text = utf8(document, bytes, advice);
  const parsed = document.format === "json" ? parseJson(text) : await parseMarkdown(text);
  if (!parsed.ok) throw corrupt(document.path, advice, placed(text, parsed.fault), parsed.fault.problem);
  const current = upgrade(document, parsed, text, advice);
  const checked = document.schema.safeParse(current, { reportInput: true });
  if (checked.success) return checked.data;
  const { path, problem } = firstIssue(checked.error);
  throw corrupt(document.path, advice, placed(text, { offset: parsed.offsetOf(path), problem }), problem);
}

/** A value → the bytes of its file; stable, so that equal values give equal bytes. */
export async function encode<T>(document: Document<T>, value: T): Promise<Uint8Array> {
  return new TextEncoder().encode(
    document.format === "json" ? `${JSON.stringify(value, null, 2)}\n` : await toMarkdown(document, value),
  );
}

async function toMarkdown<T>(document: Document<T>, value: T): Promise<string> {
  const { body, ...front } = asRecord(value) ?? {};
  if (typeof body !== "string")
    throw new OhmymktError("internal", `${document.name}: a Markdown document needs a text member "body"`);
  const { parse, stringify } = await import("yaml");
  const plain = { lineWidth: 0, aliasDuplicateObjects: false };
  const readable = stringify(front, plain);
  // A block of lines loses blanks at a line's end in some nestings; quoted texts never do.
  const isSafe = canonicalJson(parse(readable)) === canonicalJson(front);
  return `---\n${isSafe ? readable : stringify(front, { ...plain, blockQuote: false })}---\n${body}`;
}

function utf8<T>(document: Document<T>, bytes: Uint8Array, advice: Advice): string {
  try {
    // Editors on Windows put a byte order mark first; it carries no content.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch (error) {
    const text = new TextDecoder().decode(bytes);
    const problem = "expected UTF-8 text, got other bytes";
    throw corrupt(document.path, advice, placed(text, { offset: text.indexOf("\uFFFD"), problem }), problem, error);
  }
}

function upgrade<T>(document: Document<T>, parsed: Parsed & { ok: true }, text: string, advice: Advice): unknown {
  let value = asRecord(parsed.value);
  if (value === undefined)
    throw corrupt(
      document.path,
      advice,
      ":1:1",
      `expected an object with schema_version ${document.version}, got ${kindOf(parsed.value)}`,
    );
  const version = value["schema_version"] ?? (document.unversioned ? document.version : undefined);
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
    const problem = `schema_version: expected ${document.version}, got ${version === undefined ? "none" : JSON.stringify(version)}`;
    throw corrupt(
      document.path,
      advice,
      placed(text, { offset: parsed.offsetOf(["schema_version"]), problem }),
      problem,
    );
  }
  if (version > document.version) {
    throw new OhmymktError(
      "newer_version",
      `.ohmymkt/${document.path} has schema_version ${version}; this ohmymkt knows up to ${document.version}`,
      {
        hint: "update ohmymkt; the file was left as it is",
      },
    );
  }
  for (let from = version; from < document.version; from += 1) {
    const step = document.migrations[from];
    if (step === undefined)
      throw new OhmymktError("internal", `${document.name} has no migration from schema_version ${from}`);
    value = step(value);
  }
  return value;
}

/** `place` is "", ":line" or ":line:column". */
export function corrupt(path: string, advice: Advice, place: string, problem: string, cause?: unknown): OhmymktError {
  return new OhmymktError("corrupt_document", `.ohmymkt/${path}${place}: ${problem}`, {
    hint:
      advice === "restore"
        ? `fix the file, or put the last good revision back with \`ohmymkt restore ${path}\``
        : "fix the file, or move it away to start anew; there is no earlier revision of it here",
    cause,
  });
}

function placed(text: string, fault: Fault): string {
  if (fault.offset === undefined) return "";
  const before = text.slice(0, fault.offset);
  return `:${before.split("\n").length}:${fault.offset - before.lastIndexOf("\n")}`;
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}
