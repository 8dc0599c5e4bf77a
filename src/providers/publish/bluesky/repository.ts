import { z } from "zod";
import type { FailureKind } from "../../failure.ts";
import type { Access } from "../../provider.ts";
import { createApi, failureFrom, shaped, type Answer, type ApiCall, type ApiRules, type Step } from "../api-call.ts";

const SIGN_IN = new URL("https://bsky.social");

/** Error names of the protocol that say more than their status. */
const BY_NAME: Readonly<Record<string, FailureKind>> = {
  AccountDeactivated: "unauthorised",
  AccountSuspended: "unauthorised",
  AccountTakedown: "unauthorised",
  AuthFactorTokenRequired: "unauthorised",
  AuthMissing: "unauthorised",
  // Nothing was done; the next request signs in again.
  ExpiredToken: "unavailable",
  InvalidToken: "unauthorised",
  RateLimitExceeded: "rate_limited",
};

const Said = z.looseObject({ error: z.string(), message: z.string().optional() });
const Session = z.looseObject({
  did: z.string(),
  handle: z.string(),
  accessJwt: z.string(),
  didDoc: z
    .looseObject({ service: z.array(z.looseObject({ id: z.string(), serviceEndpoint: z.unknown() })).default([]) })
    .optional(),
});

interface Account {
  did: string;
  handle: string;
  token: string;
  /** The server that holds the repository. */
  server: URL;
}

/** The repository of one account, reached over XRPC (https://atproto.com/specs/xrpc); it signs in when it is first needed. */
export interface Repository {
  account(): Promise<Pick<Account, "did" | "handle">>;
  /** Undefined for an error of one of these names. */
  query(
    method: string,
    parameters: Record<string, string>,
    step: Step,
    absent?: readonly string[],
  ): Promise<Answer | undefined>;
  procedure(method: string, input: Pick<ApiCall, "json" | "body" | "headers">, step: Step): Promise<Answer>;
}

export function openRepository(access: Access<{ handle: string }>): Repository {
  const { options, url } = access;
  let account: Promise<Account> | undefined;
  let token: string | undefined;
  const rules: ApiRules = {
    name: "Bluesky",
    headers: () => (token === undefined ? {} : { authorization: `Bearer ${token}` }),
    isOwn: (json) => Said.safeParse(json).success,
    explain({ status, headers, json }) {
      const { error = "", message = error } = Said.safeParse(json).data ?? {};
      if (error === "ExpiredToken") account = undefined;
      const kind = BY_NAME[error];
      const refused = (kind ?? (status === 401 || status === 403 ? "unauthorised" : undefined)) === "unauthorised";
      const remedy = refused ? "; make an app password under Settings → Privacy and security → App passwords" : "";
      return { kind, message: `${message}${remedy}`, retryAfterMs: waitOf({ status, headers }, access.now()) };
    },
  };
  const api = createApi(access, rules);
  const signIn = async (): Promise<Account> => {
    token = undefined;
    const answer = await api({
      method: "POST",
      url: xrpc(url ?? SIGN_IN, "com.atproto.server.createSession"),
      step: "prepare",
      json: { identifier: options.handle, password: access.secret("app_password") },
    });
    const { did, handle, accessJwt, didDoc } = shaped(Session, answer, "Bluesky", "prepare");
    token = accessJwt;
    // An approved address is the only one that is used, whatever the account's document says.
    const home = didDoc?.service.find(({ id }) => id.endsWith("#atproto_pds"))?.serviceEndpoint;
    return { did, handle, token, server: url ?? URL.parse(String(home)) ?? SIGN_IN };
  };
  const signedIn = (): Promise<Account> => {
    const opened = (account ??= signIn());
    // Who failed once may be asked again.
    opened.catch(() => {
      if (account === opened) account = undefined;
    });
    return opened;
  };
  return {
    account: signedIn,
    async query(method, parameters, step, absent = []) {
      const { server } = await signedIn();
      const answer = await api({ method: "GET", url: xrpc(server, method, parameters), step, accept: [400, 404] });
      if (answer.status < 300) return answer;
      if (absent.includes(Said.safeParse(answer.json).data?.error ?? "")) return undefined;
      throw failureFrom(access, rules, answer, step);
    },
    async procedure(method, input, step) {
      const { server } = await signedIn();
      return api({ method: "POST", url: xrpc(server, method), step, ...input });
    },
  };
}

function xrpc(server: URL, method: string, parameters: Record<string, string> = {}): URL {
  const address = new URL(`/xrpc/${method}`, server);
  address.search = new URLSearchParams(parameters).toString();
  return address;
}

/** Milliseconds until it may be tried again where no `retry-after` says so: until `ratelimit-reset` (epoch seconds), else a minute. */
function waitOf({ status, headers }: Pick<Answer, "status" | "headers">, now: number): number | undefined {
  if (status !== 429 || headers.has("retry-after")) return undefined;
  const reset = Number(headers.get("ratelimit-reset")) * 1000;
  return reset > now ? reset - now : 60_000;
}
