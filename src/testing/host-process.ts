import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { closer, forward, type Ending, type Plan } from "./host-supervisor.ts";
import type { HostOptions } from "./host-options.ts";
import type { ScriptedModel } from "./scripted-model.ts";
import { makeWorkspace } from "./temp-workspace.ts";

/** Path of the installed host binary for this platform; throws, naming what was looked for, when there is none. */
export function opencodeBinary(): string {
  const modules = join(import.meta.dirname, "../../node_modules");
  const windows = process.platform === "win32";
  const base = `opencode-${windows ? "windows" : process.platform}-${process.arch}`;
  const musl = existsSync(`/lib/ld-musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`);
  const noAvx2 = existsSync("/proc/cpuinfo") && !/\bavx2\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
  const plain = process.arch === "x64" && noAvx2 ? ["-baseline", ""] : ["", "-baseline"];
  const names = plain.map((suffix) => `${base}${suffix}${musl ? "-musl" : ""}`);
  const paths = names.map((name) => join(modules, name, "bin", windows ? "opencode.exe" : "opencode"));
  paths.push(join(modules, ".bin", windows ? "opencode.exe" : "opencode"));
  const found = paths.find((path) => existsSync(path));
  if (!found)
    throw new Error(`Expected an opencode binary at one of:\n${paths.join("\n")}\nInstall the dependencies first.`);
  return found;
}

export interface Child {
  url: string;
  /** Why the process is gone, or undefined while it runs. */
  ended(): string | undefined;
  output(): string;
  note(line: string): void;
  end(how: Ending): Promise<void>;
}

interface Surroundings {
  home: string;
  env: Record<string, string>;
  model: ScriptedModel;
  jail: string[] | undefined;
  cleanups: (() => unknown)[];
}

export async function launch(options: HostOptions, { home, env, model, jail, cleanups }: Surroundings): Promise<Child> {
  // Not in the home: a crashed predecessor on the same home leaves its sockets behind.
  const sockets = jail && makeWorkspace();
  cleanups.push(() => sockets?.dispose());
  const socketPath = (name: string | number): string => join(sockets?.directory ?? home, `${name}.sock`);
  const socket = socketPath("host");
  const ports = jail ? [model.port, ...(options.reach ?? [])] : [];
  for (const port of ports) cleanups.push(closer(await forward({ path: socketPath(port) }, { port })));
  const plan: Plan = {
    command: [opencodeBinary(), "serve", "--hostname", "127.0.0.1", "--port", jail ? String(JAIL_PORT) : "0"],
    directory: options.directory,
    forwards: [
      ...ports.map((port) => ({ from: { port }, to: { path: socketPath(port) } })),
      ...(jail ? [{ from: { path: socket }, to: { port: JAIL_PORT } }] : []),
    ],
  };
  const bun = process.env["BUN_BE_BUN"] ? { BUN_BE_BUN: "1" } : {};
  const child = Bun.spawn(
    [...(jail ?? []), process.execPath, join(import.meta.dirname, "host-supervisor.ts"), JSON.stringify(plan)],
    {
      cwd: home,
      env: { ...env, ...bun },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      detached: process.platform !== "win32",
    },
  );
  let output = "";
  const listening = Promise.withResolvers<string>();
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      output = (output + decoder.decode(chunk, { stream: true })).slice(-100_000);
      const found = /listening on (http:\S+)\s/.exec(output);
      if (found?.[1]) listening.resolve(found[1]);
    }
  };
  const reading = Promise.all([collect(child.stdout), collect(child.stderr)]);
  // Also when something else ends the supervisor, as "bun test" does after a test's time limit.
  const gone = child.exited.then(() => killGroup(child.pid));
  const end = async (how: Ending): Promise<void> => {
    // By way of the supervisor, which reaps the host; killing both at once would leave a zombie to init.
    if (child.exitCode === null && child.signalCode === null) {
      await child.stdin.write(how);
      await child.stdin.end();
    }
    if ((await within(child.exited, 3000)) === undefined) killGroup(child.pid);
    await gone;
    await reading;
  };
  const limit = options.startTimeoutMs ?? 30_000;
  try {
    const died = child.exited.then((code) => Promise.reject(new Error(`exited with code ${code}`)));
    const printed = await within(Promise.race([listening.promise, died]), limit);
    if (printed === undefined) throw new Error(`did not listen within ${limit} ms`);
    let url = printed;
    if (jail) {
      const server = await forward({ port: 0 }, { path: socket });
      cleanups.push(closer(server));
      url = `http://127.0.0.1:${z.object({ port: z.int() }).parse(server.address()).port}`;
    }
    const ended = (): string | undefined => {
      if (child.exitCode === null && child.signalCode === null) return undefined;
      if (child.signalCode === null) return `the host process has ended with exit code ${child.exitCode}`;
      return `the host process was ended by ${child.signalCode}; "bun test" does that when a test exceeds its time limit: keep that limit above the harness's`;
    };
    return { url, ended, output: () => output, note: (line) => (output += `${line}\n`), end };
  } catch (error) {
    await end("crash");
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
    throw new Error(`Expected "opencode serve" to start, but: ${String(error)}. Its output:\n${output}`, {
      cause: error,
    });
  }
}

/** The promise's value, or undefined after `ms`; leaves no timer behind. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Command prefix that runs what follows with loopback only, or undefined where the system does not allow it. */
export function findJail(): string[] | undefined {
  if (process.platform !== "linux" || !Bun.which("unshare") || !Bun.which("ip")) return undefined;
  for (const flag of ["-n", "-rn"]) {
    const tried = Bun.spawnSync(["unshare", flag, "ip", "link", "set", "lo", "up"], { timeout: 5000 });
    if (tried.success) return ["unshare", flag, "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];
  }
  return undefined;
}

/** Port of the host inside its own namespace, where nothing else can hold it. */
const JAIL_PORT = 4096;
