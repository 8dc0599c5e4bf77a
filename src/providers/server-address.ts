import { looksLikeSecret } from "../lib/secret-shapes.ts";
import type { ProviderSpec } from "./provider.ts";

const LONGEST = 300;
const NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$|^\[[0-9a-f:.]+\]$/i;

/**
 * The address of a person's own server, in its one normal form; a text says why it is none. The text never repeats the address, which may hold a key.
 * Whether its host is private is asked when it is looked up.
 */
export function serverAddress(
  spec: Pick<ProviderSpec, "id" | "url">,
  text: string,
  allowPrivate: boolean,
): URL | string {
  if (!spec.url) return `${spec.id} has a fixed address; it takes no url`;
  const expected = `expected an address such as ${spec.url.example}`;
  if (text.length > LONGEST) return `${expected}, got ${text.length} characters`;
  // URL parsers drop or turn these silently, so that a person would approve another address than is reached.
  if (/[^\x21-\x7e]|[\\@]/.test(text))
    return `${expected}, in ASCII (an international name as xn--…), without spaces, @ and \\`;
  const url = URL.parse(text);
  if (!url) return `${expected}, got something that is no address`;
  const schemes = allowPrivate ? spec.url.schemes : spec.url.schemes.filter((scheme) => scheme !== "http:");
  if (!schemes.includes(url.protocol)) return `${expected}, with ${schemes.join(" or ")}`;
  if (url.search || url.hash || /[?#]/.test(text)) return `${expected}, without ? and #`;
  if (!NAME.test(url.hostname)) return `${expected}, with a plain host name`;
  if (url.pathname.split("/").some(looksLikeSecret)) return `${expected}, without a key in its path`;
  return url;
}
