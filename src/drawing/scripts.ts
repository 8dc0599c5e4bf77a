/** Letters that DejaVu Sans has glyphs for (its own list of supported scripts); signs and digits belong to no script. */
const DRAWABLE =
  /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Lao}\p{Script=Common}\p{Script=Inherited}]/u;
const WIDE_SIGNS = /[\u3000-\u303f\uff00-\uffef\p{Extended_Pictographic}]/u;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const LETTER = /\p{L}/u;

/** Whether the bundled font can draw every letter of a text. */
export function isDrawable(text: string): boolean {
  return [...text].every(
    (letter) => DRAWABLE.test(letter) && (!WIDE_SIGNS.test(letter) || /[\d#*©®™▲▼]/u.test(letter)),
  );
}

/** Whether a text starts in a right-to-left script, by its first letter (UAX #9, rule P2). */
export function isRightToLeft(text: string): boolean {
  const first = [...text].find((letter) => LETTER.test(letter));
  return first !== undefined && RIGHT_TO_LEFT.test(first);
}
