import { escapeHtml } from "../../drawing/markup.ts";
import { isRightToLeft } from "../../drawing/scripts.ts";
import type { Face } from "./fonts.ts";
import type { Box, Stage } from "./stage.ts";

/** A number as it stands in an attribute: two decimals, never NaN. */
export function num(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : "0";
}

export interface LineOptions {
  /** Left edge of the line's box, or the right one with `end`, or the middle. */
  x: number;
  /** Baseline. */
  y: number;
  size: number;
  face: Face;
  fill: string;
  anchor?: "start" | "middle" | "end" | undefined;
  /** 0 to 1. */
  opacity?: number | undefined;
  /** In em. */
  tracking?: number | undefined;
}

/** One line of text; marks of direction keep a right-to-left line's punctuation on its own side. */
export function line(
  stage: Stage,
  text: string,
  { x, y, size, face, fill, anchor = "start", opacity = 1, tracking = 0 }: LineOptions,
): string {
  if (opacity <= 0 || text === "") return "";
  const said = isRightToLeft(text) ? `\u200f${text}\u200f` : text;
  const attributes = [
    `x="${num(x)}" y="${num(y)}" font-size="${num(size)}" fill="${fill}" ${stage.fonts.attributes(face)}`,
    anchor === "start" ? "" : ` text-anchor="${anchor}"`,
    opacity < 1 ? ` fill-opacity="${num(opacity)}"` : "",
    tracking === 0 ? "" : ` letter-spacing="${num(tracking * size)}"`,
  ].join("");
  return `<text ${attributes}>${escapeHtml(said)}</text>`;
}

export function rect({ x, y, width, height }: Box, fill: string, radius = 0, opacity = 1): string {
  if (width <= 0 || height <= 0 || opacity <= 0) return "";
  const round = radius > 0 ? ` rx="${num(Math.min(radius, width / 2, height / 2))}"` : "";
  return `<rect x="${num(x)}" y="${num(y)}" width="${num(width)}" height="${num(height)}"${round} fill="${fill}"${opacity < 1 ? ` fill-opacity="${num(opacity)}"` : ""}/>`;
}

/** A picture that fills its box, with round corners. */
export function image(href: string, box: Box, radius: number, id: string): string {
  const clip = `<clipPath id="${id}"><rect x="${num(box.x)}" y="${num(box.y)}" width="${num(box.width)}" height="${num(box.height)}" rx="${num(radius)}"/></clipPath>`;
  const drawn = `<image href="${escapeHtml(href)}" x="${num(box.x)}" y="${num(box.y)}" width="${num(box.width)}" height="${num(box.height)}" preserveAspectRatio="xMidYMid slice"${radius > 0 ? ` clip-path="url(#${id})"` : ""}/>`;
  return radius > 0 ? clip + drawn : drawn;
}

/** A whole frame. */
export function frame({ width, height, look }: Stage, parts: readonly string[]): string {
  const head = `xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg ${head}><rect width="${width}" height="${height}" fill="${look.background}"/>${parts.join("")}</svg>`;
}
