import type { FontFile } from "../../drawing/font-file.ts";
import { escapeHtml } from "../../drawing/markup.ts";

export type Face = "regular" | "bold" | "serif";

/** What a film's texts are measured and set with. */
export interface Fonts {
  /** Pixels that a text takes at a letter size, rather a little too many; `tracking` is what every letter has more, in em. */
  measure(text: string, size: number, face: Face, tracking?: number): number;
  /** Attributes of a text element. */
  attributes(face: Face): string;
  /** Letters of measured texts for which there is no glyph. */
  missing: ReadonlySet<string>;
}

/** Joined and contextual forms may be a little wider than the letters alone. */
const SPARE = 1.02;

/** Whether a code point shows nothing: joiners, marks of direction, selectors of variants (Default_Ignorable_Code_Point). */
export function isInvisible(letter: string): boolean {
  return /^\p{Default_Ignorable_Code_Point}$/u.test(letter);
}

/** `own` is the font of the project, which comes before the packaged ones. */
export function createFonts(packaged: Record<Face, FontFile>, own?: FontFile): Fonts {
  const missing = new Set<string>();
  const advance = (letter: string, face: Face): number => {
    const code = letter.codePointAt(0) ?? 0;
    if (isInvisible(letter)) return 0;
    for (const font of [own, packaged[face], packaged.regular, packaged.bold]) {
      const width = font?.advance(code);
      if (width !== undefined) return width;
    }
    missing.add(letter);
    return 1;
  };
  const families: Record<Face, string> = { regular: "DejaVu Sans", bold: "DejaVu Sans", serif: "DejaVu Serif" };
  return {
    missing,
    measure(text, size, face, tracking = 0) {
      const letters = [...text];
      return (
        (letters.reduce((sum, letter) => sum + advance(letter, face), 0) * SPARE + letters.length * tracking) * size
      );
    },
    attributes(face) {
      const names = [...(own ? [own.family.replaceAll(/['"\\,]/g, "")] : []), families[face]];
      const weight = face === "bold" ? ' font-weight="700"' : "";
      return `font-family="${escapeHtml(names.map((name) => `'${name}'`).join(", "))}"${weight}`;
    },
  };
}
