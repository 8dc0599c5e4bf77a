/** What each error code means; the reference documentation is generated from this table. */
export const ERROR_CODES = {
  invalid_arguments: "The arguments of a call do not fit the tool's schema or rules.",
  invalid_id: "An id or name does not fit the id grammar.",
  not_found: "The named plan, incident, document, task or approval does not exist.",
  ambiguous: "A hint fits more than one thing; the candidates are listed.",
  not_allowed: "The calling agent may not use this tool or this action.",
  not_executable: "A sprint board item lacks an owner, due date, KPI impact or rollback condition.",
  invalid_transition: "The state machine has no such transition.",
  approval_required: "A person must approve first, and nobody could be asked from here.",
  approval_rejected: "A person was asked and said no.",
  stale: "What was approved or read has changed since; look again before you repeat the call.",
  corrupt_document: "A file under .ohmymkt/ is torn, not valid, or was removed by hand.",
  newer_version: "A file or database was written by a newer ohmymkt.",
  invalid_config: ".ohmymkt/config.json does not fit its schema.",
  busy: "Another process held the project's lock for too long.",
  storage: "The disk or the database refused an operation.",
  unsupported: "This machine cannot do what was asked.",
  internal: "A defect in ohmymkt itself.",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The one error class: `message` says what was expected and what came, `hint` names the next call to make. */
export class OhmymktError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "OhmymktError";
    this.code = code;
    this.hint = options.hint;
  }
}

/** One text for people and models: code, message and next step; an unknown error is reported as a defect. */
export function renderError(error: unknown): string {
  if (error instanceof OhmymktError) {
    return [`${error.code}: ${error.message}`, error.hint && `Next: ${error.hint}`].filter(Boolean).join("\n");
  }
  return `internal: ${error instanceof Error ? error.message : String(error)}\nNext: this is a defect of ohmymkt; please report it with the call that caused it.`;
}
