import { HelperFailure, lastLines, tail } from "../../helper/helper-process.ts";
import { RATE } from "./aspects.ts";

export interface EncoderOptions {
  /** Absolute path of the program. */
  ffmpeg: string;
  width: number;
  height: number;
  /** Absolute path of the file to write. */
  output: string;
}

/** A running ffmpeg that takes frames. */
export interface Encoder {
  /** One frame as RGBA; resolves when ffmpeg has room for the next. */
  write(frame: Uint8Array): Promise<void>;
  /** Resolves when the file is whole. */
  finish(): Promise<void>;
  /** Ends it at once, and waits until it is gone. */
  kill(): Promise<void>;
}

/** H.264 that every platform takes (yuv420p, BT.709), with its index in front so that it plays while it loads. */
export function encoderArguments({ width, height, output }: EncoderOptions): string[] {
  const options = [
    "-hide_banner -loglevel error -nostdin -y",
    `-f rawvideo -pixel_format rgba -video_size ${width}x${height} -framerate ${RATE} -i pipe:0`,
    "-an -filter_threads 1 -vf scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
    "-c:v libx264 -preset veryfast -crf 18 -threads 2 -pix_fmt yuv420p",
    "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv",
    "-map_metadata -1 -movflags +faststart -f mp4",
  ];
  // The name is one argument, and is taken for a file whatever is in it.
  return [...options.join(" ").split(" "), `file:${output}`];
}

/** Starts ffmpeg without a shell. Its own failures are thrown as `HelperFailure("encoder")` with the end of what it said. */
export function openEncoder(options: EncoderOptions): Encoder {
  const child = Bun.spawn([options.ffmpeg, ...encoderArguments(options)], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "pipe",
    windowsHide: true,
  });
  const said = tail(child.stderr);
  const failed = async (): Promise<never> => {
    const code = await child.exited;
    const text = lastLines((await said).replaceAll(options.output, "the file"));
    throw new HelperFailure(
      "encoder",
      `ffmpeg ended with ${child.signalCode ?? `code ${code}`}${text ? `:\n${text}` : " and said nothing"}`,
    );
  };
  return {
    async write(frame) {
      if (child.exitCode !== null || child.signalCode !== null) await failed();
      try {
        await child.stdin.write(frame);
        await child.stdin.flush();
      } catch {
        await failed();
      }
    },
    async finish() {
      await Promise.resolve(child.stdin.end()).catch(() => undefined);
      if ((await child.exited) !== 0) await failed();
    },
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
