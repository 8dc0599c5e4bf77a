import type { GrowthReport } from "../lib/reports.ts";

/** What src/draw-report.ts is asked, and what it answers to the same `id`. */
export interface DrawRequest {
  id: number;
  what: "page" | "decision";
  report: GrowthReport;
}
export type DrawAnswer = { id: number } & ({ drawn: string | Uint8Array } | { failed: string });

/** The thread that draws reports, src/draw-report.ts; the build puts it beside the folder that this module ends up in. */
const PROGRAM = new URL(`../draw-report${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
/** Charts take long to load and little to draw, so the thread stays for the next report for a while. */
const IDLE_MS = 60_000;

interface Thread {
  worker: Worker;
  waiting: Map<number, { resolve(drawn: string | Uint8Array): void; reject(error: Error): void }>;
  idle: ReturnType<typeof setTimeout> | undefined;
}

let thread: Thread | undefined;
let requests = 0;

/** The growth report as one HTML file. */
export async function drawReportPage(report: GrowthReport): Promise<string> {
  const drawn = await ask("page", report);
  return typeof drawn === "string" ? drawn : new TextDecoder().decode(drawn);
}

/** The report's decision as a PNG image. */
export async function drawReportDecision(report: GrowthReport): Promise<Uint8Array> {
  const drawn = await ask("decision", report);
  return typeof drawn === "string" ? new TextEncoder().encode(drawn) : drawn;
}

function ask(what: DrawRequest["what"], report: GrowthReport): Promise<string | Uint8Array> {
  thread ??= start();
  const { worker, waiting, idle } = thread;
  clearTimeout(idle);
  // Only while somebody waits for it does the thread keep the process alive.
  worker.ref();
  requests += 1;
  const request: DrawRequest = { id: requests, what, report };
  return new Promise((resolve, reject) => {
    waiting.set(request.id, { resolve, reject });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(request);
  });
}

function start(): Thread {
  const worker = new Worker(PROGRAM);
  const made: Thread = { worker, waiting: new Map(), idle: undefined };
  worker.addEventListener("message", ({ data }: MessageEvent<DrawAnswer>) => {
    const asked = made.waiting.get(data.id);
    made.waiting.delete(data.id);
    if ("drawn" in data) asked?.resolve(data.drawn);
    else asked?.reject(new Error(data.failed));
    if (made.waiting.size > 0) return;
    worker.unref();
    made.idle = setTimeout(() => end(made, "it was idle"), IDLE_MS);
    made.idle.unref();
  });
  worker.addEventListener("error", ({ message }) => end(made, message));
  return made;
}

function end(ended: Thread, why: string): void {
  if (thread === ended) thread = undefined;
  ended.worker.terminate();
  for (const { reject } of ended.waiting.values()) reject(new Error(`the report could not be drawn: ${why}`));
  ended.waiting.clear();
}
