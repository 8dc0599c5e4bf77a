import { Database } from "bun:sqlite";
import { join } from "node:path";
import { POOL_ID } from "../src/store/local/pool/open.ts";
import { POOL_SCHEMA } from "../src/store/local/pool/schema.ts";
import { TaskPool } from "../src/store/task-pool.ts";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";
import { rawFlushes } from "./support/disk.ts";
import { jain, median, printBars, probe, quantile, round } from "./support/figures.ts";

/** How long do claims wait and who gets how much when ten processes share one pool? And what does full durability cost? */
const ROUNDS = Number(process.env["ROUNDS"] ?? 3);
const PROCESSES = 10;
const LASTS_MS = 3000;
/** Claims alone, as the design that they are measured against was, and whole tasks, which is twice the writes. */
const LOADS = ["0 complete", "2 complete", "2 claim-only"] as const;
type Load = (typeof LOADS)[number];
const SUBJECTS = ["plain-file", "busy-timeout", "ours"] as const;
type Subject = (typeof SUBJECTS)[number];
const NAMES: Record<Subject, string> = {
  "plain-file": "same statement, busy_timeout 5000, SQLite's default file",
  "busy-timeout": "same statement, busy_timeout 5000, our file",
  ours: "ours",
};

interface Outcome {
  done: number[];
  busy: number;
  latencies: number[];
}

using scratch = makeWorkspace();
let files = 0;
const outcomes = new Map<string, Outcome[]>();
for (let n = 0; n < ROUNDS; n += 1) {
  for (const load of LOADS) {
    for (const subject of SUBJECTS) {
      const key = `${subject} ${load}`;
      outcomes.set(key, [...(outcomes.get(key) ?? []), await contend(subject, load)]);
    }
  }
}
const figure = (subject: Subject, load: Load, read: (one: Outcome) => number): number =>
  median((outcomes.get(`${subject} ${load}`) ?? []).map(read));
console.log(`${PROCESSES} processes for ${LASTS_MS / 1000} s each, median of ${ROUNDS}`);
console.table(
  LOADS.flatMap((load) =>
    SUBJECTS.map((subject) => ({
      design: NAMES[subject],
      "think ms, then": load,
      "tasks/s": round(figure(subject, load, ({ done }) => (done.reduce((a, b) => a + b, 0) / LASTS_MS) * 1000)),
      "claim p50 ms": round(figure(subject, load, ({ latencies }) => quantile(latencies, 0.5))),
      "p99 ms": round(figure(subject, load, ({ latencies }) => quantile(latencies, 0.99))),
      "p99.9 ms": round(figure(subject, load, ({ latencies }) => quantile(latencies, 0.999))),
      "max ms": round(figure(subject, load, ({ latencies }) => quantile(latencies, 1))),
      jain: round(figure(subject, load, ({ done }) => jain(done))),
      "errors seen": figure(subject, load, ({ busy }) => busy),
    })),
  ),
);

const durability = { handOff: [] as number[], fsync: [] as number[] };
for (let n = 0; n < ROUNDS; n += 1) {
  durability.fsync.push(rawFlushes(scratch.directory));
  durability.handOff.push(durableHandOffs());
}
const [flushes, handOffs] = [median(durability.fsync), median(durability.handOff)];
console.log(
  `full durability: ${round(handOffs)} complete-and-claim-next a second, raw 4 KiB write and fsync ${round(flushes)} a second`,
);

const p99 = (subject: Subject, load: Load): number =>
  figure(subject, load, ({ latencies }) => quantile(latencies, 0.99));
printBars([
  {
    what: "claim p99 ÷ that of the plain busy-timeout design, 2 ms think time, claims alone",
    figure: p99("ours", "2 claim-only") / p99("plain-file", "2 claim-only"),
    most: 0.1,
  },
  {
    what: "the same ÷ busy timeout on a file laid out as ours",
    figure: p99("ours", "2 claim-only") / p99("busy-timeout", "2 claim-only"),
    most: 0.1,
  },
  {
    what: "the first with completions",
    figure: p99("ours", "2 complete") / p99("plain-file", "2 complete"),
    most: 0.1,
  },
  { what: "Jain index, no think time", figure: figure("ours", "0 complete", ({ done }) => jain(done)), least: 0.85 },
  { what: "Jain index, 2 ms think time", figure: figure("ours", "2 complete", ({ done }) => jain(done)), least: 0.95 },
  {
    what: "busy errors that reached a caller",
    figure: figure("ours", "0 complete", ({ busy }) => busy) + figure("ours", "2 complete", ({ busy }) => busy),
    most: 0,
  },
  { what: "full durability ÷ raw fsync rate", figure: handOffs / flushes, least: 0.7 },
]);

async function contend(subject: Subject, load: Load): Promise<Outcome> {
  const file = join(scratch.directory, `${(files += 1)}.db`);
  if (subject === "plain-file") makePlainFile(file);
  const pool = new TaskPool(file);
  // More than they can do, so that nobody runs dry.
  const [think, end] = load.split(" ") as [string, string];
  const tasks = think === "0" ? 80_000 : 30_000;
  for (let from = 0; from < tasks; from += 10_000)
    pool.createTasks(Array.from({ length: 10_000 }, (_, n) => ({ title: `Task ${from + n}`, priority: (n % 4) as 0 })));
  pool.close();
  const startAt = Date.now() + 1500;
  const command = (n: number): string[] => [
    process.execPath,
    join(import.meta.dir, "probes/contender.ts"),
    subject,
    file,
    `w${n}`,
    String(startAt),
    String(LASTS_MS),
    think,
    end,
  ];
  const all = await Promise.all(
    Array.from({ length: PROCESSES }, (_, n) => probe<{ done: number; busy: number; latencies: number[] }>(command(n))),
  );
  return {
    done: all.map(({ done }) => done),
    busy: all.reduce((sum, { busy }) => sum + busy, 0),
    latencies: all.flatMap(({ latencies }) => latencies),
  };
}

/** The pool's tables in a file as SQLite makes it: the larger pages stay when a pool opens it. */
function makePlainFile(file: string): void {
  using database = new Database(file, { strict: true });
  database.run("PRAGMA journal_mode = WAL");
  database.run(POOL_SCHEMA);
  database.run(`PRAGMA application_id = ${POOL_ID}`);
  database.run("PRAGMA user_version = 1");
}

function durableHandOffs(): number {
  const pool = new TaskPool(join(scratch.directory, `${(files += 1)}.db`), { durable: true });
  pool.createTasks(Array.from({ length: 3000 }, (_, n) => ({ title: `Task ${n}` })));
  let count = 0;
  const before = performance.now();
  for (let task = pool.claimTask("w"); task !== null; task = pool.completeAndClaim(task.id, "done", "w")) count += 1;
  const rate = (count / (performance.now() - before)) * 1000;
  pool.close();
  return rate;
}
