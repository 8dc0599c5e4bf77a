/** First and last code points of characters that nobody sees, or that show what follows in another order: controls, soft hyphens, direction marks, zero-width spaces, annotations and tags, in order. The joiners of emoji and scripts are not among them. */
const HIDDEN: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200b],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2069],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe007f],
];
const LAYOUT = new Set(["\t", "\n", "\r"].map((character) => character.charCodeAt(0)));

/** The text with its hidden characters written out, such as ⟨U+202E⟩; line breaks and tabs stay. */
export function visibleText(text: string): string {
  return replaceHidden(text, (code) => `⟨${nameOf(code)}⟩`);
}

/** The text without its hidden characters; line breaks and tabs stay. */
export function withoutHidden(text: string): string {
  return replaceHidden(text, () => "");
}

/** Which hidden characters a text holds, such as "U+202E", each once. */
export function hiddenCharacters(text: string): string[] {
  const found = new Set<number>();
  replaceHidden(text, (code) => (found.add(code), ""));
  return [...found].map(nameOf);
}

/** A loop instead of an expression: texts of 200,000 hidden characters must not hold up anybody. */
function replaceHidden(text: string, replace: (code: number) => string): string {
  const pieces: string[] = [];
  let kept = 0;
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const size = code > 0xffff ? 2 : 1;
    if (isHidden(code)) {
      if (at > kept) pieces.push(text.slice(kept, at));
      const instead = replace(code);
      if (instead !== "") pieces.push(instead);
      kept = at + size;
    }
    at += size;
  }
  return kept === 0 ? text : pieces.join("") + text.slice(kept);
}

function isHidden(code: number): boolean {
  if ((code > 0x1f && code < 0x7f) || LAYOUT.has(code)) return false;
  for (const [first, last] of HIDDEN) if (code <= last) return code >= first;
  return false;
}

function nameOf(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
