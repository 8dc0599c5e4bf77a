/** What has a meaning in LinkedIn's "little text"; unescaped, the post ends there without a word. https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format */
const RESERVED = /[\\|{}@[\]()<>#*_~]/g;
/** A # with letters behind it, on its own; what is part of a link or a longer word stays text. */
const HASHTAG = /(?<![\p{L}\p{N}_&/#\\])#([\p{L}\p{N}]*\p{L}[\p{L}\p{N}]*)(?![\p{L}\p{N}_])/gu;

/** Plain text as little text: every reserved character escaped once, hashtags as links of their own, which show the same letters. */
export function toLittleText(text: string): string {
  let little = "";
  let done = 0;
  for (const match of text.matchAll(HASHTAG)) {
    little += `${escaped(text.slice(done, match.index))}{hashtag|\\#|${match[1]}}`;
    done = match.index + match[0].length;
  }
  return little + escaped(text.slice(done));
}

/** What readers see of little text. */
export function fromLittleText(little: string): string {
  return little
    .replace(/\{hashtag\|\\?#\|((?:\\.|[^\\}])*)\}/gu, "#$1")
    .replace(/@\[((?:\\.|[^\\\]])*)\]\(urn:[^)]*\)/gu, "$1")
    .replace(/\\([\\|{}@[\]()<>#*_~])/g, "$1");
}

const escaped = (text: string): string => text.replace(RESERVED, String.raw`\$&`);
