import { rm } from "node:fs/promises";
import { z } from "zod";
import { HelperFailure } from "../../helper/helper-process.ts";
import type { Desk } from "../../helper/serve.ts";
import { RATE } from "./aspects.ts";
import { openEncoder } from "./ffmpeg.ts";
import { openFilm } from "./film-stage.ts";
import { findTemplate } from "./templates.ts";
import type { RenderedVideo } from "./video-template-provider.ts";

/** What the process that draws is asked for; the files follow in the order of `paths`. */
export const FilmJob = z.looseObject({
  template: z.string(),
  props: z.unknown(),
  aspect: z.enum(["16:9", "9:16", "1:1"]),
  seconds: z.number(),
  paths: z.array(z.string()),
  /** Absolute paths of the file to write and of the encoder. */
  output: z.string(),
  ffmpeg: z.string(),
});
export type FilmJob = z.infer<typeof FilmJob>;

/** Frames between two reports of progress. */
const REPORT = 15;

/** Draws every frame and hands it to ffmpeg, one at a time, so that memory holds one frame and not a film. Blocks its thread while a frame is drawn. */
export async function drawFilm(asked: unknown, blobs: readonly Uint8Array[], desk: Desk): Promise<RenderedVideo> {
  const job = FilmJob.parse(asked);
  const template = findTemplate(job.template);
  if (!template) throw new HelperFailure("rejected", `there is no template ${job.template}`);
  const files = new Map(job.paths.map((path, index) => [path, blobs[index] ?? new Uint8Array()]));
  const { frame, rasterizer, width, height, warnings, missing } = await openFilm({ ...job, template, files });
  // Boxes in the place of letters are no film that anybody can show.
  if (missing !== undefined) throw new HelperFailure("rejected", missing);
  const frames = Math.round(job.seconds * RATE);
  const encoder = openEncoder({ ...job, width, height });
  // Also when it takes no more frames, so that waiting for it ends.
  desk.signal.addEventListener("abort", () => void encoder.kill());
  let whole = false;
  try {
    let last: { svg: string; pixels: Uint8Array } = { svg: "", pixels: new Uint8Array() };
    for (let index = 0; index < frames; index += 1) {
      // Also lets the end of our input be heard.
      await Bun.sleep(0);
      desk.signal.throwIfAborted();
      const svg = frame(index / RATE);
      // What stands still is drawn once.
      if (svg !== last.svg) last = { svg, pixels: rasterizer.pixels(svg) };
      await encoder.write(last.pixels);
      if (index % REPORT === 0) desk.progress(index, frames);
    }
    await encoder.finish();
    whole = true;
    desk.progress(frames, frames);
    return { width, height, durationSec: frames / RATE, frames, warnings };
  } finally {
    await encoder.kill();
    if (!whole) await rm(job.output, { force: true });
  }
}
