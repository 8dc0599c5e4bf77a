import { readFont, type FontFile } from "../../../drawing/font-file.ts";
import { readBinary } from "../../../package-binaries.ts";
import { isInvisible } from "../fonts.ts";
import type { Box } from "../stage.ts";

/** One line of text of a frame, and the room that its letters take from the top of the capitals to the descenders. */
export interface FrameText extends Box {
  text: string;
  fill: string;
  opacity: number;
  size: number;
}

const fonts = {
  regular: readFont(await readBinary("regular")),
  bold: readFont(await readBinary("bold")),
  serif: readFont(await readBinary("serif")),
};

/** The texts of a frame that can be seen. */
export function readTexts(svg: string): FrameText[] {
  return [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes = "", escaped = ""]) => {
    const given = Object.fromEntries(
      [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value ?? ""]),
    );
    const text = unescape(escaped).replaceAll("\u200f", "");
    const size = Number(given["font-size"]);
    const face = given["font-weight"]
      ? fonts.bold
      : (given["font-family"] ?? "").includes("Serif")
        ? fonts.serif
        : fonts.regular;
    const letters = [...text];
    const spacing = Number(given["letter-spacing"] ?? 0);
    const width = letters.reduce((sum, letter) => sum + advance(face, letter) * size + spacing, 0);
    const at = Number(given["x"]);
    const anchor = given["text-anchor"] ?? "start";
    return {
      text,
      size,
      fill: given["fill"] ?? "",
      opacity: Number(given["fill-opacity"] ?? 1),
      x: anchor === "end" ? at - width : anchor === "middle" ? at - width / 2 : at,
      y: Number(given["y"]) - size * 0.73,
      width,
      // A quotation mark hangs at the top of its line.
      height: size * (text === "“" ? 0.3 : 0.97),
    };
  });
}

function advance(face: FontFile, letter: string): number {
  const code = letter.codePointAt(0) ?? 0;
  if (isInvisible(letter)) return 0;
  return face.advance(code) ?? fonts.regular.advance(code) ?? fonts.bold.advance(code) ?? 1;
}

function unescape(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

/** Pairs of texts that stand in each other by more than a pixel. */
export function overlaps(texts: readonly FrameText[]): string[] {
  return texts.flatMap((one, index) =>
    texts.slice(index + 1).flatMap((other) => {
      const wide = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
      const high = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
      return wide > 1 && high > 1 ? [`${one.text} | ${other.text}`] : [];
    }),
  );
}

/** Texts that leave the frame. */
export function outside(texts: readonly FrameText[], width: number, height: number): string[] {
  return texts
    .filter((one) => one.x < 0 || one.y < 0 || one.x + one.width > width || one.y + one.height > height)
    .map(({ text }) => text);
}
