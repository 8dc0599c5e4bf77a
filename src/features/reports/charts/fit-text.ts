/** Widths in em of DejaVu Sans, rounded up, by kind of letter; what is in no row is as wide as its widest Latin letters. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[ijlI|.,:;'!\s]/u, 0.36],
  [/[frt()[\]"-]/u, 0.44],
  [/[mwMW@%—…]/u, 1],
  [/[acekosvxyz]/u, 0.61],
  [/[a-z0-9+−?“”]/u, 0.64],
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\uff00-\uffef\u3000-\u303f]/u, 1],
];
const OTHER = 0.78;
const BOLD = 1.1;

/** Width of a text in pixels at a letter size; an estimate that is rather too wide, so that nothing is cut by the edge. */
export function textWidth(text: string, size: number, bold = false): number {
  const ems = [...text].reduce((sum, letter) => sum + (WIDTHS.find(([kind]) => kind.test(letter))?.[1] ?? OTHER), 0);
  return ems * size * (bold ? BOLD : 1);
}

/** The text in at most `lines` lines of `width` pixels; words that are too long are broken, and what does not fit ends in an ellipsis. */
export function wrapText(text: string, { size, width, lines, bold }: FitOptions): string[] {
  const fits = (line: string): boolean => textWidth(line, size, bold) <= width;
  const done: string[] = [];
  let line = "";
  for (const word of words(text)) {
    // The last line takes all that is left and is shortened below.
    if (fits(line + word.trimEnd()) || done.length === lines - 1) {
      line += word;
      continue;
    }
    if (line.trim() !== "") done.push(line.trimEnd());
    line = word.trimStart();
  }
  return line.trim() === "" ? done : [...done, shorten(line, { size, width, bold })];
}

export interface FitOptions {
  size: number;
  width: number;
  lines: number;
  bold?: boolean | undefined;
}

/** The text on one line, cut with an ellipsis when it is too wide. */
export function shorten(text: string, { size, width, bold }: Omit<FitOptions, "lines">): string {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  if (textWidth(flat, size, bold) <= width) return flat;
  const letters = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(flat)].map(
    ({ segment }) => segment,
  );
  let kept = "";
  for (const letter of letters) {
    if (textWidth(`${kept}${letter}…`, size, bold) > width) break;
    kept += letter;
  }
  return `${kept.trimEnd()}…`;
}

/** Pieces between which a line may end: after white space, between ideographs, and inside words of more than 24 letters. */
function words(text: string): string[] {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  const pieces = flat.match(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}][\p{P}]*|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{1,24}\s?|\s/gu,
  );
  return pieces ?? [];
}
