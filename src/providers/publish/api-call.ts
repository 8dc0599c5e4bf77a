import type { z } from "zod";
import { type FailureKind, ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";

/** What a request is for: a lost answer to `publish` or `retract` leaves it open whether it happened; the others change nothing that anybody sees. */
export type Step = "look" | "prepare" | "publish" | "retract";

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined where the body is no JSON. */
  json: unknown;
}

/** What the platform's own error body says; what is missing follows from the status. */
export interface Explained {
  kind?: FailureKind | undefined;
  message?: string | undefined;
  retryAfterMs?: number | undefined;
}

export interface ApiCall {
  method: "GET" | "POST" | "PUT" | "DELETE";
  url: URL;
  step: Step;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  body?: FormData | Uint8Array<ArrayBuffer>;
  /** Statuses from 400 on that are answers and no failures. */
  accept?: readonly number[];
}

export interface ApiRules {
  /** As people call the platform; every message begins with it. */
  name: string;
  /** Authorization and what else every request carries. */
  headers(call: ApiCall): Record<string, string>;
  explain(answer: Answer, step: Step): Explained | undefined;
  /** Where a person sets the address: whether an error's body is in this platform's own form. */
  isOwn?(json: unknown): boolean;
}

export type Api = (call: ApiCall) => Promise<Answer>;

/** Requests of one platform through the guarded network; answers with an error status are thrown as `ProviderFailure`. */
export function createApi(access: Pick<Access, "network" | "now">, rules: ApiRules): Api {
  return async (call) => {
    const answer = await exchange(access, rules, call);
    if (isStranger(rules, call, answer)) throw wrongAddress(rules, call, answer);
    if (answer.status < 300 || call.accept?.includes(answer.status)) return answer;
    throw failureFrom(access, rules, answer, call.step);
  };
}

/** Whether it is another server that answers, at an address that a person has set: that says nothing of the content. */
function isStranger({ isOwn }: ApiRules, { step }: ApiCall, { status, json }: Answer): boolean {
  if (!isOwn) return false;
  if (status < 300) return json === undefined && (step === "look" || step === "prepare");
  return status < 400 || ((status === 404 || status === 410) && !isOwn(json));
}

function wrongAddress({ name }: ApiRules, { url }: ApiCall, { status }: Answer): ProviderFailure {
  const what =
    status >= 300 && status < 400
      ? `${url.host} redirects elsewhere; set url to the address that it leads to`
      : `there is no API of ${name} at ${url.host}, which answers ${status}; set url to the exact address of the server`;
  return new ProviderFailure("missing", what, { status });
}

/** The failure that an answer stands for, also one with status 200 that carries an error. */
export function failureFrom(
  access: Pick<Access, "network" | "now">,
  { name, explain }: Pick<ApiRules, "name" | "explain">,
  answer: Answer,
  step: Step,
): ProviderFailure {
  const said = explain(answer, step) ?? {};
  const words = tidy(access.network.redact(said.message ?? plainBody(answer)));
  return new ProviderFailure(
    said.kind ?? kindOf(answer.status, step),
    `${name} answers ${answer.status}${words === "" ? "" : `: ${words}`}`,
    {
      status: answer.status,
      retryAfterMs: said.retryAfterMs ?? retryAfterMs(answer.headers, access.now()),
    },
  );
}

/** The answer in its expected form; another form of a publishing request's success is `uncertain`. */
export function shaped<T>(schema: z.ZodType<T>, { json, status }: Answer, name: string, step: Step): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ProviderFailure(
    lost(step),
    `${name} answers ${status} in an unknown form${issue ? ` at ${issue.path.join(".") || "the top"}` : ""}`,
    { status },
  );
}

/** `Retry-After` in milliseconds, from seconds or a date (RFC 9110 §10.2.3). */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const text = headers.get("retry-after")?.trim();
  if (!text) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

const BY_STATUS: Readonly<Record<number, FailureKind>> = {
  401: "unauthorised",
  402: "quota",
  403: "unauthorised",
  425: "rate_limited",
  429: "rate_limited",
  503: "unavailable",
};

/** A gateway's 500, 502 or 504 may follow work that was done; a 503 is what a server says that has not begun. */
function kindOf(status: number, step: Step): FailureKind {
  return BY_STATUS[status] ?? (status >= 500 || status === 408 ? lost(step) : "rejected");
}

const lost = (step: Step): FailureKind => (step === "publish" || step === "retract" ? "uncertain" : "unavailable");

async function exchange(access: Pick<Access, "network">, rules: ApiRules, call: ApiCall): Promise<Answer> {
  const body = call.json === undefined ? call.body : JSON.stringify(call.json);
  const headers = {
    accept: "application/json",
    ...(call.json === undefined ? {} : { "content-type": "application/json" }),
    ...rules.headers(call),
    ...call.headers,
  };
  try {
    const response = await access.network.fetch(call.url, {
      method: call.method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parseJson(text) };
  } catch (error) {
    if (!(error instanceof ProviderFailure))
      throw new ProviderFailure(lost(call.step), `the answer of ${rules.name} could not be read`, { cause: error });
    // The network leads to the address of the setting only.
    if (error.kind === "rejected" && rules.isOwn)
      throw new ProviderFailure("missing", `${error.message}; set url to the exact address of the server`, {
        cause: error,
      });
    if (error.kind !== "uncertain" || lost(call.step) === "uncertain") throw error;
    throw new ProviderFailure("unavailable", error.message, { cause: error });
  }
}

function parseJson(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return undefined;
  }
}

/** The body where it is short words; a page of HTML says nothing. */
function plainBody({ text }: Answer): string {
  return text.trimStart().startsWith("<") ? "" : text;
}

function tidy(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, " ").trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
