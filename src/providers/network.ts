import { boundedResponse } from "./bounded-response.ts";
import { ProviderFailure } from "./failure.ts";
import type { Network } from "./provider.ts";
import { isPrivate, literalAddress } from "./public-address.ts";
import { redactSecrets } from "./redaction.ts";
import type { World } from "./world.ts";

const TIMEOUT_MS = 60_000;
const MAX_BYTES = 256 * 1024 * 1024;
const MAX_REDIRECTS = 3;

/** What may follow a redirect to another origin: nothing that could hold a key. */
const HARMLESS_HEADERS: ReadonlySet<string> = new Set(["accept", "accept-encoding", "accept-language", "user-agent"]);

export interface NetworkRules {
  /** Hosts that may be reached over https, each exact or as "*.example.com". */
  hosts: readonly string[];
  /** The approved address: its host may be reached by its own scheme too. */
  own?: URL | undefined;
  /** Nothing secret is sent: http may be used for every host. */
  plain?: boolean;
  /** Values that must never be seen in a message. */
  secrets: readonly string[];
  signal: AbortSignal;
  /** Milliseconds that a whole exchange may take, its body included. */
  timeoutMs?: number;
  /** Longest body that is accepted, bytes after decoding. */
  maxBytes?: number;
}

type Outside = Pick<World, "fetch" | "lookup" | "allowPrivate">;

/**
 * The guarded way out of one provider. A name is looked up and judged before every request; that the connection looks it up again, and may be told
 * something else then, is harmless: https servers must prove the name, which none on a private address can; plain http and mail connect to the very
 * address that was judged, except in a world that may reach private addresses anyway.
 */
export function createNetwork(world: Outside, rules: NetworkRules): Network {
  const redact = (text: string): string => redactSecrets(text, rules.secrets);
  const guard: Guard = { world, rules, redact };
  return {
    redact,
    timeoutMs: rules.timeoutMs ?? TIMEOUT_MS,
    async resolve(host) {
      if (!namesOf(rules).some((rule) => fitsName(rule, host.toLowerCase()))) throw foreign(host, rules, redact);
      return resolve(guard, host, AbortSignal.any([rules.signal, AbortSignal.timeout(rules.timeoutMs ?? TIMEOUT_MS)]));
    },
    fetch: (input, init = {}) => exchange(guard, input, init),
  };
}

interface Guard {
  world: Outside;
  rules: NetworkRules;
  redact: (text: string) => string;
}

async function exchange(guard: Guard, input: string | URL | Request, init: RequestInit): Promise<Response> {
  const { rules, redact } = guard;
  const { url: start, signal, mode, ...request } = await prepared(guard, input, init);
  const download = request.method === "GET" || request.method === "HEAD";
  let url = start;
  for (let hops = 0; ; hops += 1) {
    const judged = await checkUrl(guard, url, signal);
    const response = await once(guard, url, { ...request, signal }, judged);
    const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
    // What has a body is never sent a second time to an address that a server named.
    if (location === null || mode === "manual" || !download || request.body !== undefined) {
      const { maxBytes = MAX_BYTES } = rules;
      return boundedResponse(response, { url, maxBytes, tooLong: download ? "rejected" : "uncertain", redact });
    }
    void response.body?.cancel().catch(() => undefined);
    if (mode === "error" || hops >= MAX_REDIRECTS)
      throw new ProviderFailure("rejected", `${url.host} redirects ${mode === "error" ? "elsewhere" : "too often"}`);
    const next = URL.parse(location, url.href);
    if (!next) throw new ProviderFailure("rejected", `${url.host} redirects to something that is no address`);
    if (url.protocol === "https:" && next.protocol !== "https:")
      throw new ProviderFailure("rejected", `${url.host} redirects from https to ${next.protocol}`);
    if (next.origin !== url.origin) request.headers = harmless(request.headers);
    url = next;
  }
}

function harmless(headers: Headers): Headers {
  return new Headers([...headers].filter(([name]) => HARMLESS_HEADERS.has(name)));
}

interface Prepared {
  url: URL;
  method: string;
  headers: Headers;
  body: RequestInit["body"] | undefined;
  signal: AbortSignal;
  mode: string;
}

/** Only these members of a request are taken over: no proxies, sockets or settings of TLS. */
async function prepared({ rules, redact }: Guard, input: string | URL | Request, init: RequestInit): Promise<Prepared> {
  const request = input instanceof Request ? input : undefined;
  const url = URL.parse(input instanceof Request ? input.url : String(input));
  if (!url) throw new ProviderFailure("rejected", "the request has no valid address");
  try {
    const headers = new Headers(init.headers ?? request?.headers);
    headers.delete("host");
    headers.set("accept-encoding", "identity");
    const own = init.signal ?? request?.signal;
    const limits = [rules.signal, AbortSignal.timeout(rules.timeoutMs ?? TIMEOUT_MS), ...(own ? [own] : [])];
    return {
      url,
      method: (init.method ?? request?.method ?? "GET").toUpperCase(),
      headers,
      body: init.body ?? (request?.body ? await request.arrayBuffer() : undefined),
      signal: AbortSignal.any(limits),
      mode: init.redirect ?? request?.redirect ?? "follow",
    };
  } catch (error) {
    throw new ProviderFailure("rejected", redact(`the request cannot be made: ${messageOf(error)}`));
  }
}

