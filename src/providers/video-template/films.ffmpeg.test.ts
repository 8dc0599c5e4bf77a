import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { loadRasterizer } from "../../drawing/rasterizer.ts";
import { readBinary } from "../../package-binaries.ts";
import { findFfmpeg } from "../../testing/ffmpeg.ts";
import { opencodeBinary } from "../../testing/host-process.ts";
import { worstLag } from "../../testing/loop-lag.ts";
import { eventually, processesWith, zombies } from "../../testing/process-list.ts";
import { makeWorkspace } from "../../testing/temp-workspace.ts";
import { ASPECTS, type Aspect } from "./aspects.ts";
import { builtin } from "./builtin.ts";
import { TEMPLATES } from "./templates.ts";
import type { RenderRequest, Workplace } from "./video-template-provider.ts";

const programs = findFfmpeg();
if (!programs)
  console.log("Not run: films with ffmpeg, because there is no ffmpeg with ffprobe. Next: apt-get install ffmpeg");

const workspace = makeWorkspace();
afterAll(() => workspace.dispose());
const { directory } = workspace;
const place: Workplace = { directory, env: process.env };
const request = (name: string, over: Partial<RenderRequest> = {}): RenderRequest => ({
  template: "title-card",
  props: TEMPLATES[0].example,
  aspect: "16:9",
  durationSec: 3,
  files: new Map(),
  output: join(directory, name),
  signal: new AbortController().signal,
  ...over,
});

const Probe = z.object({
  format: z.object({ duration: z.coerce.number(), format_name: z.string() }),
  streams: z.array(
    z.object({
      codec_name: z.string(),
      pix_fmt: z.string(),
      width: z.int(),
      height: z.int(),
      nb_read_frames: z.coerce.number(),
      r_frame_rate: z.string(),
      color_space: z.string(),
    }),
  ),
});
function probe(path: string): z.infer<typeof Probe> {
  const args = ["-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", path];
  const child = Bun.spawnSync([programs?.ffprobe ?? "ffprobe", ...args]);
  return Probe.parse(JSON.parse(child.stdout.toString()));
}

/** The colour in the middle of a frame, as the film shows it. */
function pixel(path: string, seconds: number, at: { x: number; y: number }): number[] {
  const filter = `crop=2:2:${at.x}:${at.y}`;
  const child = Bun.spawnSync([
    programs?.ffmpeg ?? "ffmpeg",
    "-v",
    "error",
    "-ss",
    String(seconds),
    "-i",
    path,
    "-frames:v",
    "1",
    "-vf",
    filter,
    "-f",
    "rawvideo",
    "-pix_fmt",
    "rgb24",
    "-",
  ]);
  return [...child.stdout.subarray(0, 3)];
}

