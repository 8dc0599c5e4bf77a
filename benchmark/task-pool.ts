import { join } from "node:path";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";
import { rawFlushes } from "./support/disk.ts";
import { median, printBars, probe, round } from "./support/figures.ts";
import { peersFolder } from "./support/peers.ts";

/** How many tasks a second, beside the requirement's documented algorithm and plainjob? All in turn, so that what slows the machine slows each. */
const ROUNDS = Number(process.env["ROUNDS"] ?? 3);
const SIZES: readonly [tasks: number, workers: number][] = [
  [1000, 1],
  [1000, 10],
  [10_000, 1],
  [10_000, 10],
];
const SUBJECTS = ["seed", "plainjob", "plainjob-read", "plain", "dag", "handoff", "durable"] as const;
type Subject = (typeof SUBJECTS)[number];

const NAMES: Record<Subject, string> = {
  seed: "documented algorithm, better-sqlite3, default file",
  plainjob: "plainjob, claims give an id only",
  "plainjob-read": "plainjob, job read after the claim as its worker does",
  plain: "ours, plain calls",
  dag: "ours, plain calls, every tenth task depends on another",
  handoff: "ours, complete-and-claim-next",
  durable: "ours, complete-and-claim-next, every commit flushed",
};

interface Times {
  create: number;
  claim: number;
  complete: number;
}

const peers = peersFolder();
using scratch = makeWorkspace();
const probes = join(import.meta.dir, "probes");
let files = 0;
// Node runs it, because better-sqlite3 refuses Bun; Node knows no types.
const seed = join(scratch.directory, "seed-pool.mjs");
await Bun.write(
  seed,
  await new Bun.Transpiler({ loader: "ts" }).transform(await Bun.file(join(probes, "seed-pool.ts")).text()),
);

// The documented algorithm takes a minute for 10,000 tasks; TASKS=1000 measures the small size alone.
const only = Number(process.env["TASKS"] ?? 0);
for (const [tasks, workers] of SIZES.filter(([size]) => only === 0 || size === only)) {
  const times = new Map<Subject, Times[]>(SUBJECTS.map((subject) => [subject, []]));
  for (let turn = 0; turn < ROUNDS; turn += 1)
    for (const subject of SUBJECTS) times.get(subject)?.push(await measure(subject, tasks, workers));
  report(tasks, workers, times);
}

function measure(subject: Subject, tasks: number, workers: number): Promise<Times> {
  const rest = [peers, join(scratch.directory, `${(files += 1)}.db`), String(tasks), String(workers)];
  return subject === "seed"
    ? probe(["node", seed, ...rest])
    : probe([process.execPath, join(probes, "pool.ts"), subject, ...rest]);
}

function report(tasks: number, workers: number, times: ReadonlyMap<Subject, Times[]>): void {
  const rate = (subject: Subject, cost: (one: Times) => number): number =>
    tasks / (median(times.get(subject)?.map(cost) ?? []) / 1000);
  const drain = (one: Times): number => one.claim + one.complete;
  const total = (one: Times): number => one.create + drain(one);
  console.log(
    `\nthe disk takes ${round(rawFlushes(scratch.directory))} flushed pages a second now; the documented algorithm waits for it, and its figure goes with it`,
  );
  console.log(`${tasks} tasks, ${workers} worker(s), tasks a second, median of ${ROUNDS}`);
  console.table(
    SUBJECTS.map((subject) => ({
      what: NAMES[subject],
      create: round(rate(subject, (one) => one.create)),
      "claim+complete": round(rate(subject, drain)),
      all: round(rate(subject, total)),
      "claim+complete ÷ seed": round(rate(subject, drain) / rate("seed", drain)),
      "÷ plainjob": round(rate(subject, drain) / rate("plainjob", drain)),
      "all ÷ seed": round(rate(subject, total) / rate("seed", total)),
      "all ÷ plainjob": round(rate(subject, total) / rate("plainjob", total)),
    })),
  );
  const against = (subject: Subject, other: Subject): number => rate(subject, drain) / rate(other, drain);
  printBars([
    { what: "plain calls ÷ documented algorithm", figure: against("plain", "seed"), least: 20 },
    { what: "plain calls ÷ plainjob", figure: against("plain", "plainjob"), least: 0.8 },
    { what: "complete-and-claim-next ÷ documented algorithm", figure: against("handoff", "seed"), least: 35, goal: 45 },
    { what: "complete-and-claim-next ÷ plainjob", figure: against("handoff", "plainjob"), least: 1.3, goal: 1.7 },
  ]);
}
