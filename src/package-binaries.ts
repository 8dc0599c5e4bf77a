import rasterizer from "@resvg/resvg-wasm/index_bg.wasm" with { type: "file" };
import bold from "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf" with { type: "file" };
import regular from "dejavu-fonts-ttf/ttf/DejaVuSans.ttf" with { type: "file" };
import serif from "dejavu-fonts-ttf/ttf/DejaVuSerif.ttf" with { type: "file" };

/** Paths relative to this module in a bundle, absolute in the source tree. */
const PATHS = { rasterizer, regular, bold, serif } as const;

/** One of the binary files that the package carries: the rasterizer (WebAssembly) and the three faces of its font. Nothing is read before it is asked for. */
export function readBinary(name: keyof typeof PATHS): Promise<Uint8Array<ArrayBuffer>> {
  return Bun.file(new URL(PATHS[name], import.meta.url)).bytes();
}
