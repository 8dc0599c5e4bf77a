import { join } from "node:path";
import { TaskPool } from "../src/store/task-pool.ts";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";
import { median, printBars, quantile, round } from "./support/figures.ts";

/** Does a claim get slower as the pool grows? Flat pools up to a million tasks, and graphs of 100 layers in which each task waits for three others. */
const ROUNDS = Number(process.env["ROUNDS"] ?? 3);
/** A graph keeps what was completed, so all rounds together must fit into the smallest. */
const CLAIMS = 200;
const LAYERS = 100;
const FLAT = [1000, 10_000, 100_000, 1_000_000] as const;
const GRAPHS = [1000, 10_000, 100_000] as const;

interface Pool {
  kind: "flat" | "graph";
  tasks: number;
  pool: TaskPool;
  p50: number[];
  mean: number[];
  p99: number[];
  owned: number[];
}

using scratch = makeWorkspace();
const pools = [...FLAT.map((tasks) => prepare("flat", tasks)), ...GRAPHS.map((tasks) => prepare("graph", tasks))];
// One round over all of them warms up and is not counted; each round takes its claims back, so that every one meets the same pool.
for (let turn = -1; turn < ROUNDS; turn += 1) for (const one of pools) measure(one, turn >= 0);

console.log(`${CLAIMS} claims each, microseconds, median of ${ROUNDS} rounds in turn`);
console.table(
  pools.map(({ kind, tasks, pool, p50, mean, p99, owned }) => {
    const before = performance.now();
    pool.getStats();
    const stats = performance.now() - before;
    return {
      kind,
      tasks,
      "claim p50": round(median(p50)),
      mean: round(median(mean)),
      p99: round(median(p99)),
      "by owner p50": kind === "flat" ? round(median(owned)) : "",
      "statistics ms": round(stats),
    };
  }),
);
const p50 = (kind: Pool["kind"], tasks: number): number =>
  median(pools.find((one) => one.kind === kind && one.tasks === tasks)?.p50 ?? []);
printBars([
  { what: "claim p50 at 1M ÷ at 1k", figure: p50("flat", 1_000_000) / p50("flat", 1000), most: 1.2 },
  { what: "claim p50 in a graph of 100k ÷ of 1k", figure: p50("graph", 100_000) / p50("graph", 1000), most: 1.5 },
]);
for (const { pool } of pools) pool.close();

function prepare(kind: Pool["kind"], tasks: number): Pool {
  const pool = new TaskPool(join(scratch.directory, `${kind}-${tasks}.db`));
  const perLayer = tasks / LAYERS;
  const blockers = (n: number): string[] => {
    const layer = Math.floor(n / perLayer);
    return kind === "flat" || layer === 0
      ? []
      : [0, 1, 2].map((step) => `t${(layer - 1) * perLayer + ((n * 7 + step * 3) % perLayer)}`);
  };
  for (let from = 0; from < tasks; from += 10_000) {
    const size = Math.min(10_000, tasks - from);
    pool.createTasks(
      Array.from({ length: size }, (_, n) => ({
        title: `Task ${from + n}`,
        description: "Some work to do",
        id: `t${from + n}`,
        priority: ((from + n) % 4) as 0,
        owner: `owner-${n % 10}`,
        blockedBy: blockers(from + n),
      })),
    );
  }
  return { kind, tasks, pool, p50: [], mean: [], p99: [], owned: [] };
}

function measure(one: Pool, counts: boolean): void {
  const any = claims(one, undefined);
  const owned = one.kind === "flat" ? claims(one, "owner-0") : [];
  if (!counts) return;
  one.p50.push(quantile(any, 0.5));
  one.p99.push(quantile(any, 0.99));
  one.mean.push(any.reduce((sum, micros) => sum + micros, 0) / any.length);
  one.owned.push(quantile(owned, 0.5));
}

function claims({ pool, kind, tasks }: Pool, owner: string | undefined): number[] {
  const micros: number[] = [];
  const held: string[] = [];
  const most = owner === undefined ? CLAIMS : Math.min(CLAIMS, tasks / 20);
  while (micros.length < most) {
    const before = performance.now();
    const task = pool.claimTask("w", { owner });
    const took = performance.now() - before;
    if (task === null) break;
    micros.push(took * 1000);
    held.push(task.id);
    // Completed at once, which frees the next layer.
    if (kind === "graph") pool.updateTask(task.id, { status: "completed" });
  }
  if (kind === "flat") for (const id of held) pool.requeueTask(id, { countAttempt: false });
  return micros;
}
