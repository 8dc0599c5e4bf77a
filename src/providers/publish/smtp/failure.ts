import { type FailureKind, ProviderFailure } from "../../failure.ts";

interface SmtpProblem {
  message: string;
  code: string | undefined;
  /** The server's status, where it answered. */
  status: number | undefined;
  response: string;
  /** What was asked when it went wrong. */
  command: string;
}

/** Before these were through, nobody had heard of a message. */
const EARLY: ReadonlySet<string> = new Set(["CONN", "EHLO", "HELO", "STARTTLS"]);

/** Where a server does not say how long to wait; greylists want five minutes (RFC 6647 §5). */
const DEFAULT_WAIT_MS = 5 * 60_000;
/** Limits of the sender's account; 5.4.5 and 4.4.5 are how Google names them. */
const QUOTA =
  /\b[45]\.4\.5\b|(?:daily|hourly|monthly|sending|message)[\w ]{0,30}(?:quota|limit)[\w ]{0,20}(?:exceeded|reached)/i;

/** Not the sender's limits: a full mailbox (X.2.X), or a message that is too large (X.3.4; RFC 3463 §3). */
const NOT_QUOTA = /\b[45]\.(?:2\.\d|3\.4)\b|\b(?:mailbox|recipient|size)\b/i;

const BY_STATUS: Readonly<Record<number, FailureKind>> = {
  421: "unavailable",
  432: "unauthorised",
  530: "unauthorised",
  534: "unauthorised",
  535: "unauthorised",
  538: "unauthorised",
};

/** What the mail client met, as a `ProviderFailure`. Before the message's `ended`, the server may not deliver it (RFC 5321 §4.1.1.4). */
export function smtpFailure(error: unknown, ended: boolean, redact: (text: string) => string): ProviderFailure {
  if (error instanceof ProviderFailure) return error;
  const problem = problemOf(error);
  const kind = kindOf(problem, ended);
  return new ProviderFailure(kind, redact(`mail server: ${problem.message}`.replace(/\p{Cc}+/gu, " ").slice(0, 500)), {
    status: problem.status,
    ...(kind === "rate_limited" ? { retryAfterMs: waitOf(problem.response) } : {}),
  });
}

function kindOf({ code, status, response, command }: SmtpProblem, ended: boolean): FailureKind {
  if (status !== undefined) {
    const known = QUOTA.test(response) && !NOT_QUOTA.test(response) ? "quota" : BY_STATUS[status];
    if (known) return known;
    if (!ended && EARLY.has(command)) return status < 500 ? "unavailable" : "unreachable";
    if (code === "EAUTH") return status < 500 ? "unavailable" : "unauthorised";
    return status < 500 ? "rate_limited" : "rejected";
  }
  if (ended) return "uncertain";
  if (code === "EAUTH") return "unauthorised";
  // The client itself refuses it: a wrong address, a message over the server's size.
  if (code === "EENVELOPE" || code === "EMESSAGE") return "rejected";
  return "unreachable";
}

function problemOf(error: unknown): SmtpProblem {
  const fields: Record<string, unknown> = { ...(typeof error === "object" ? error : {}) };
  const { code, responseCode, response, command } = fields;
  return {
    message: error instanceof Error ? error.message : String(error),
    code: typeof code === "string" ? code : undefined,
    status: typeof responseCode === "number" && responseCode >= 400 ? responseCode : undefined,
    response: typeof response === "string" ? response : "",
    command: typeof command === "string" ? command : "",
  };
}

/** Milliseconds, where the reply says "… 300 seconds" or "… 5 minutes". */
function waitOf(response: string): number {
  const [, count, unit] = /(\d{1,5})\s*(s|secs?|seconds?|m|mins?|minutes?)\b/i.exec(response) ?? [];
  const ms = Number(count) * (unit?.toLowerCase().startsWith("m") ? 60_000 : 1000);
  return ms > 0 ? ms : DEFAULT_WAIT_MS;
}
