import type { Resvg as ResvgClass } from "@resvg/resvg-wasm";
import { readBinary } from "../package-binaries.ts";

/** Draws whole SVG images at their own size; every call blocks its thread for tens of milliseconds, so it belongs into a process of its own. */
export interface Rasterizer {
  png(svg: string): Uint8Array;
  /** RGBA, 8 bits each, row by row. */
  pixels(svg: string): Uint8Array;
}

let loading: Promise<typeof ResvgClass> | undefined;

/** The rasterizer with DejaVu Sans for every text; `extra` are font files that are looked at for what the others lack, or by their family's name. */
export async function loadRasterizer(extra: readonly Uint8Array[] = []): Promise<Rasterizer> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  const Resvg = await loading;
  const packaged = await Promise.all([readBinary("regular"), readBinary("bold"), readBinary("serif")]);
  const font = {
    fontBuffers: [...packaged, ...extra],
    defaultFontFamily: "DejaVu Sans",
    sansSerifFamily: "DejaVu Sans",
    serifFamily: "DejaVu Serif",
  };
  const drawn = (svg: string, what: "asPng" | "pixels"): Uint8Array => {
    const drawing = new Resvg(svg, { font });
    const image = drawing.render();
    try {
      return what === "asPng" ? image.asPng() : image.pixels;
    } finally {
      image.free();
      drawing.free();
    }
  };
  return { png: (svg) => drawn(svg, "asPng"), pixels: (svg) => drawn(svg, "pixels") };
}

async function load(): Promise<typeof ResvgClass> {
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
  await initWasm(await readBinary("rasterizer"));
  return Resvg;
}
