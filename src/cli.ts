import { readFileSync, statSync } from "node:fs";
import { AGENT_SHELL } from "./hosts/cli/agent-shell.ts";
import { createTerminal } from "./hosts/cli/terminal.ts";
import { runCli } from "./hosts/cli/run.ts";
import { newId } from "./lib/names.ts";
import { randomBase32 } from "./store/local/random.ts";
import { version } from "../package.json" with { type: "json" };

// Set by the launcher for this process only; an opencode that we start must not take itself for Bun.
delete process.env["BUN_BE_BUN"];

const interrupt = new AbortController();
// Once: a second Ctrl-C ends the process at once.
process.once("SIGINT", () => interrupt.abort());
// The reader of a pipe may leave early (`| head`); there is nobody left to tell.
process.stdout.on("error", () => process.exit());

process.exitCode = await runCli(process.argv.slice(2), {
  version,
  cwd: process.cwd(),
  terminal: createTerminal({
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interrupt.signal,
    person: !(AGENT_SHELL in process.env),
  }),
  signal: interrupt.signal,
  agentShell: AGENT_SHELL in process.env,
  readText: (path) => readFileSync(path, "utf8"),
  isFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true,
  tools: async () => (await import("./tools/ohmymkt/index.ts")).TOOLS,
  openStore: async (options) => (await import("./store/open.ts")).openStore(options),
  documentByPath: async (path) => (await import("./lib/registry.ts")).documentByPath(path),
  newId: (prefix) => newId(prefix, randomBase32),
  world: async () => (await import("./hosts/world.ts")).systemWorld(process.env),
});
