import { ProviderFailure } from "./failure.ts";
import { createNetwork } from "./network.ts";
import type { Network } from "./provider.ts";
import type { World } from "./world.ts";

const TIMEOUT_MS = 5000;
const GONE: ReadonlySet<number> = new Set([404, 410]);

/** What is wrong with each address, if anything; no key and no cookie is sent. A server that forbids robots or is slow is not called broken. */
export async function checkLinks(
  urls: readonly string[],
  world: World,
  signal: AbortSignal,
): Promise<{ url: string; problem: string }[]> {
  const found = await Promise.all(urls.map(async (url) => ({ url, problem: await problemOf(url, world, signal) })));
  return found.flatMap(({ url, problem }) => (problem === undefined ? [] : [{ url, problem }]));
}

async function problemOf(text: string, world: World, signal: AbortSignal): Promise<string | undefined> {
  const url = URL.parse(text);
  if (!url) return "is no web address";
  const bare = url.hostname.replace(/^www\./, "");
  const hosts = [url.host, bare, `www.${bare}`, `*.${bare}`];
  const network = createNetwork(world, {
    hosts,
    plain: true,
    secrets: [],
    signal,
    timeoutMs: TIMEOUT_MS,
    maxBytes: 10_000_000,
  });
  if (url.username || url.password) return "holds a user name or password for everybody to read";
  try {
    const status = await statusOf(network, url, "HEAD");
    // Some servers know no HEAD and say that there is nothing.
    const gone = GONE.has(status) ? await statusOf(network, url, "GET") : status;
    return GONE.has(gone) ? `answers ${gone}` : undefined;
  } catch (error) {
    if (error instanceof ProviderFailure && error.kind === "unreachable") return "cannot be reached";
    if (error instanceof ProviderFailure && /private address/.test(error.message)) return "leads to a private address";
    return undefined;
  }
}

async function statusOf(network: Network, url: URL, method: "HEAD" | "GET"): Promise<number> {
  const response = await network.fetch(url, { method, headers: { accept: "text/html,*/*;q=0.8" } });
  void response.body?.cancel().catch(() => undefined);
  return response.status;
}
