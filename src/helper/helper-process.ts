import { setPriority } from "node:os";
import { z } from "zod";
import { replaceUnprintable } from "../lib/unprintable.ts";

/** What a helper process prints, one a line after `MARK`; other lines are somebody's noise. */
const Answer = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("progress"), done: z.number(), of: z.number() }),
  z.strictObject({ type: z.literal("result"), value: z.json() }),
  z.strictObject({ type: z.literal("failure"), kind: z.string(), message: z.string(), hint: z.string().optional() }),
]);
export type Answer = z.infer<typeof Answer>;
export const MARK = "@ohmymkt ";

/** Why a helper did not do its work; `kind` is its own word for it, "ended" when it gave none and "stalled" when it was silent. */
export class HelperFailure extends Error {
  readonly kind: string;
  readonly hint: string | undefined;

  constructor(kind: string, message: string, hint?: string) {
    super(message);
    this.name = "HelperFailure";
    this.kind = kind;
    this.hint = hint;
  }
}

export interface Helper {
  command: readonly string[];
  /** Its whole environment. */
  env: Readonly<Record<string, string>>;
  /** A folder that nobody else's settings lie in. */
  cwd: string;
  /** Sent as one line of JSON, followed by the files. */
  job: Record<string, unknown>;
  files?: readonly Uint8Array[] | undefined;
  signal?: AbortSignal | undefined;
  progress?: ((done: number, of: number) => void) | undefined;
  /** Milliseconds of silence after which it counts as hung; two minutes unless told. */
  silenceMs?: number | undefined;
}

const SILENCE_MS = 120_000;
/** For a helper to end what it started; then its whole process group is killed. */
const GRACE_MS = 3000;
const NICE = 5;
const TAIL = 4000;
const PIECE = 256 * 1024;

/**
 * Runs one job in a process of its own and gives its result. Its standard input stays open while it is wanted: when that closes, because of the
 * signal or because this process died, the helper ends all that it started. Returns and throws only after it is gone.
 */
export async function runHelper(helper: Helper): Promise<unknown> {
  helper.signal?.throwIfAborted();
  const windows = process.platform === "win32";
  const child = Bun.spawn([...helper.command], {
    cwd: helper.cwd,
    env: helper.env,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    detached: !windows,
    windowsHide: true,
  });
  stepBack(child.pid);
  let answer: Answer | undefined;
  let stalled = false;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= end(child, windows));
  const silent = (): void => {
    stalled = true;
    void stop();
  };
  const silenceMs = helper.silenceMs ?? SILENCE_MS;
  let clock = setTimeout(silent, silenceMs);
  const abort = (): void => void stop();
  helper.signal?.addEventListener("abort", abort);
  const hear = (line: string): void => {
    clearTimeout(clock);
    clock = setTimeout(silent, silenceMs);
    const heard = readAnswer(line);
    if (heard?.type === "progress") helper.progress?.(heard.done, heard.of);
    else answer ??= heard;
    if (answer) void stop();
  };
  try {
    const [errors] = await Promise.all([tail(child.stderr), eachLine(child.stdout, hear), send(child.stdin, helper)]);
    const code = await child.exited;
    await stopping;
    helper.signal?.throwIfAborted();
    if (stalled) throw new HelperFailure("stalled", `gave no sign of life for ${silenceMs} ms`);
    if (answer?.type === "failure") throw new HelperFailure(answer.kind, answer.message, answer.hint);
    if (answer?.type === "result") return answer.value;
    throw new HelperFailure("ended", `ended with code ${code}${errors ? `: ${errors}` : ""}`);
  } finally {
    clearTimeout(clock);
    helper.signal?.removeEventListener("abort", abort);
    await stop();
  }
}

/** The last lines of what a program printed, without control characters and colours. */
export function lastLines(text: string, count = 6): string {
  return replaceUnprintable(
    text
      // oxlint-disable-next-line no-control-regex -- terminal colours are what is meant
      .replaceAll(/\u001b\[[\d;]*[A-Za-z]/g, "")
      .replaceAll("\r", "\n"),
  )
    .split("\n")
    .map((line) => line.trim().slice(0, 300))
    .filter(Boolean)
    .slice(-count)
    .join("\n");
}

function readAnswer(line: string): Answer | undefined {
  if (!line.startsWith(MARK)) return undefined;
  return Answer.parse(JSON.parse(line.slice(MARK.length)));
}

type Child = Bun.Subprocess<"pipe", "pipe", "pipe">;

/** What a helper does can wait; this process, with which it shares the processors, cannot. What it starts inherits that. */
function stepBack(pid: number): void {
  try {
    setPriority(pid, NICE);
  } catch {
    // It went already, or this system does not allow it: then it only is less polite.
  }
}

async function end(child: Child, windows: boolean): Promise<void> {
  await Promise.resolve(child.stdin.end()).catch(() => undefined);
  const late = setTimeout(() => {
    try {
      process.kill(windows ? child.pid : -child.pid, "SIGKILL");
    } catch {
      // It went in this moment.
    }
  }, GRACE_MS);
  await child.exited;
  clearTimeout(late);
}

async function send(stdin: Bun.FileSink, { job, files = [] }: Helper): Promise<void> {
  try {
    await stdin.write(`${JSON.stringify({ ...job, sizes: files.map(({ length }) => length) })}\n`);
    for (const file of files)
      for (let at = 0; at < file.length; at += PIECE) {
        await stdin.write(file.subarray(at, at + PIECE));
        await stdin.flush();
      }
    await stdin.flush();
  } catch {
    // It is gone already; its exit says why.
  }
}

async function eachLine(stream: ReadableStream<Uint8Array>, hear: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) hear(line);
  }
}

/** The end of a stream, read to its end so that its writer never waits. */
export async function tail(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) text = (text + decoder.decode(chunk, { stream: true })).slice(-TAIL);
  return lastLines(text);
}
