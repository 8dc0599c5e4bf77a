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

export interface FitOptions {
  size: number;
  width: number;
  lines: number;
  bold?: boolean | undefined;
  /** Width of a text in pixels at this size, where the font's own measures are known; the estimate above otherwise. */
  measure?: ((text: string) => number) | undefined;
}

/** The text in at most `lines` lines of `width` pixels; words that are too long are broken, and what does not fit ends in an ellipsis. */
export function wrapText(text: string, options: FitOptions): string[] {
  const fits = fitting(options);
  const done: string[] = [];
  let line = "";
  for (const word of words(text).flatMap((one) => (fits(one.trimEnd()) ? [one] : pieces(one, fits)))) {
    // The last line takes all that is left and is shortened below.
    if (fits(line + word.trimEnd()) || done.length === options.lines - 1) {
      line += word;
      continue;
    }
    if (line.trim() !== "") done.push(line.trimEnd());
    line = word.trimStart();
  }
  return line.trim() === "" ? done : [...done, shorten(line, options)];
}

/** The text on one line, cut with an ellipsis when it is too wide. */
export function shorten(text: string, options: Omit<FitOptions, "lines">): string {
  const fits = fitting(options);
  const flat = text.replaceAll(/\s+/g, " ").trim();
  if (fits(flat)) return flat;
  let kept = "";
  for (const letter of letters(flat)) {
    if (!fits(`${kept}${letter}…`)) break;
    kept += letter;
  }
  return `${kept.trimEnd()}…`;
}

/** Pieces between which a line may end: after white space, between ideographs, and inside words of more than 24 letters. */
export function words(text: string): string[] {
  const flat = text.replaceAll(/\s+/g, " ").trim();
  const found = flat.match(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}][\p{P}]*|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{1,24}\s?|\s/gu,
  );
  return found ?? [];
}

function fitting({ size, width, bold, measure }: Omit<FitOptions, "lines">): (line: string) => boolean {
  return (line) => (measure ? measure(line) : textWidth(line, size, bold)) <= width;
}

/** A word that is wider than a line, in parts that are not; no letter is ever parted. */
function pieces(word: string, fits: (part: string) => boolean): string[] {
  const parts = [""];
  for (const letter of letters(word)) {
    const part = `${parts.at(-1) ?? ""}${letter}`;
    if (part === letter || fits(part.trimEnd())) parts[parts.length - 1] = part;
    else parts.push(letter);
  }
  return parts;
}

function letters(text: string): string[] {
  return [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)].map(({ segment }) => segment);
}
