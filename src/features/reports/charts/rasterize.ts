import { readBinary } from "../../../assets.ts";
import type { Resvg as ResvgClass } from "@resvg/resvg-wasm";

type Rasterizer = typeof ResvgClass;

let loading: Promise<{ Resvg: Rasterizer; fonts: Uint8Array[] }> | undefined;

/** Draws an SVG as PNG at its own size, with DejaVu Sans for every text. The rasterizer and its fonts are loaded by the first call and kept. */
export async function rasterize(svg: string): Promise<Uint8Array> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  const { Resvg, fonts } = await loading;
  const drawing = new Resvg(svg, {
    font: { fontBuffers: fonts, defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" },
  });
  const image = drawing.render();
  try {
    return image.asPng();
  } finally {
    image.free();
    drawing.free();
  }
}

async function load(): Promise<{ Resvg: Rasterizer; fonts: Uint8Array[] }> {
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
  await initWasm(readBinary("rasterizer"));
  return { Resvg, fonts: await Promise.all([readBinary("regular"), readBinary("bold")]) };
}
