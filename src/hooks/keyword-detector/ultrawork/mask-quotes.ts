import { cover } from "./mask-blocks.ts";

const CLOSERS: Readonly<Record<string, string>> = {
  "“": "”“", "„": "“”", "«": "»", "»": "«", "‹": "›", "「": "」", "『": "』", "《": "》", "〈": "〉", "〝": "〟", "｢": "｣",
  '"': '"', "＂": "＂", "‘": "’", "‚": "‘’", "'": "'",
};
const OPENING = /["＂“„«»‹「『《〈〝｢‘‚']/g;
const WORD = /[\p{L}\p{N}]/u;
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const LONGEST_QUOTE = 2000;
const LONGEST_SINGLE_QUOTE = 160;

const isWord = (char: string): boolean => WORD.test(char) && !SPACELESS.test(char);
const isSpace = (char: string): boolean => char === "" || /\s/.test(char);
const isSingle = (quote: string): boolean => quote === "'" || quote === "‘" || quote === "‚";

/** Remembers the next place of each closing quote, so that hostile runs of openers do not rescan the text. */
function nextFinder(text: string): (quote: string, from: number) => number {
  const known = new Map<string, number>();
  return (quote, from) => {
    const cached = known.get(quote);
    if (cached !== undefined && (cached === -1 || cached >= from)) return cached;
    const found = text.indexOf(quote, from);
    known.set(quote, found);
    return found;
  };
}

function canOpen(text: string, index: number, quote: string): boolean {
  const before = text.charAt(index - 1);
  const after = text.charAt(index + 1);
  if (isSpace(after) && quote !== "«") return false;
  return quote === '"' || quote === "»" || isSingle(quote) ? !isWord(before) : true;
}

function closeOf(text: string, index: number, quote: string, next: (quote: string, from: number) => number): number {
  const limit = index + (isSingle(quote) ? LONGEST_SINGLE_QUOTE : LONGEST_QUOTE);
  let best = -1;
  for (const closer of CLOSERS[quote] ?? "") {
    let close = next(closer, index + 1);
    // An apostrophe inside a word ("don't") is not the end of a quotation.
    while (isSingle(quote) && close !== -1 && close <= limit && isWord(text.charAt(close + 1))) close = text.indexOf(closer, close + 1);
    if (close !== -1 && close <= limit && (best === -1 || close < best)) best = close;
  }
  if (best === -1) return -1;
  const inner = text.slice(index, best);
  return (isSingle(quote) ? /\n/ : /\n[ \t]*\n/).test(inner) ? -1 : best;
}

/** Covers quotations in any of the usual marks with fillers; an unclosed mark covers nothing. */
export function maskQuotes(text: string): string {
  const ranges: { start: number; end: number }[] = [];
  const next = nextFinder(text);
  OPENING.lastIndex = 0;
  for (let match = OPENING.exec(text); match !== null; match = OPENING.exec(text)) {
    if (!canOpen(text, match.index, match[0])) continue;
    const close = closeOf(text, match.index, match[0], next);
    if (close === -1) continue;
    ranges.push({ start: match.index, end: close + 1 });
    OPENING.lastIndex = close + 1;
  }
  return cover(text, ranges, "\uFFFC");
}

/** Removes one pair of quotes round the whole prompt, as `opencode run` puts there, and its escapes. */
export function stripOuterQuotes(text: string): string {
  const trimmed = text.trim();
  const first = trimmed.charAt(0);
  const closers = CLOSERS[first];
  if (trimmed.length < 2 || closers === undefined || !closers.includes(trimmed.charAt(trimmed.length - 1))) return trimmed;
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
