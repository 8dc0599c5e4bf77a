#!/usr/bin/env node
import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { constants as system } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const program = join(root, "dist", "cli.js");
/** Bun's settings of the current folder stay out: an agent may write `.env` and `bunfig.toml` there, and so turn guards off or run code of its own as the person at the terminal. */
const none = join(root, "bin", "no-settings.toml");
const exe = process.platform === "win32" ? ".exe" : "";
const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;

if (!existsSync(program))
  stop(`expected ${program}, which a built package has, and found nothing.`, "bun run build, or npm install ohmymkt");
else if (process.versions.bun) await import(pathToFileURL(program).href);
else start(runtimes());

/** Where a Bun may be, best first; an opencode is a Bun when it is told to be one. */
function* runtimes() {
  for (const path of onPath("bun")) yield { path, env: {} };
  for (const path of installed(join("bun", "bin", "bun.exe"), join("@oven", `bun-${platform}`, "bin", `bun${exe}`)))
    yield { path, env: {} };
  const asBun = { BUN_BE_BUN: "1" };
  for (const path of onPath("opencode")) yield { path, env: asBun };
  for (const path of installed(
    join("opencode-ai", "bin", "opencode.exe"),
    join(`opencode-${platform}`, "bin", `opencode${exe}`),
  ))
    yield { path, env: asBun };
}

function* onPath(name) {
  for (const folder of (process.env.PATH ?? "").split(delimiter).filter(Boolean))
    yield* runnable(join(folder, name + exe));
}

/** Packages beside this one or above it, as npm lays them out. */
function* installed(...files) {
  for (let at = root; ; at = dirname(at)) {
    for (const file of files) yield* runnable(join(at, "node_modules", file));
    if (dirname(at) === at) return;
  }
}

function* runnable(path) {
  try {
    accessSync(path, constants.X_OK);
    yield path;
  } catch {
    // Not there, or not ours to run: the next place may have one.
  }
}

/** Runs the program with the first runtime that starts and leaves as it left. */
function start(candidates) {
  const { value: runtime } = candidates.next();
  if (!runtime) return stop("needs Bun or OpenCode to run, and found neither.", "npm install -g bun");
  const child = spawn(runtime.path, [`--env-file=${none}`, `--config=${none}`, program, ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, ...runtime.env },
  });
  // A terminal sends Ctrl-C to both processes; this one waits for the other's answer to it.
  const forward = { SIGINT: () => {}, SIGTERM: () => child.kill("SIGTERM"), SIGHUP: () => child.kill("SIGHUP") };
  const release = () => Object.entries(forward).forEach(([signal, handler]) => process.off(signal, handler));
  for (const [signal, handler] of Object.entries(forward)) process.on(signal, handler);
  child.once("error", () => {
    release();
    start(candidates);
  });
  child.once("exit", (code, signal) => {
    release();
    if (!signal) process.exit(code ?? 1);
    process.exitCode = 128 + (system.signals[signal] ?? 0);
    process.kill(process.pid, signal);
  });
}

function stop(problem, command) {
  console.error(`ohmymkt: ${problem}\nNext: ${command}`);
  process.exitCode = 1;
}