async function once(
  { world, redact }: Guard,
  url: URL,
  { body, ...init }: Omit<Prepared, "url" | "mode">,
  judged: { address: string; family: 4 | 6 },
): Promise<Response> {
  if (init.signal.aborted) throw notSent(url);
  const request: BunFetchRequestInit = { ...init, redirect: "manual", decompress: false };
  const target = new URL(url);
  if (url.protocol === "http:" && !world.allowPrivate) {
    target.hostname = judged.family === 6 ? `[${judged.address}]` : judged.address;
    request.headers = { ...Object.fromEntries(init.headers), host: url.host };
  }
  try {
    return await world.fetch(target, body === undefined ? request : { ...request, body });
  } catch (error) {
    throw failureOf(error, url, redact);
  }
}

/** The address of a server that may be asked. */
async function checkUrl(guard: Guard, url: URL, signal: AbortSignal): Promise<{ address: string; family: 4 | 6 }> {
  const { rules, world, redact } = guard;
  if (url.username || url.password)
    throw new ProviderFailure("rejected", "an address may hold no user name or password");
  const own = rules.own !== undefined && url.protocol === rules.own.protocol && url.host === rules.own.host;
  if (!own && !rules.hosts.some((rule) => fits(rule, url))) throw foreign(url.host, rules, redact);
  const plain = rules.plain === true && url.protocol === "http:";
  if (!own && !plain && url.protocol !== "https:")
    throw new ProviderFailure("rejected", `${url.host} is reached over https only, got ${url.protocol}`);
  if (url.protocol === "http:" && !plain && !world.allowPrivate)
    throw new ProviderFailure("rejected", `${url.host} is reached over https only: http would show the key to others`);
  return resolve(guard, url.hostname, signal);
}

/** The first of a host's addresses, when all of them are public. */
async function resolve(
  { world, redact }: Guard,
  host: string,
  signal: AbortSignal,
): Promise<{ address: string; family: 4 | 6 }> {
  const literal = literalAddress(host);
  const addresses = literal ? [literal] : await lookUp(world, host, signal, redact);
  const bad = addresses.find(({ address }) => !world.allowPrivate && isPrivate(address));
  if (bad)
    throw new ProviderFailure(
      "rejected",
      `${host} leads to the private address ${bad.address}; only public servers are reached`,
    );
  const [first] = addresses;
  if (!first) throw new ProviderFailure("unreachable", `${host} has no address`);
  return first;
}

async function lookUp(
  world: Outside,
  host: string,
  signal: AbortSignal,
  redact: (text: string) => string,
): Promise<{ address: string; family: 4 | 6 }[]> {
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(new Error("it took too long"));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([world.lookup(host), stopped.promise]);
  } catch (error) {
    throw new ProviderFailure("unreachable", redact(`the name ${host} could not be looked up: ${messageOf(error)}`));
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** "example.com" stands for its default port; a rule with a port fits that port only. A trailing dot makes another name. */
function fits(rule: string, url: URL): boolean {
  if (rule.startsWith("*.")) return url.port === "" && fitsName(rule, url.hostname);
  return url.host === rule;
}

function fitsName(rule: string, name: string): boolean {
  return rule.startsWith("*.") ? name.endsWith(rule.slice(1)) && name.length > rule.length - 1 : name === rule;
}

function namesOf({ hosts, own }: NetworkRules): string[] {
  return [...hosts.map((host) => host.replace(/:\d+$/, "")), ...(own ? [own.hostname.toLowerCase()] : [])];
}

function foreign(host: string, rules: NetworkRules, redact: (text: string) => string): ProviderFailure {
  const own = [...rules.hosts, ...(rules.own ? [rules.own.host] : [])].join(", ");
  return new ProviderFailure("rejected", redact(`${host} is not a host of this provider (${own})`));
}

/** Codes of connections that never came to be; everything else may have left. */
const NOT_SENT =
  /^(?:ConnectionRefused|ECONNREFUSED|ENOTFOUND|EAI_\w+|ENETUNREACH|EHOSTUNREACH|FailedToOpenSocket|DNS\w*|\w*CERT\w*|ERR_TLS\w*|UNABLE_TO_\w+|DEPTH_ZERO\w*)$/;

/** The cause stays behind: it may hold the whole address. */
function failureOf(error: unknown, url: URL, redact: (text: string) => string): ProviderFailure {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  return new ProviderFailure(
    NOT_SENT.test(code) ? "unreachable" : "uncertain",
    redact(`${url.host}: ${messageOf(error)}`),
  );
}

function notSent(url: URL): ProviderFailure {
  return new ProviderFailure("unreachable", `${url.host} was not asked any more: time is up or the call was stopped`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
