import { words, wrapText } from "../../drawing/fit-text.ts";
import { isRightToLeft } from "../../drawing/scripts.ts";
import type { Face } from "./fonts.ts";
import { line } from "./shapes.ts";
import type { Stage } from "./stage.ts";

/** Height of capitals and depth of descenders in em, of DejaVu. */
const CAPITAL = 0.73;
const DEPTH = 0.24;

export interface BlockOptions {
  face: Face;
  /** Room in pixels. */
  width: number;
  height: number;
  /** Letter sizes to try, largest first, in pixels. */
  sizes: readonly number[];
  /** Distance of baselines in letter sizes. */
  leading?: number;
  tracking?: number;
  /** What it is, for a warning. */
  name: string;
}

/** A text that was set into lines which fit. */
export interface Block {
  lines: string[];
  size: number;
  /** Pixels between baselines. */
  step: number;
  /** Pixels from the top of the capitals to the lowest descender. */
  height: number;
  width: number;
  face: Face;
  tracking: number;
  turned: boolean;
}

/** Sets a text as large as the room allows without breaking a word, in lines of about one length; at the smallest size it is cut, and a warning says so. */
export function setText(stage: Stage, text: string, options: BlockOptions): Block {
  const { face, width, height, sizes, leading = 1.2, tracking: wanted = 0, name } = options;
  // Letters that join must not be moved apart.
  const tracking =
    /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]*$/u.test(text)
      ? wanted
      : 0;
  const smallest = sizes.at(-1) ?? 20;
  for (const size of sizes) {
    const measure = (part: string): number => stage.fonts.measure(part, size, face, tracking);
    const lines = Math.max(1, Math.floor((height / size - CAPITAL - DEPTH) / leading) + 1);
    const whole = words(text).every((word) => measure(word.trimEnd()) <= width);
    if (!whole && size !== smallest) continue;
    const set = (room: number): string[] => wrapText(text, { size, width: room, lines: 99, measure });
    const found = set(width);
    if (found.length > lines && size !== smallest) continue;
    const done =
      found.length > lines
        ? wrapText(text, { size, width, lines, measure })
        : balanced(set, found, width, text, measure);
    if (done.at(-1)?.endsWith("…") && !text.endsWith("…"))
      stage.warn(`${name} is too long for its place and was cut: ${done.join(" ")}`);
    const step = size * leading;
    return {
      lines: done,
      size,
      step,
      height: (done.length - 1) * step + size * (CAPITAL + DEPTH),
      width: Math.max(0, ...done.map(measure)),
      face,
      tracking,
      turned: isRightToLeft(text),
    };
  }
  throw new RangeError("expected at least one letter size");
}

/** One line, in the largest of the sizes in which it fits; at the smallest it is cut, and a warning says so. */
export function setLine(stage: Stage, text: string, options: Omit<BlockOptions, "height" | "leading">): Block {
  return setText(stage, text, { ...options, height: 0 });
}

/** The same number of lines in the least width: no last line of one word. */
function balanced(
  set: (room: number) => string[],
  found: string[],
  width: number,
  text: string,
  measure: (part: string) => number,
): string[] {
  const widest = Math.max(0, ...words(text).map((word) => measure(word.trimEnd())));
  let [low, high, best] = [widest, width, found];
  for (let turn = 0; turn < 8 && high - low > 2; turn += 1) {
    const room = (low + high) / 2;
    const lines = set(room);
    if (lines.length > found.length) low = room;
    else [high, best] = [room, lines];
  }
  return best;
}

export interface PlaceOptions {
  x: number;
  /** Top of the first line's capitals. */
  y: number;
  fill: string;
  /** Room to whose right edge a right-to-left text goes. */
  width: number;
  align?: "start" | "middle";
  /** How far a line has come in, 0 to 1. */
  shown?: (index: number) => number;
}

/** The block's lines; each comes in from below. */
export function drawBlock(
  stage: Stage,
  block: Block,
  { x, y, fill, width, align = "start", shown = () => 1 }: PlaceOptions,
): string {
  const anchor = align === "middle" ? "middle" : block.turned ? "end" : "start";
  const at = anchor === "middle" ? x + width / 2 : anchor === "end" ? x + width : x;
  return block.lines
    .map((text, index) => {
      const share = shown(index);
      const rise = (1 - share) * block.size * 0.35;
      return line(stage, text, {
        x: at,
        y: y + block.size * CAPITAL + index * block.step + rise,
        size: block.size,
        face: block.face,
        fill,
        anchor,
        opacity: share,
        tracking: block.tracking,
      });
    })
    .join("");
}
