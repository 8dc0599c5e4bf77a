import { expect, test } from "bun:test";
import fc from "fast-check";
import { OhmymktError } from "../../../errors.ts";
import { TaskPool } from "../../task-pool.ts";

const FULL = process.env["OHMYMKT_FULL"] === "1";
const LARGEST = FULL ? 2000 : 300;
const RUNS = FULL ? 40 : 25;

/** A shape, made from a seed so that large graphs stay cheap to generate and every failure can be repeated. */
interface Shape {
  size: number;
  edgesPerTask: number;
  lateEdges: number;
  workers: number;
  seed: number;
}

const Shapes = fc.record<Shape>({
  size: fc.integer({ min: 1, max: LARGEST }),
  edgesPerTask: fc.integer({ min: 0, max: 4 }),
  lateEdges: fc.integer({ min: 0, max: 60 }),
  workers: fc.integer({ min: 1, max: 8 }),
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
});

/** Park and Miller's generator. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed % 2147483647 || 1;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

/** The graph as the test knows it, independent of the pool. */
class Model {
  readonly blockers = new Map<string, Set<string>>();

  add(task: string, blocker: string): void {
    this.blockers.get(task)?.add(blocker);
  }

  /** Whether `from` waits for `to`, directly or not. */
  reaches(from: string, to: string): boolean {
    const seen = new Set<string>();
    const open = [from];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === to) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(this.blockers.get(next) ?? []));
    }
    return false;
  }
}

test(`random graphs of up to ${LARGEST} tasks run every task once, after its blockers, without a standstill; circles are refused`, () => {
  fc.assert(
    fc.property(Shapes, ({ size, edgesPerTask, lateEdges, workers, seed }) => {
      const random = randomFrom(seed);
      const pool = new TaskPool();
      const model = new Model();
      const ids = Array.from({ length: size }, (_, n) => `t${n}`);
      for (const id of ids) model.blockers.set(id, new Set());
      // Half of the tasks come in one call in any order, so that they name blockers that come later; each edge goes to a lower rank.
      for (let rank = 1; rank < size; rank += 1)
        for (let edge = random(edgesPerTask + 1); edge > 0; edge -= 1) model.add(`t${rank}`, `t${random(rank)}`);
      const input = (id: string) => ({
        title: id,
        id,
        priority: random(4) as 0,
        blockedBy: [...(model.blockers.get(id) ?? [])],
      });
      const half = Math.floor(size / 2);
      if (half > 0) pool.createTasks(shuffled(ids.slice(0, half), random).map(input));
      for (const id of ids.slice(half)) pool.createTask(input(id));
      for (let edge = 0; edge < lateEdges; edge += 1)
        addLate(pool, model, ids[random(size)] ?? "", ids[random(size)] ?? "");
      drain(pool, model, size, workers, random);
      pool.close();
    }),
    { numRuns: RUNS },
  );
}, 300_000);

function shuffled<T>(list: readonly T[], random: (below: number) => number): T[] {
  return list
    .map((item) => ({ item, key: random(1 << 30) }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** The pool accepts the edge exactly when it closes no circle. */
function addLate(pool: TaskPool, model: Model, task: string, blocker: string): void {
  const closes = model.reaches(blocker, task);
  let refused = false;
  try {
    pool.addBlockers(task, [blocker]);
    model.add(task, blocker);
  } catch (error) {
    if (!(error instanceof OhmymktError) || error.code !== "invalid_arguments") throw error;
    refused = true;
  }
  expect({ task, blocker, refused }).toEqual({ task, blocker, refused: closes });
}

/** Several workers that finish in any order, some by handing over. */
function drain(pool: TaskPool, model: Model, size: number, workers: number, random: (below: number) => number): void {
  const done = new Set<string>();
  const held: string[] = [];
  const started = (id: string): void => {
    for (const blocker of model.blockers.get(id) ?? [])
      if (!done.has(blocker)) throw new Error(`${id} ran before ${blocker}`);
    held.push(id);
  };
  for (;;) {
    while (held.length < workers) {
      const task = pool.claimTask("w");
      if (task === null) break;
      started(task.id);
    }
    const id = held.splice(random(held.length || 1), 1)[0];
    if (id === undefined) break;
    done.add(id);
    const next =
      random(2) === 0 ? pool.completeAndClaim(id, "ok", "w") : (pool.updateTask(id, { status: "completed" }), null);
    if (next !== null) started(next.id);
  }
  expect(done.size).toBe(size);
  expect(pool.getStats()).toMatchObject({ total: size, completed: size });
}
