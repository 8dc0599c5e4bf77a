import { cover } from "./mask-blocks.ts";

const CLOSERS: Readonly<Record<string, string>> = {
  "“": "”“",
  "„": "“”",
  "«": "»",
  "»": "«",
  "‹": "›",
  "「": "」",
  "『": "』",
  "《": "》",
  "〈": "〉",
  "〝": "〟",
  "｢": "｣",
  '"': '"',
  "＂": "＂",
  "‘": "’",
  "‚": "‘’",
  "'": "'",
};
const OPENERS = new Map([..."\"＂“„«»‹「『《〈〝｢‘‚'"].map((quote) => [quote.charCodeAt(0), quote]));
const WORD = /[\p{L}\p{N}]/u;
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const LONGEST_QUOTE = 2000;
const LONGEST_SINGLE_QUOTE = 160;

const SPACE = /\s/;

/** ASCII is decided without the Unicode tables: hostile prompts ask this a million times. */
function isWord(char: string): boolean {
  const code = char.charCodeAt(0);
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
  return WORD.test(char) && !SPACELESS.test(char);
}
const isSpace = (char: string): boolean => char === "" || char === " " || SPACE.test(char);
const isSingle = (quote: string): boolean => quote === "'" || quote === "‘" || quote === "‚";

/** An apostrophe inside a word ("don't") is not the end of a quotation. */
const canClose = (text: string, index: number, closer: string): boolean =>
  (closer !== "'" && closer !== "’") || !isWord(text.charAt(index + 1));

/** Remembers the next place of each closing quote, so that hostile runs of openers do not rescan the text. */
function nextFinder(text: string): (closer: string, from: number) => number {
  const known = new Map<string, number>();
  return (closer, from) => {
    const cached = known.get(closer);
    if (cached !== undefined && (cached === -1 || cached >= from)) return cached;
    let found = text.indexOf(closer, from);
    while (found !== -1 && !canClose(text, found, closer)) found = text.indexOf(closer, found + 1);
    known.set(closer, found);
    return found;
  };
}

function canOpen(text: string, index: number, quote: string): boolean {
  const before = text.charAt(index - 1);
  const after = text.charAt(index + 1);
  if (isSpace(after) && quote !== "«") return false;
  return quote === '"' || quote === "»" || isSingle(quote) ? !isWord(before) : true;
}

/** Where the quotation that opens here closes: -1 when it does not, undefined when no later one will either. */
function closeOf(
  text: string,
  index: number,
  quote: string,
  next: (quote: string, from: number) => number,
): number | undefined {
  let best: number | undefined;
  for (const closer of CLOSERS[quote] ?? "") {
    const close = next(closer, index + 1);
    if (close !== -1 && (best === undefined || close < best)) best = close;
  }
  if (best === undefined) return undefined;
  if (best > index + (isSingle(quote) ? LONGEST_SINGLE_QUOTE : LONGEST_QUOTE)) return -1;
  const newline = next("\n", index);
  if (newline === -1 || newline > best) return best;
  return isSingle(quote) || /\n[ \t]*\n/.test(text.slice(newline, best)) ? -1 : best;
}

/** Covers quotations in any of the usual marks with fillers; an unclosed mark covers nothing. */
export function maskQuotes(text: string): string {
  const ranges: { start: number; end: number }[] = [];
  const next = nextFinder(text);
  // A mark whose closing marks are all behind us stays open for good.
  const spent = new Set<string>();
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code !== 34 && code !== 39 && code < 0xab) continue;
    const quote = OPENERS.get(code);
    if (quote === undefined || spent.has(quote) || !canOpen(text, index, quote)) continue;
    const close = closeOf(text, index, quote, next);
    if (close === undefined) spent.add(quote);
    else if (close !== -1) {
      const last = ranges.at(-1);
      if (last?.end === index) last.end = close + 1;
      else ranges.push({ start: index, end: close + 1 });
      index = close;
    }
  }
  return cover(text, ranges, "\uFFFC");
}

/** Removes one pair of quotes round the whole prompt, as `opencode run` puts there, and its escapes. */
export function stripOuterQuotes(text: string): string {
  const trimmed = text.trim();
  const first = trimmed.charAt(0);
  const closers = CLOSERS[first];
  if (trimmed.length < 2 || closers === undefined || !closers.includes(trimmed.charAt(trimmed.length - 1)))
    return trimmed;
  const inner = trimmed.slice(1, -1);
  if (!isOnePair(inner, closers)) return trimmed;
  return first === '"' ? inner.replaceAll('\\"', '"').trim() : inner.trim();
}

/** False when the first mark ends inside, as in `"ulw" is a word like "this"`. */
function isOnePair(inner: string, closers: string): boolean {
  for (let index = 0; index < inner.length; index += 1) {
    const char = inner.charAt(index);
    if (!closers.includes(char) || inner.charAt(index - 1) === "\\") continue;
    const before = inner.charAt(index - 1);
    const after = inner.charAt(index + 1);
    if (isWord(before) && isWord(after)) continue;
    return isSpace(before) && !isSpace(after);
  }
  return true;
}
