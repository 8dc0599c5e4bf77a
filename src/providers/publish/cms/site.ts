import { ProviderFailure } from "../../failure.ts";
import type { Access } from "../../provider.ts";

/** An address below the site's own, which may be in a folder. */
export function siteUrl(site: URL | undefined, path: string, query: Record<string, string> = {}): URL {
  if (!site) throw new ProviderFailure("missing", "the url of the site is not set");
  const url = new URL(site.href);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${path}`;
  url.search = new URLSearchParams(query).toString();
  return url;
}

/** The way out, whose messages are also without what was made of the key, such as a token. */
export function hiding(
  { network, now }: Pick<Access, "network" | "now">,
  made: () => readonly string[],
): Pick<Access, "network" | "now"> {
  const redact = (text: string): string =>
    made()
      .filter((one) => one.length >= 4)
      .reduce((told, one) => told.replaceAll(one, "[redacted]"), network.redact(text));
  return { now, network: { ...network, redact } };
}
