import type { z } from "zod";
import { OhmymktError } from "../../errors.ts";
import type { LedgerEvent } from "../../lib/ledger.ts";
import { withoutNulls, type Context } from "./context.ts";
import { firstIssue } from "./issues.ts";

/** What rows need of an open transaction when each of their changes is in the ledger. */
export interface RecordingContext extends Pick<Context, "sql" | "now" | "randomId"> {
  appendLedger(event: LedgerEvent): unknown;
}

/** A value that a caller gave, checked. Throws `invalid_arguments` that begins with `what`; also for text that UTF-8 cannot hold. */
export function accepted<T>(schema: z.ZodType<T>, given: unknown, what: string): T {
  const checked = schema.safeParse(given, { reportInput: true });
  const problem = checked.success ? malformed(checked.data) : firstIssue(checked.error).problem;
  if (checked.success && problem === undefined) return checked.data;
  throw new OhmymktError("invalid_arguments", `${what}: ${problem}`, {
    hint: "correct the named field and repeat the call; nothing was changed",
  });
}

/** Columns hold UTF-8; members that are stored as JSON escape what it cannot hold. */
function malformed(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const [name] = Object.entries(value).find(([, member]) => typeof member === "string" && !member.isWellFormed()) ?? [];
  return name === undefined ? undefined : `${name}: expected well-formed text, got half of a character`;
}

/** A row as its schema has it. Throws `corrupt_document` that names the row. */
export function intact<T>(schema: z.ZodType<T>, row: object, what: string): T {
  const checked = schema.safeParse(withoutNulls(row), { reportInput: true });
  if (checked.success) return checked.data;
  throw damagedRow(what, firstIssue(checked.error).problem);
}

/** The error for a row that was changed by other means than ohmymkt's. */
export function damagedRow(what: string, problem: string): OhmymktError {
  return new OhmymktError("corrupt_document", `${what} in .ohmymkt/ohmymkt.db is damaged: ${problem}`, {
    hint: "nothing was overwritten: put a backup of the database back; the ledger says what became of the row",
  });
}

/** The value of a JSON column; text that is no JSON stays text, so that the schema names the member. */
export function fromJson(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What a JSON column holds for a value. */
export function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
