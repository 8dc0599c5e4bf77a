import type { Fonts } from "./fonts.ts";

/** Colours of a film, each readable on its background. */
export interface Look {
  background: string;
  text: string;
  /** For shapes and for text. */
  accent: string;
  /** Between text and background, still readable. */
  soft: string;
  /** Near the background, for shapes behind a text. */
  tint: string;
}

/** What a template composes for. Lengths are pixels, times seconds. */
export interface Stage {
  width: number;
  height: number;
  seconds: number;
  /** Pixels of one point of the type scale: 1 where the shorter side has 720. */
  unit: number;
  /** Where texts may stand: inside the margins, and on tall films clear of what apps lay over them. */
  safe: Box;
  look: Look;
  fonts: Fonts;
  /** Address, for an image element, of a file of the project that was cut to fill this box. */
  picture(path: string, width: number, height: number): string;
  warn(text: string): void;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Sizes of letters in units, each 1.12 times the next (a minor third in two steps). */
export const SCALE = [136, 121, 108, 97, 86, 77, 69, 61, 55, 49, 44, 39, 35, 31, 28, 25, 22, 20] as const;

/** Steps of the scale between two sizes, largest first, in pixels. */
export function sizes(stage: Pick<Stage, "unit">, largest: number, smallest: number): number[] {
  return SCALE.filter((size) => size <= largest && size >= smallest).map((size) => size * stage.unit);
}

export function safeBox(width: number, height: number): Box {
  const tall = height > width;
  const side = Math.round(Math.min(width, height) * (tall ? 0.1 : 0.105));
  // Apps cover about a tenth of a tall film above and a sixth below.
  const [above, below] = tall ? [height * 0.1, height * 0.16] : [side, side];
  return { x: side, y: Math.round(above), width: width - 2 * side, height: Math.round(height - above - below) };
}
