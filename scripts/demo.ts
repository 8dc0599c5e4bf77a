import { mkdtempSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { CHAPTERS, GROWTH_LOOP, playChapter, prepareProject } from "../src/testing/growth-loop.ts";
import type { HostPart } from "../src/testing/host-wire.ts";
import { startHost, type OpencodeHost } from "../src/testing/opencode-host.ts";
import { packPlugin } from "../src/testing/pack.ts";

const Delegation = z.object({
  input: z.object({ subagent_type: z.string() }),
  metadata: z.object({ sessionId: z.string() }),
});

/** Plays the whole growth loop in a real OpenCode host with the packed plugin; a scripted model stands in for the language model. */
const root = resolve(import.meta.dirname, "..");
const project = mkdtempSync(join(tmpdir(), "ohmymkt-demo-"));
const say = (text = ""): void => void process.stdout.write(`${text}\n`);
const started = performance.now();

say(
  "ohmymkt demo: a real OpenCode host loads the packed plugin; a scripted model plays the agents; the demo answers for the person.",
);
say(`Project: ${project}\n`);
prepareProject(project, new Date().toISOString());
const { spec } = await packPlugin({ root });
await using host = await startHost({ directory: project, plugin: spec });
host.onPermission(({ permission }) => {
  say(`    ? ${permission}\n      > yes, once (in your host you are asked)`);
  return "once";
});
const { id } = await host.session();
for (const chapter of CHAPTERS) {
  say(`person> ${GROWTH_LOOP[chapter].person}`);
  const turn = await playChapter(host, id, chapter);
  if (turn.error) throw new Error(`chapter ${chapter} failed: ${turn.error}`);
  for (const part of turn.parts) await tell(host, "growth-manager", part, 1);
  say();
}

const written =
  (await host.messages(id))
    .flatMap((message) => message.parts)
    .map(outputOf)
    .findLast((output) => output.includes("reports/summary/")) ?? "";
const report = /\.ohmymkt\/reports\/summary\/\S+\.md/.exec(written)?.[0] ?? "";
say(`--- ${report}`);
say((await readFile(join(project, report), "utf8")).split("\n").slice(0, 22).join("\n"));
say("---");
say(`With charts, for a browser: ${join(project, report).replace(/md$/, "html")}`);
say(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s. Look around:`);
for (const command of ["read-state health", "read-state cycles", "check-gates", "verify"])
  say(`  npx --yes bun@1.4.4 src/cli.ts ${command} --directory ${project}`);

/** One line per tool call, children indented below the call that started them. */
async function tell(from: OpencodeHost, agent: string, part: HostPart, depth: number): Promise<void> {
  if (part.type !== "tool") return;
  const { tool, child, subagent } = callOf(part);
  const indent = "  ".repeat(depth);
  if (!child) return say(`${indent}${agent} · ${tool} → ${firstLine(outputOf(part))}`);
  say(`${indent}${agent} → ${subagent}`);
  for (const message of await from.messages(child)) {
    for (const inner of message.parts) await tell(from, subagent, inner, depth + 1);
  }
}

function callOf(part: HostPart): { tool: string; child: string | undefined; subagent: string } {
  const delegation = Delegation.safeParse(part.state).data;
  return {
    tool: part.tool ?? "?",
    child: delegation?.metadata.sessionId,
    subagent: delegation?.input.subagent_type ?? "?",
  };
}

function outputOf({ state }: HostPart): string {
  return state?.output ?? state?.error ?? "";
}

function firstLine(text: string): string {
  const line = text.split("\n").find((one) => one.trim()) ?? "";
  return line.length > 150 ? `${line.slice(0, 149)}…` : line;
}
