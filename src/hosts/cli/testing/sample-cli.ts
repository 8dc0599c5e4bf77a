import { readFileSync, statSync } from "node:fs";
import { z } from "zod";
import { OhmymktError } from "../../../errors.ts";
import { BOULDER } from "./sample-document.ts";
import { newId } from "../../../lib/names.ts";
import { systemWorld } from "../../world.ts";
import { randomBase32 } from "../../../store/local/random.ts";
import { openStore } from "../../../store/open.ts";
import { defineTool, spendApproval } from "../../../tools/ohmymkt/define.ts";
import { runCli } from "../run.ts";
import { AGENT_SHELL } from "../agent-shell.ts";
import { createTerminal } from "../terminal.ts";

const echo = defineTool({
  name: "ohmymkt_plan_growth",
  summary: "Echo what came. Writes nothing; for tests of the command line.",
  args: {
    goal: z.string(),
    mode: z.enum(["planned", "ultrawork"]).default("planned").describe("how strict"),
    value: z.union([z.boolean(), z.number()]).optional(),
    weeks_left: z.int().min(0).optional(),
    dry_run: z.boolean().optional(),
    channels: z.array(z.string()).optional(),
    budget: z.strictObject({ amount: z.number(), currency: z.string().optional() }).optional(),
    risks: z.array(z.strictObject({ title: z.string(), level: z.enum(["low", "high"]) })).optional(),
  },
  run: async (args) => args,
  render: (args) => `goal: ${args.goal}`,
});

const guarded = defineTool({
  name: "ohmymkt_update_gates",
  summary: "Write a number down once a person approves.",
  args: { number: z.int(), note: z.string().default("a note") },
  confirm: async ({ number, note }) => ({ kind: "gate", subject: { number }, summary: `number ${number} (${note})` }),
  async run({ number }, context) {
    return context.transact(async (tx) => {
      const approval = await spendApproval(tx, context.approval, "gate", { number });
      const { revision } = await tx.documents.write(BOULDER, { schema_version: 1, number });
      return { number, revision, how: approval.decided_how };
    });
  },
  render: ({ number, how }) => `number is ${number} (${how})`,
});

const failing = defineTool({
  name: "ohmymkt_check_gates",
  summary: "Fail in the way that is asked for.",
  args: { how: z.enum(["refused", "defect", "wait"]) },
  async run({ how }, { signal }) {
    if (how === "refused") throw new OhmymktError("not_found", "expected a plan, found none", { hint: "make one" });
    if (how === "defect") throw new TypeError("broken inside");
    process.stderr.write("waiting\n");
    const clock = setInterval(() => undefined, 1000);
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    clearInterval(clock);
    throw new OhmymktError("storage", "interrupted");
  },
  render: () => "",
});

const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());

process.exitCode = await runCli(process.argv.slice(2), {
  version: "9.9.9",
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
  tools: async () => [echo, guarded, failing],
  openStore: async ({ directory }) => openStore({ directory, sync: "off" }),
  documentByPath: async (path) => (path === BOULDER.path ? BOULDER : undefined),
  newId: (prefix) => newId(prefix, randomBase32),
  world: async () => systemWorld(process.env),
});
