import twitterText from "twitter-text";
import { collapsed } from "./checks.ts";

/** Weighted characters as X counts them: most scripts 1, CJK and emoji 2, any link 23 (twitter-text 3.1.0, configuration v3). */
export function weightedLength(text: string): number {
  return twitterText.parseTweet(text).weightedLength;
}

export interface XUrlEntity {
  url: string;
  expanded_url?: string | undefined;
  media_key?: string | undefined;
}

/** The words of a post as X gives it back: links at full length, entities undone, the link to its own pictures left out. */
export function shownText(text: string, urls: readonly XUrlEntity[]): string {
  let shown = text;
  for (const { url, expanded_url, media_key } of urls) {
    const picture = media_key !== undefined || /\/(?:photo|video)\/\d+$/.test(expanded_url ?? "");
    shown = shown.replaceAll(url, picture ? "" : (expanded_url ?? url));
  }
  return comparableText(shown.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
}

/** Words by which two texts are the same post: blanks collapsed, links without their scheme and last slash, which X adds. */
export function comparableText(text: string): string {
  const links = twitterText.extractUrlsWithIndices(text, { extractUrlsWithoutProtocol: true });
  let plain = text;
  for (const { url, indices } of links.toReversed())
    plain = plain.slice(0, indices[0]) + url.replace(/^https?:\/\//i, "").replace(/\/$/, "") + plain.slice(indices[1]);
  return collapsed(plain);
}
