import { join } from "node:path";
import { z } from "zod";
import { opencodeBinary } from "../src/testing/host-process.ts";
import { startHost } from "../src/testing/opencode-host.ts";
import { packPlugin } from "../src/testing/pack.ts";
import { startScriptedModel, type ScriptedModel } from "../src/testing/scripted-model.ts";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";

/** What does the plugin cost when the host starts, and what does it cost afterwards? Beside an empty plugin, on the host's own Bun. */
const ROUNDS = 10;
const KeywordRows = z.array(z.object({ kind: z.string(), length: z.number(), micros: z.number() }));

/** A packed plugin and the folder that it was unpacked into. */
interface Subject {
  spec: string;
  folder: string;
  /** Home of its hosts; the first start installs the plugin there. */
  home: string;
}

const EMPTY = {
  "package.json": JSON.stringify({
    name: "empty-plugin",
    version: "1.0.0",
    type: "module",
    exports: { "./server": "./dist/index.js" },
    files: ["dist"],
  }),
  "dist/index.js": 'export default { id: "empty-plugin", server: async () => ({}) };\n',
};

using empty = makeWorkspace({ files: EMPTY });
using scratch = makeWorkspace({
  files: { "empty/.keep": "", "ours/.keep": "", "home-empty/.keep": "", "home-ours/.keep": "", "project/.keep": "" },
});
const project = join(scratch.directory, "project");
const subjects = {
  empty: await unpack("empty", empty.directory),
  ours: await unpack("ours", join(import.meta.dir, "..")),
};
await using model = startScriptedModel();

const start = await compare((subject) => probe("start", join(subject.folder, "dist/index.js")).then(Number));
const request = await compare((subject) => firstRequest(subject, model));
const keyword = KeywordRows.parse(JSON.parse(await probe("keyword", join(subjects.ours.folder, "dist/index.js"))));
const slowest = keyword.toSorted((a, b) => b.micros - a.micros)[0];
const write = Number(await probe("document", join(subjects.ours.folder, "dist/library.js")));

console.table([
  line("import, server(), config hook", start, "ms", "at most 40 ms more (goal 20)"),
  line("the host's first request, warm", request, "ms", "at most 60 ms more"),
  {
    what: `keyword check, slowest: ${slowest?.kind}, ${slowest?.length} characters`,
    empty: "",
    ours: `${slowest?.micros.toFixed(1)} µs`,
    more: "",
    limit: "at most 50 µs",
  },
  {
    what: "document: read, change, write durably",
    empty: "",
    ours: `${write.toFixed(0)} µs`,
    more: "",
    limit: "for information",
  },
]);

async function unpack(name: "empty" | "ours", root: string): Promise<Subject> {
  const { spec, tarball } = await packPlugin({ root });
  const folder = join(scratch.directory, name);
  const tar = Bun.spawnSync(["tar", "-xzf", tarball, "-C", folder, "--strip-components=1"], { timeout: 20_000 });
  if (!tar.success) throw new Error(`expected tar to unpack ${tarball}, got: ${tar.stderr.toString()}`);
  return { spec, folder, home: join(scratch.directory, `home-${name}`) };
}

/** Measures both in turn, so that what slows the machine slows both; the first pair warms up and is not counted. */
async function compare(measure: (subject: Subject) => Promise<number>): Promise<{ empty: number; ours: number }> {
  const times = { empty: [] as number[], ours: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [none, own] = [await measure(subjects.empty), await measure(subjects.ours)];
    if (round === 0) continue;
    times.empty.push(none);
    times.ours.push(own);
  }
  return { empty: median(times.empty), ours: median(times.ours) };
}

/** What a probe prints, run in a process of its own on the host's Bun. */
async function probe(name: string, entry: string): Promise<string> {
  const child = Bun.spawn([opencodeBinary(), join(import.meta.dir, "probes", `${name}.ts`), entry, project], {
    env: { ...process.env, BUN_BE_BUN: "1" },
    stdout: "pipe",
    stderr: "pipe",
    timeout: 60_000,
  });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`the probe ${name} ended with ${code}: ${err}`);
  return out.trim();
}

/** Milliseconds of the first request that needs the project: it loads the plugin and the agents. */
async function firstRequest({ spec, home }: Subject, answers: ScriptedModel): Promise<number> {
  await using host = await startHost({ directory: project, plugin: spec, model: answers, home });
  const before = performance.now();
  await host.agents();
  return performance.now() - before;
}

function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2;
}

function line(
  what: string,
  { empty: none, ours }: { empty: number; ours: number },
  unit: string,
  limit: string,
): Record<string, string> {
  return {
    what,
    empty: `${none.toFixed(1)} ${unit}`,
    ours: `${ours.toFixed(1)} ${unit}`,
    more: `${(ours - none).toFixed(1)} ${unit}`,
    limit,
  };
}
