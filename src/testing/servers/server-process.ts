import { makeWorkspace } from "../temp-workspace.ts";

/** A real server that runs for a test, with everything that it keeps in one temporary folder. */
export interface RunningServer extends AsyncDisposable {
  stop(): Promise<void>;
}

/** A started process and all that it starts in turn. */
export interface ServerProcess {
  output(): string;
  /** Undefined while it runs. */
  ended(): string | undefined;
  stop(): Promise<void>;
}

export interface ServerCommand {
  command: string[];
  cwd?: string;
  env?: Record<string, string>;
}

/** Starts a process in a group of its own; `stop` ends the whole group, also what it left behind. */
export function startProcess({ command, cwd, env }: ServerCommand): ServerProcess {
  const child = Bun.spawn(command, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  let output = "";
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) output = (output + decoder.decode(chunk, { stream: true })).slice(-20_000);
  };
  const reading = Promise.all([collect(child.stdout), collect(child.stderr)]);
  const signal = (name: "SIGTERM" | "SIGKILL"): void => {
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  };
  return {
    output: () => output,
    ended: () =>
      child.exitCode === null && child.signalCode === null
        ? undefined
        : `ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`,
    async stop() {
      signal("SIGTERM");
      const timer = setTimeout(() => signal("SIGKILL"), 5000);
      await child.exited;
      clearTimeout(timer);
      signal("SIGKILL");
      await reading;
    },
  };
}

/** Waits until `ready` says so; throws with the output when the process ends or the time is over. */
export async function untilReady(
  server: ServerProcess,
  ready: () => Promise<boolean>,
  limits: { name: string; ms: number },
): Promise<void> {
  const end = performance.now() + limits.ms;
  while (!(await ready().catch(() => false))) {
    const why = server.ended() ?? (performance.now() > end ? `is not up after ${limits.ms} ms` : undefined);
    if (why !== undefined) throw new Error(`Expected ${limits.name} to start, but it ${why}:\n${server.output()}`);
    await Bun.sleep(50);
  }
}

/** Runs a program to its end and returns what it printed; throws with its output when it fails. */
export async function runProgram({ command, cwd, env }: ServerCommand, ms = 120_000): Promise<string> {
  const child = Bun.spawn(command, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: ms,
  });
  const [out, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0)
    throw new Error(`Expected "${command.join(" ").slice(0, 300)}" to succeed, got ${code}:\n${out}${errors}`);
  return out;
}

/** A port of this machine that nothing listens on just now. */
export function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = server;
  server.stop(true);
  return port;
}

/** Stops in reverse order, then removes the folder. */
export function stopping(steps: (() => Promise<void>)[]): RunningServer {
  const stop = async (): Promise<void> => {
    for (const step of steps.splice(0).toReversed()) await step();
  };
  return { stop, [Symbol.asyncDispose]: stop };
}

/** A temporary folder that goes away as a step of `stopping`. */
export function serverFolder(steps: (() => Promise<void>)[]): string {
  const workspace = makeWorkspace();
  steps.push(async () => workspace.dispose());
  return workspace.directory;
}
