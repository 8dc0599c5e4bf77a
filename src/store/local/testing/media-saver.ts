import { writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { sha256 } from "../../../lib/canonical.ts";
import { openStore } from "../../open.ts";

/**
 * A process that saves a file of so many MiB through a writer: `media-saver.ts <directory> <MiB> <hang|save>`.
 * `save` prints what was saved, the largest growth of its memory in bytes, the longest time that the event loop stood still after the writing, and how long it takes to hash the bytes in one go, in ms; `hang` stops in the middle and prints the path.
 */
const [directory = "", size = "1", mode = "save"] = process.argv.slice(2);
const store = openStore({ directory });
const piece = new Uint8Array(1024 * 1024).fill(7);
// What the first file costs is not what its size costs.
await store.saveMedia("images", "warm", "png", piece);

const before = process.memoryUsage.rss();
let peak = before;
let longest = 0;
let last = 0;
let ended = false;
const turn = (): void => {
  const now = performance.now();
  if (last > 0) longest = Math.max(longest, now - last);
  last = now;
  peak = Math.max(peak, process.memoryUsage.rss());
  if (!ended) setImmediate(turn);
};

const saved = await store.saveMedia("videos", "clip", "mp4", async (path) => {
  const file = await open(path, "wx");
  for (let n = 0; n < Number(size); n += 1) {
    await file.writeFile(piece);
    if (mode === "hang" && n > Number(size) / 2) {
      writeSync(1, `${path}\n`);
      await Bun.sleep(60_000);
    }
  }
  await file.close();
  turn();
});
ended = true;
const start = performance.now();
sha256(new Uint8Array(Number(size) * piece.length));
const whole = performance.now() - start;
writeSync(1, `${JSON.stringify({ saved, growth: peak - before, longest, whole })}\n`);
