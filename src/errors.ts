/** What each error code means; the reference documentation is generated from this table. */
export const ERROR_CODES = {
  invalid_arguments: "The arguments of a call do not fit the tool's schema or rules.",
  invalid_id: "An id or name does not fit the id grammar.",
  not_found: "The named plan, incident, document, task or approval does not exist.",
  ambiguous: "A hint fits more than one thing; the candidates are listed.",
  not_allowed: "The calling agent may not use this tool or this action.",
  not_executable: "A board item lacks a field that a task needs; the message names it.",
  invalid_transition: "The state machine has no such transition.",
  approval_required: "A person must approve first, and nobody could be asked from here.",
  approval_rejected: "A person was asked and said no.",
  stale: "What was approved or read has changed since; look again before you repeat the call.",
  corrupt_document: "A file under .ohmymkt/ is torn, not valid, or was removed by hand.",
  newer_version: "A file or database was written by a newer ohmymkt.",
  busy: "Another process held the project's lock for too long.",
  storage: "The disk or the database refused an operation.",
  provider: "A provider is missing, misconfigured, or refused; the message names the call that mends it.",
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

/** The next step of a code whose error brings no hint of its own. */
const NEXT: Record<ErrorCode, string> = {
  invalid_arguments: "correct the call and make it again; nothing was changed",
  invalid_id: "use an id as a listing shows it",
  not_found: "list what exists and repeat the call with one of those",
  ambiguous: "repeat the call with the exact name",
  not_allowed: "hand the work back to the agent or person who may",
  not_executable: "let a person fill in the named fields of the board item, then make the call again",
  invalid_transition: "look at the present state with ohmymkt_read_state",
  approval_required: "let a person approve it, then make the same call again",
  approval_rejected: "take the answer into account before you ask again",
  stale: "look at the present state, then make the call again",
  corrupt_document: "repair the file, or restore its last good revision with `ohmymkt restore <path>`",
  newer_version: "update ohmymkt",
  busy: "try again in a moment",
  storage: "free space or fix the permissions of .ohmymkt/, then try again; nothing was changed",
  provider: 'look at the settings with ohmymkt_provider_config {action: "list"}',
  internal: "this is a defect of ohmymkt; please report it with the call that caused it",
};

/** One text for people and models: code, message and next step; an unknown error is reported as a defect. */
export function renderError(error: unknown): string {
  if (error instanceof OhmymktError) {
    return `${error.code}: ${error.message}\nNext: ${error.hint ?? NEXT[error.code]}`;
  }
  return `internal: ${error instanceof Error ? error.message : String(error)}\nNext: ${NEXT.internal}`;
}
