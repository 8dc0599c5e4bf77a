import { hiddenCharacters, withoutHidden } from "./visible-text.ts";

/** What is checked of a text before a person is asked; platforms' own limits are their adapters' affair. */
export interface CheckedContent {
  text: string;
  title?: string | undefined;
  media: readonly { path: string; alt?: string | undefined; ai?: boolean | undefined }[];
}

/** Words by which readers know that a picture was made by a machine; the platforms' guidance asks for a visible one. */
const AI_DISCLOSURE =
  /\b(?:ai|a\.i\.)[- ]?(?:generated|made|image|picture|illustration|video|assisted|created)|\bmade with ai\b|#ai\w*|KI-generiert|AI生成|人工智能生成/iu;

/** Terms of the list that occur, as whole words where the term begins and ends with a letter or digit; case, width, hidden characters and the kind of white space make no difference. */
export function bannedTerms(text: string, terms: readonly string[]): string[] {
  const folded = fold(text);
  return terms.filter((term) => {
    const wanted = fold(term).trim();
    if (wanted === "") return false;
    const whole = !hasNoSpaces(term);
    for (let at = folded.indexOf(wanted); at !== -1; at = folded.indexOf(wanted, at + 1))
      if (!whole || standsAlone(folded, at, at + wanted.length)) return true;
    return false;
  });
}

function fold(text: string): string {
  return withoutHidden(text).normalize("NFKC").toLowerCase().replace(/\s+/gu, " ");
}

/** Whether no word goes on over either end of a piece of text. */
function standsAlone(text: string, start: number, end: number): boolean {
  return !(isWord(text, start) && isWordBefore(text, start)) && !(isWordBefore(text, end) && isWord(text, end));
}

const WORD = /^[\p{L}\p{N}_]/u;

function isWord(text: string, at: number): boolean {
  return WORD.test(String.fromCodePoint(text.codePointAt(at) ?? 32));
}

function isWordBefore(text: string, at: number): boolean {
  const last = text.charCodeAt(at - 1);
  return isWord(text, last >= 0xdc00 && last <= 0xdfff ? at - 2 : at - 1);
}

/** Scripts that write words without spaces between them. */
function hasNoSpaces(term: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(term);
}

/** What a person should know before saying yes. */
export function contentWarnings({ text, title, media }: CheckedContent): string[] {
  const whole = `${title ?? ""}\n${text}`;
  const hidden = hiddenCharacters(whole);
  return [
    ...media.filter(({ alt }) => !alt).map(({ path }) => `${path} has no alt text`),
    ...(media.some(({ ai }) => ai) && !AI_DISCLOSURE.test(whole)
      ? ["a picture is AI-generated and the text does not say so"]
      : []),
    ...(hidden.length > 0
      ? [`the text holds characters that nobody sees or that change its direction: ${hidden.slice(0, 8).join(", ")}`]
      : []),
  ];
}

/** Longest address that is told from other text, characters; browsers and servers take about as much. */
const MAX_ADDRESS = 4000;
/** Ends an address wherever it stands: white space, quotes, Markdown's "](", and the punctuation of scripts that put no space after it. */
const ADDRESS =
  /https?:\/\/(?:(?!\]\()[^\s<>"'`\\^{}|\u3000-\u3002\u3008-\u3011\uFF01\uFF08\uFF09\uFF0C\uFF1A\uFF1B\uFF1F])+/giu;
const SENTENCE_END = new Set("'\".,;:!?*_~])");

/** Every web address in a text, once, without the punctuation that ends a sentence; a bracket belongs to it when it was opened in it. */
export function webAddresses(text: string): string[] {
  const found = text.match(ADDRESS) ?? [];
  return [...new Set(found.filter(({ length }) => length <= MAX_ADDRESS).map(withoutSentenceEnd))];
}

function withoutSentenceEnd(url: string): string {
  let end = url.length;
  for (; end > 0 && SENTENCE_END.has(url[end - 1] ?? ""); end -= 1)
    if (url[end - 1] === ")" && count(url, "(", end) >= count(url, ")", end)) break;
  return url.slice(0, end);
}

function count(text: string, character: string, end: number): number {
  let found = 0;
  for (let at = 0; at < end; at += 1) if (text[at] === character) found += 1;
  return found;
}
