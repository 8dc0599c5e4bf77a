import { z } from "zod";
import { HelperFailure, MARK, type Answer } from "./helper-process.ts";
import { readJob } from "./job-reader.ts";

/** What a job has besides its own words. */
export interface Desk {
  /** Aborts when nobody waits any more. */
  signal: AbortSignal;
  /** Also the sign of life without which it counts as hung. */
  progress(done: number, of: number): void;
}

export type Job = (job: unknown, files: Uint8Array[], desk: Desk) => Promise<unknown>;

/** The life of a helper program: reads one job from the standard input, does what its `kind` names, prints answers and ends. */
export async function serve(jobs: Readonly<Record<string, Job>>): Promise<never> {
  const { job, files, gone } = await readJob(Bun.stdin.stream());
  const unwanted = new AbortController();
  void gone.then(() => unwanted.abort());
  const desk: Desk = {
    signal: unwanted.signal,
    progress: (done, of) => answer({ type: "progress", done, of }),
  };
  try {
    const { kind } = z.looseObject({ kind: z.enum(Object.keys(jobs)) }).parse(job);
    const done = (await jobs[kind]?.(job, files, desk)) ?? null;
    answer({ type: "result", value: z.json().parse(JSON.parse(JSON.stringify(done))) });
  } catch (error) {
    if (!unwanted.signal.aborted) answer(failureOf(error));
  }
  process.exit();
}

function failureOf(error: unknown): Answer {
  if (!(error instanceof HelperFailure))
    return { type: "failure", kind: "defect", message: error instanceof Error ? error.message : String(error) };
  const { kind, message, hint } = error;
  return { type: "failure", kind, message, ...(hint === undefined ? {} : { hint }) };
}

function answer(what: Answer): void {
  // Synchronous: an answer is out before the process ends.
  console.log(MARK + JSON.stringify(what));
}
