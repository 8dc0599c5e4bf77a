import type { ImportSource } from "../import-source.ts";

/** A file in memory, handed over in pieces of `piece` bytes so that borders fall anywhere. */
export function memorySource(name: string, content: string | Uint8Array, piece = 65_536): ImportSource {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return {
    name,
    size: bytes.length,
    async *bytes(start = 0, end = bytes.length) {
      for (let at = start; at < end; at += piece) yield bytes.subarray(at, Math.min(end, at + piece));
    },
  };
}
