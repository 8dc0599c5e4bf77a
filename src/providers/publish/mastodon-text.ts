import twitterText from "twitter-text";
import { collapsed } from "./checks.ts";

/** A dot or hyphen at the end belongs to the sentence. */
const REMOTE_MENTION = /(@[\w.-]+)@[\p{L}\p{N}_]+(?:[.-]+[\p{L}\p{N}_]+)*/gu;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", amp: "&" };

/** Characters as Mastodon counts them: graphemes, any link 23, a mention without its server. https://docs.joinmastodon.org/user/posting/#text */
export function countedLength(text: string): number {
  let counted = text;
  const links = twitterText.extractUrlsWithIndices(text, { extractUrlsWithoutProtocol: false });
  for (const { indices } of links.toReversed())
    counted = counted.slice(0, indices[0]) + "x".repeat(23) + counted.slice(indices[1]);
  return [...graphemes.segment(counted.replace(REMOTE_MENTION, "$1"))].length;
}

/** Words by which two texts are the same post. */
export function comparableStatus(text: string): string {
  return collapsed(text.replace(REMOTE_MENTION, "$1"));
}

/** The words of a status as its HTML shows them. */
export function statusText(html: string): string {
  const text = html
    .replace(/<br\s*\/?>/gi, "\n")
    .replace(/<\/p>/gi, "\n\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
    });
  return comparableStatus(text);
}
