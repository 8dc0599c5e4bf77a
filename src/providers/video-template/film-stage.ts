import { imageSize } from "image-size";
import { readFont, type FontFile } from "../../drawing/font-file.ts";
import { HelperFailure } from "../../helper/helper-process.ts";
import { loadRasterizer, type Rasterizer } from "../../drawing/rasterizer.ts";
import { readBinary } from "../../package-binaries.ts";
import { ASPECTS, type Aspect } from "./aspects.ts";
import { contrast, LEAST_CONTRAST, mix, readable } from "./colours.ts";
import { createFonts } from "./fonts.ts";
import { safeBox, type Look, type Stage } from "./stage.ts";
import type { Film, Template } from "./template.ts";
import { THEMES, type LookProps } from "./template-props.ts";

export interface FilmRequest {
  template: Template;
  props: unknown;
  aspect: Aspect;
  seconds: number;
  /** Bytes of the files that the props name, by their paths. */
  files: ReadonlyMap<string, Uint8Array>;
}

/** A film that is ready to be drawn. */
export interface OpenFilm {
  width: number;
  height: number;
  frame: Film;
  rasterizer: Rasterizer;
  /** What a person should know of it. */
  warnings: string[];
  /** Which letters no font has, and what to do about it. */
  missing: string | undefined;
}

/** Decoded, a picture takes four bytes a pixel; this is 160 MB. */
const MOST_PIXELS = 40_000_000;
const KINDS: Readonly<Record<string, string>> = { png: "image/png", jpg: "image/jpeg" };

/** Lays a film out once: measures its texts with the fonts themselves and cuts its pictures. Throws `HelperFailure("rejected")` for files that cannot be used. */
export async function openFilm({ template, props, aspect, seconds, files }: FilmRequest): Promise<OpenFilm> {
  const look = template.parse(props);
  const warnings = new Set<string>();
  const own = look.font === undefined ? undefined : readOwn(look.font, files);
  const rasterizer = await loadRasterizer(look.font === undefined ? [] : [fileOf(look.font, files)]);
  const fonts = createFonts(await packagedFonts(), own);
  const { width, height } = ASPECTS[aspect];
  const stage: Stage = {
    width,
    height,
    seconds,
    unit: Math.min(width, height) / 720,
    safe: safeBox(width, height),
    look: readLook(look, (text) => warnings.add(text)),
    fonts,
    picture: (path, wide, high) =>
      cutPicture(rasterizer, path, fileOf(path, files), Math.round(wide), Math.round(high)),
    warn: (text) => void warnings.add(text),
  };
  const frame = template.compose(props, stage);
  const missing = fonts.missing.size > 0 ? missingGlyphs([...fonts.missing], look.font) : undefined;
  return { width, height, frame, rasterizer, warnings: [...warnings], missing };
}

async function packagedFonts(): Promise<{ regular: FontFile; bold: FontFile; serif: FontFile }> {
  const [regular, bold, serif] = await Promise.all([readBinary("regular"), readBinary("bold"), readBinary("serif")]);
  return { regular: readFont(regular), bold: readFont(bold), serif: readFont(serif) };
}

function fileOf(path: string, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const bytes = files.get(path);
  if (!bytes) throw new HelperFailure("rejected", `expected the bytes of ${path}, which the props name`);
  return bytes;
}

function readOwn(path: string, files: ReadonlyMap<string, Uint8Array>): FontFile {
  try {
    return readFont(fileOf(path, files));
  } catch (error) {
    if (error instanceof HelperFailure) throw error;
    throw new HelperFailure(
      "rejected",
      `expected a .ttf or .otf font in ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function readLook({ theme, colors }: LookProps, warn: (text: string) => void): Look {
  const wanted = { ...THEMES[theme], ...withoutHoles(colors) };
  const { background } = wanted;
  const legible = (name: "text" | "accent"): string => {
    const done = readable(wanted[name], background);
    if (done !== wanted[name])
      warn(
        `${name} ${wanted[name]} on ${background} has a contrast of ${contrast(wanted[name], background).toFixed(1)}, less than ${LEAST_CONTRAST}; ${done} was used`,
      );
    return done;
  };
  const [text, accent] = [legible("text"), legible("accent")];
  return {
    background,
    text,
    accent,
    soft: readable(mix(text, background, 0.28), background),
    tint: tintOf(background, accent, [text, mix(text, background, 0.28)]),
  };
}

function withoutHoles(colors: LookProps["colors"]): Partial<Record<"background" | "text" | "accent", string>> {
  const { background, text, accent } = colors;
  return { ...(background ? { background } : {}), ...(text ? { text } : {}), ...(accent ? { accent } : {}) };
}

/** As much of the accent in the background as leaves every text before it readable. */
function tintOf(background: string, accent: string, texts: readonly string[]): string {
  const shares = [0.2, 0.16, 0.12, 0.08, 0.04];
  const share = shares.find((one) =>
    texts.every((text) => contrast(text, mix(background, accent, one)) >= LEAST_CONTRAST),
  );
  return mix(background, accent, share ?? 0);
}

/** The picture, scaled once so that it fills its box; every frame then draws it as it is. */
function cutPicture(rasterizer: Rasterizer, path: string, bytes: Uint8Array, width: number, height: number): string {
  const size = sizeOf(bytes);
  const mime = KINDS[size?.type ?? ""];
  if (!size || !mime) throw new HelperFailure("rejected", `expected a PNG or JPEG picture in ${path}`);
  if (size.width * size.height > MOST_PIXELS)
    throw new HelperFailure(
      "rejected",
      `${path} has ${size.width} × ${size.height} pixels, more than ${MOST_PIXELS / 1_000_000} million; scale it down first`,
    );
  const whole = dataUri(bytes, mime);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image href="${whole}" width="${width}" height="${height}" preserveAspectRatio="xMidYMid slice"/></svg>`;
  // A picture that cannot be decoded is left out in silence.
  if (rasterizer.pixels(svg).every((value) => value === 0))
    throw new HelperFailure("rejected", `the picture in ${path} is damaged or empty`);
  return dataUri(rasterizer.png(svg), "image/png");
}

function sizeOf(bytes: Uint8Array): { width: number; height: number; type?: string | undefined } | undefined {
  try {
    return imageSize(bytes);
  } catch {
    return undefined;
  }
}

function dataUri(bytes: Uint8Array, mime: string): string {
  return `data:${mime};base64,${bytes.toBase64()}`;
}

function missingGlyphs(letters: readonly string[], font: string | undefined): string {
  const shown = letters.slice(0, 12).join(" ");
  const more = letters.length > 12 ? ` and ${letters.length - 12} more` : "";
  return font === undefined
    ? `the packaged font has no glyph for ${shown}${more}; leave them out, or name a font file of the project that has them as font`
    : `neither ${font} nor the packaged font has a glyph for ${shown}${more}; leave them out, or name another font file`;
}
