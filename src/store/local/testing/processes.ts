import { join } from "node:path";

/** A writer that runs in a process of its own; `acknowledged` is the number of its last transaction that returned. */
export interface Writer {
  name: string;
  acknowledged(): number;
  /** Resolves at the first acknowledgement, or when the process ends. */
  started: Promise<void>;
  /** SIGKILL, then waits until the process is gone and its output is read. */
  kill(): Promise<void>;
  /** The exit code, with what it wrote to its error stream. */
  ended: Promise<{ code: number; errors: string }>;
}

/** Starts `writer.ts` on the Bun that runs the test, also when that is the host's own. */
export function startWriter(
  directory: string,
  mode: "count" | "assets" | "endless" | "import" | "send",
  name: string,
  times = 0,
  sync = "full",
): Writer {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "writer.ts"), directory, mode, name, String(times), sync],
    {
      env: { ...process.env, BUN_BE_BUN: "1" },
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  let last = 0;
  let begin = (): void => undefined;
  const started = new Promise<void>((resolve) => (begin = resolve));
  const reading = (async () => {
    let rest = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) last = Number(line);
      if (last > 0) begin();
    }
    begin();
  })();
  const errors = new Response(child.stderr).text();
  const ended = (async () => {
    const code = await child.exited;
    await reading;
    return { code, errors: await errors };
  })();
  return {
    name,
    acknowledged: () => last,
    started,
    ended,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