describe.skipIf(!programs)("with ffmpeg", () => {
  const films = TEMPLATES.map(({ id, example }, index) => ({
    id,
    example,
    aspect: (["16:9", "9:16", "1:1", "16:9"] as const)[index] ?? "16:9",
  }));
  test.each<{ id: string; example: RenderRequest["props"]; aspect: Aspect }>(films)(
    "$id $aspect of 3 s plays everywhere",
    async ({ id, example, aspect }) => {
      const started = performance.now();
      const asked = request(`${id}.mp4`, { template: id, props: example, aspect });
      const lag = await worstLag(async () => {
        const done = await builtin.render(asked, place);
        expect(done).toMatchObject({ ...ASPECTS[aspect], frames: 90, durationSec: 3 });
      });
      const took = (performance.now() - started) / 1000;
      console.log(`${id} ${aspect}: 3 s in ${took.toFixed(1)} s, event loop blocked for ${lag.toFixed(0)} ms at worst`);
      const { streams, format } = probe(asked.output);
      expect(streams).toEqual([
        {
          codec_name: "h264",
          pix_fmt: "yuv420p",
          ...ASPECTS[aspect],
          nb_read_frames: 90,
          r_frame_rate: "30/1",
          color_space: "bt709",
        },
      ]);
      expect(Math.abs(format.duration - 3)).toBeLessThanOrEqual(1 / 30);
      // The index stands before the data.
      const bytes = Buffer.from(await Bun.file(asked.output).bytes());
      expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
    },
    30_000,
  );

  test("pictures and a font of the project are drawn, in their colours", async () => {
    const rasterizer = await loadRasterizer();
    const picture = rasterizer.png(
      '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="#2060c0"/></svg>',
    );
    const files = new Map([
      ["a/p.png", picture],
      ["a/f.ttf", await readBinary("serif")],
    ]);
    const props = { title: "With a picture", image: "a/p.png", font: "a/f.ttf", theme: "snow" };
    const asked = request("picture.mp4", { props, durationSec: 1, files });
    expect(await builtin.render(asked, place)).toMatchObject({ warnings: [] });
    const [red, green, blue] = pixel(asked.output, 0.5, { x: 1100, y: 360 });
    for (const [got, wanted] of [
      [red, 0x20],
      [green, 0x60],
      [blue, 0xc0],
    ] as const)
      expect(Math.abs((got ?? 0) - wanted)).toBeLessThan(6);
    expect(pixel(asked.output, 0.5, { x: 20, y: 20 }).every((value) => value > 250)).toBe(true);
  }, 30_000);

  test("an abort in the middle ends both processes and leaves no file", async () => {
    const asked = request("aborted.mp4", { durationSec: 60 });
    const abort = new AbortController();
    const reason = new Error("not needed");
    const work = builtin.render(
      { ...asked, signal: abort.signal, progress: (done) => done > 20 && abort.abort(reason) },
      place,
    );
    expect(await work.catch((error: unknown) => error)).toBe(reason);
    expect(processesWith(asked.output)).toEqual([]);
    expect(zombies()).toEqual([]);
    expect(existsSync(asked.output)).toBe(false);
  }, 30_000);

  test("when the process that asked is killed, drawing and ffmpeg end and leave no file", async () => {
    const asked = request("orphan.mp4", { durationSec: 60 });
    const code = `
      const { builtin } = await import(${JSON.stringify(join(import.meta.dir, "builtin.ts"))});
      const asked = ${JSON.stringify({ ...asked, files: undefined, signal: undefined })};
      await builtin.render({ ...asked, files: new Map(), signal: new AbortController().signal, progress: (done) => done > 20 && console.log("running") }, { directory: "/", env: process.env });`;
    const child = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe", stderr: "inherit" });
    const { value } = await child.stdout.getReader().read();
    expect(new TextDecoder().decode(value)).toContain("running");
    child.kill("SIGKILL");
    await child.exited;
    expect(await eventually(() => processesWith(asked.output).length === 0)).toBe(true);
    expect(await eventually(() => !existsSync(asked.output))).toBe(true);
  }, 30_000);

  test("a path that is no file's is ffmpeg's own words, without colours", async () => {
    const asked = request("no-such-folder/film.mp4", { durationSec: 1 });
    const error: unknown = await builtin.render(asked, place).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      kind: "unavailable",
      message: expect.stringMatching(
        /^the film could not be made: ffmpeg ended with code \d+:\n.*No such file or directory/s,
      ),
    });
  }, 30_000);

  test("the host's own Bun renders as well, and its event loop goes on", async () => {
    const output = join(directory, "host.mp4");
    const code = `
      const { builtin } = await import(${JSON.stringify(join(import.meta.dir, "builtin.ts"))});
      const { worstLag } = await import(${JSON.stringify(join(import.meta.dir, "../../testing/loop-lag.ts"))});
      const lags = [];
      for (let turn = 0; turn < 6 && Math.min(...lags, 99) > 50; turn += 1)
        lags.push(await worstLag(() => builtin.render({ ...${JSON.stringify(request("", { output, durationSec: 1 }))}, files: new Map(), signal: new AbortController().signal }, { directory: "/", env: process.env })));
      console.log(JSON.stringify({ bun: Bun.version, lag: Math.min(...lags) }));`;
    const child = Bun.spawn([opencodeBinary(), "-e", code], {
      env: { ...process.env, BUN_BE_BUN: "1" },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    if (out === "") throw new Error(err);
    console.log(`host's Bun: ${out.trim()}`);
    expect(JSON.parse(out).lag).toBeLessThanOrEqual(50);
    expect(probe(output).streams[0]).toMatchObject({ codec_name: "h264", nb_read_frames: 30 });
  }, 90_000);

  test("nothing but the films is left behind", () => {
    expect(readdirSync(directory).filter((name) => !name.endsWith(".mp4"))).toEqual([]);
  });
});
