import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** How often a second this disk takes one page for good. */
export function rawFlushes(folder: string): number {
  const fd = openSync(join(folder, "raw"), "w");
  const page = new Uint8Array(4096);
  const times = 1500;
  const before = performance.now();
  for (let n = 0; n < times; n += 1) {
    writeSync(fd, page);
    fsyncSync(fd);
  }
  const rate = (times / (performance.now() - before)) * 1000;
  closeSync(fd);
  return rate;
}
