import { mkdtempSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { sha256 } from "../src/lib/canonical.ts";
import { openStore } from "../src/store/open.ts";
import { CHAPTERS, GROWTH_LOOP, playScene, prepareProject } from "../src/testing/growth-loop.ts";
import type { HostPart } from "../src/testing/host-wire.ts";
import { startHost, type OpencodeHost } from "../src/testing/opencode-host.ts";
import { packPlugin } from "../src/testing/pack.ts";
import { startPds } from "../src/testing/pds.ts";
import { publishingScene } from "../src/testing/publishing-scene.ts";

const Delegation = z.object({
  input: z.object({ subagent_type: z.string() }),
  metadata: z.object({ sessionId: z.string() }),
});

const Post = z.object({ value: z.object({ text: z.string() }) });

/** Plays the whole growth loop in a real OpenCode host with the packed plugin, and publishes to a Bluesky server on this machine; a scripted model stands in for the language model. */
const root = resolve(import.meta.dirname, "..");
const project = mkdtempSync(join(tmpdir(), "ohmymkt-demo-"));
const say = (text = ""): void => void process.stdout.write(`${text}\n`);
const started = performance.now();

say(
  "ohmymkt demo: a real OpenCode host loads the packed plugin; a scripted model plays the agents; the demo answers for the person.",
);
say(`Project: ${project}\n`);
prepareProject(project, new Date().toISOString());
const [{ spec }, server] = await Promise.all([packPlugin({ root }), startPds()]);
await using pds = server;
await using host = await startHost({
  directory: project,
  plugin: spec,
  env: { OHMYMKT_ALLOW_PRIVATE_ADDRESSES: "1", BLUESKY_APP_PASSWORD: pds.password },
});
host.onPermission(({ permission }) => {
  say(`    ? ${permission}\n      > yes, once (in your host you are asked)`);
  return "once";
});
const { id } = await host.session();
for (const scene of [...CHAPTERS.map((chapter) => GROWTH_LOOP[chapter]), publishingScene(pds)]) {
  say(`person> ${scene.person}`);
  const turn = await playScene(host, id, scene);
  if (turn.error) throw new Error(`"${scene.person}" failed: ${turn.error}`);
  for (const part of turn.parts) await tell(host, "growth-manager", part, 1);
  say();
}

await showReceipt();

const written =
  (await host.messages(id))
    .flatMap((message) => message.parts)
    .map(outputOf)
    .findLast((output) => output.includes("reports/summary/")) ?? "";
const report = /\.ohmymkt\/reports\/summary\/\S+\.md/.exec(written)?.[0] ?? "";
const [head = "", ...sections] = (await readFile(join(project, report), "utf8")).split(/^(?=## )/m);
say(`--- ${report}`);
say(head.trim());
for (const title of ["## Signals", "## Publishing"])
  say(
    `\n${
      sections
        .find((section) => section.startsWith(title))
        ?.split("\n\n- **")[0]
        ?.trim() ?? ""
    }`,
  );
say("---");
say(`With charts, for a browser: ${join(project, report).replace(/md$/, "html")}`);
say(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s. Look around:`);
for (const command of ["read-state health", "read-state cycles", "check-gates", "verify"])
  say(`  npx --yes bun@1.4.4 src/cli.ts ${command} --directory ${project}`);

/** The receipt as the outbox keeps it, and the post as anybody reads it from the server; throws unless both are the same. */
async function showReceipt(): Promise<void> {
  const store = openStore({ directory: project });
  const [row] = await store.transaction({ actor: { host: "library" }, tool: "demo" }, (tx) =>
    tx.outbox.list({ state: ["sent"] }),
  );
  await store.close();
  const { remote_id = "", url = "", remote_hash = "" } = row?.receipt ?? {};
  const [, repo = "", collection = "", rkey = ""] = /^at:\/\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(remote_id) ?? [];
  const query = new URLSearchParams({ repo, collection, rkey });
  const address = `${pds.url}/xrpc/com.atproto.repo.getRecord?${query.toString()}`;
  const { value } = Post.parse(await (await fetch(address)).json());
  if (sha256(value.text) !== remote_hash || value.text !== row?.payload.text)
    throw new Error(`expected ${address} to show what was approved, got ${JSON.stringify(value.text)}`);
  say(`--- receipt ${row.id}`);
  say(`${remote_id}\n${url} (there, were it not a server of this demo)`);
  say(
    `approved as ${row.payload_hash.slice(0, 12)} by ${row.approval}; the text read back has the SHA-256 ${remote_hash}`,
  );
  say(`GET ${address}\n  ${value.text}\n`);
}

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
