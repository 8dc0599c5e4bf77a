import { z } from "zod";
import { HelperFailure, MARK, type Answer } from "./drawing/helper-process.ts";
import { readJob } from "./drawing/job-reader.ts";
import type { Desk } from "./providers/video-template/film.ts";

/** A program of its own: reads one job from its standard input, draws, and prints answers; everything else stays responsive meanwhile. */
const JOBS = {
  async film(job, files, desk) {
    const { drawFilm } = await import("./providers/video-template/film.ts");
    return drawFilm(job, files, desk);
  },
} satisfies Record<string, Job>;

type Job = (job: unknown, files: Uint8Array[], desk: Desk) => Promise<unknown>;

const { job, files, gone } = await readJob(Bun.stdin.stream());
const unwanted = new AbortController();
void gone.then(() => unwanted.abort());
const desk: Desk = { signal: unwanted.signal, progress: (done, of) => answer({ type: "progress", done, of }) };
try {
  const { kind } = z.looseObject({ kind: z.enum(["film"]) }).parse(job);
  answer({ type: "result", value: z.json().parse(await JOBS[kind](job, files, desk)) });
} catch (error) {
  if (!unwanted.signal.aborted)
    answer({
      type: "failure",
      kind: error instanceof HelperFailure ? error.kind : "defect",
      message: error instanceof Error ? error.message : String(error),
    });
}
process.exit();

function answer(what: Answer): void {
  // Synchronous: an answer is out before the process ends.
  console.log(MARK + JSON.stringify(what));
}
