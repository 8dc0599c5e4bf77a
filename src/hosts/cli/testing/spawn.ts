import { join } from "node:path";

/** How a command line ended. */
export interface Ended {
  code: number;
  out: string;
  err: string;
}

const SAMPLE = join(import.meta.dir, "sample-cli.ts");

/** Runs the sample command line as a process of its own, with piped input. */
export async function runSample(
  cwd: string,
  args: readonly string[],
  options: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  return runProcess([process.execPath, SAMPLE, ...args], cwd, options);
}

/**
 * Runs the sample on a pseudo-terminal with a person at it: each step waits until the screen shows its first text and then types the second.
 * `out` is all that the screen showed; `stdout` may be a file instead, and `program` another one than the sample.
 */
export async function runOnTerminal(
  cwd: string,
  args: readonly string[],
  steps: readonly (readonly [shown: string, typed: string])[],
  stdout?: string,
  { program = SAMPLE, env = {} }: { program?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const waiting = [...steps];
  const decoder = new TextDecoder();
  let out = "";
  let seen = 0;
  const command = [process.execPath, program, ...args];
  const child = Bun.spawn(stdout === undefined ? command : ["sh", "-c", 'exec "$@" > "$0"', stdout, ...command], {
    cwd,
    env: { ...process.env, ...env },
    timeout: 25_000,
    terminal: {
      cols: 100,
      rows: 30,
      data(terminal, bytes) {
        out += decoder.decode(bytes, { stream: true });
        const next = waiting[0];
        if (next === undefined || !out.slice(seen).includes(next[0])) return;
        waiting.shift();
        seen = out.length;
        terminal.write(next[1]);
      },
    },
  });
  const code = await child.exited;
  child.terminal?.close();
  return { code, out, err: "" };
}

/** Runs any command to its end, at most ten seconds. */
export async function runProcess(
  command: readonly string[],
  cwd: string,
  options: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const child = Bun.spawn([...command], {
    cwd,
    timeout: 25_000,
    env: { ...process.env, ...options.env },
    stdin: new Blob([options.input ?? ""]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, out, err };
}
