import { ProviderFailure, type FailureKind } from "./failure.ts";

/** Longest explanation of a provider that is passed on, characters. */
const MOST_TEXT = 300;

/** What a body says counts before its status: providers put spent money and wrong keys behind several. */
const BY_TEXT: readonly { statuses: readonly number[]; pattern: RegExp; kind: FailureKind }[] = [
  {
    statuses: [400, 402, 403, 429],
    // OpenAI's codes, Google's daily quotas and billing, fal's locked accounts, Replicate's credit.
    pattern:
      /insufficient_quota|billing_hard_limit_reached|billing_not_active|exhausted balance|insufficient (?:credit|balance|funds)|per_?day|enable billing|spend(?:ing)?[ _](?:cap|limit)/i,
    kind: "quota",
  },
  {
    statuses: [400],
    pattern: /API_KEY_INVALID|API key not valid|API key expired|invalid_api_key/i,
    kind: "unauthorised",
  },
];

/** 502 and 504 come from a gateway that does not know what became of the request behind it. */
const BY_STATUS: Readonly<Record<number, FailureKind>> = {
  401: "unauthorised",
  402: "quota",
  403: "unauthorised",
  408: "uncertain",
  429: "rate_limited",
  499: "uncertain",
  502: "uncertain",
  504: "uncertain",
  522: "uncertain",
  524: "uncertain",
};

/** What an answer with an error status means; `text` is its body. The message is one line, without keys. */
export function failedAnswer(
  { status, headers }: Pick<Response, "status" | "headers">,
  text: string,
  { host, now, redact }: { host: string; now: number; redact: (text: string) => string },
): ProviderFailure {
  const said = BY_TEXT.find(({ statuses, pattern }) => statuses.includes(status) && pattern.test(text));
  const kind = said?.kind ?? BY_STATUS[status] ?? (status >= 500 ? "unavailable" : "rejected");
  const explained = oneLine(redact(explanation(text)));
  return new ProviderFailure(kind, `${host} answered ${status}${explained ? `: ${explained}` : ""}`, {
    status,
    retryAfterMs: retryAfter(headers, text, now),
  });
}

/** One line without control characters, at most 300 characters. */
export function oneLine(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return clean.length > MOST_TEXT ? `${clean.slice(0, MOST_TEXT)}…` : clean;
}

/** Milliseconds that an answer asks to wait: `retry-after-ms`, `retry-after` (RFC 9110 §10.2.3) or Google's RetryInfo. */
function retryAfter(headers: Headers, text: string, now: number): number | undefined {
  const exact = Number(headers.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(exact) && exact >= 0) return exact;
  const stated = headers.get("retry-after");
  if (stated !== null) {
    const ms = /^\d+(?:\.\d+)?$/.test(stated.trim()) ? Number(stated) * 1000 : Date.parse(stated) - now;
    if (Number.isFinite(ms)) return Math.max(0, ms);
  }
  const delay = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(text)?.[1];
  return delay === undefined ? undefined : Number(delay) * 1000;
}

/** The sentence inside an error body of any of the providers, or the body itself. */
function explanation(text: string): string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return text.replace(/<[^>]*>/g, " ");
  }
  return sentence(body, 0) ?? text;
}

const MEMBERS = ["error", "detail", "message", "msg", "title"];

function sentence(value: unknown, depth: number): string | undefined {
  if (typeof value === "string") return value;
  if (depth > 4 || typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    const all = value.slice(0, 5).flatMap((one) => sentence(one, depth + 1) ?? []);
    return all.length > 0 ? all.join("; ") : undefined;
  }
  for (const member of MEMBERS) {
    const found = sentence(Object.entries(value).find(([key]) => key === member)?.[1], depth + 1);
    if (found) return found;
  }
  return undefined;
}
