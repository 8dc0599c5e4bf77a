import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { HEARTBEAT, poolBench, refusal, type PoolBench } from "../testing/pool-bench.ts";
import { TaskPool } from "./task-pool.ts";

const LEASE = 1750;
let bench: PoolBench;
let pool: TaskPool;

beforeEach(() => {
  bench = poolBench();
  ({ pool } = bench);
});
afterEach(() => bench.dispose());

describe("leases", () => {
  test("an expired lease returns the task, and the dead worker's writes are refused", () => {
    const [dead, alive] = [bench.open(bench.file()), bench.open(bench.file())];
    const { id } = dead.createTask({ title: "T" });
    bench.claimed("dead", dead);
    bench.now += LEASE - 1;
    expect(alive.claimTask("alive")).toBeNull();
    bench.now += 1;
    expect(alive.claimTask("alive")).toMatchObject({ id, attempts: 2, assignedAgent: "alive" });
    for (const write of [
      () => dead.updateTask(id, { status: "completed", result: "late" }),
      () => dead.updateTask(id, { result: "late" }),
      () => dead.updateTask(id, { status: "in_progress" }),
      () => dead.updateTask(id, { status: "failed", error: "late" }),
      () => dead.updateTask(id, { status: "pending" }),
      () => dead.failTask(id, "late"),
      () => dead.requeueTask(id),
      () => dead.heartbeat(id),
      () => dead.completeAndClaim(id, "late", "dead"),
    ]) {
      expect(refusal(write)).toMatchObject({ code: "stale" });
    }
    expect(alive.updateTask(id, { status: "completed", result: "mine" })).toMatchObject({
      result: "mine",
      error: undefined,
    });
    expect(refusal(() => dead.updateTask(id, { status: "completed" }))).toMatchObject({ code: "invalid_transition" });
    dead.close();
    alive.close();
  });

  test("a live pool keeps its leases while its loop never yields", () => {
    const { id } = pool.createTask({ title: "held" });
    bench.claimed();
    for (let n = 0; n < 10; n += 1) {
      bench.now += HEARTBEAT;
      expect(pool.claimTask("other")).toBeNull();
    }
    expect(pool.updateTask(id, { status: "completed" })).toMatchObject({ attempts: 1 });
  });

  test("a live pool keeps its leases by a timer while it waits", async () => {
    const [holder, other] = [
      new TaskPool(bench.file(), { heartbeatMs: 60 }),
      new TaskPool(bench.file(), { heartbeatMs: 60 }),
    ];
    const { id } = holder.createTask({ title: "T" });
    bench.claimed("w", holder);
    await Bun.sleep(400);
    expect(other.claimTask("thief")).toBeNull();
    expect(holder.updateTask(id, { status: "completed" })).toMatchObject({ status: "completed", attempts: 1 });
    holder.close();
    other.close();
  });

  test("the last attempt that expires fails the task", () => {
    const path = bench.file();
    const { id } = pool.createTask({ title: "unused" });
    pool.deleteTask(id);
    const maker = bench.open(path);
    maker.createTask({ title: "T", id: "t", maxAttempts: 2 });
    maker.createTask({ title: "D", id: "d" });
    const seen: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      const worker = bench.open(path);
      for (let task = worker.claimTask("w"); task !== null; task = worker.claimTask("w")) seen.push(task.id);
      worker.close();
      bench.now += LEASE;
    }
    expect(maker.reap()).toEqual({ returned: [], failed: [] });
    expect(seen.toSorted()).toEqual(["d", "d", "d", "t", "t"]);
    expect(maker.getTask("t")).toMatchObject({
      status: "failed",
      attempts: 2,
      error: expect.stringContaining("expired"),
    });
    maker.close();
  });

  test("a cancelled task is taken from its worker", () => {
    const { id } = pool.createTask({ title: "T" });
    bench.claimed();
    expect(pool.cancelTask(id, "no longer wanted")).toMatchObject({ status: "cancelled", error: "no longer wanted" });
    expect(refusal(() => pool.updateTask(id, { status: "completed" }))).toMatchObject({ code: "invalid_transition" });
    expect(refusal(() => pool.failTask(id, "x"))).toMatchObject({ code: "stale" });
  });
});

describe("retries", () => {
  test("a failed attempt comes back after a pause that doubles, and the last one fails", () => {
    const { id } = pool.createTask({ title: "T", maxAttempts: 3 });
    const pauses: number[] = [];
    for (let attempt = 1; attempt < 3; attempt += 1) {
      bench.claimed();
      const back = pool.failTask(id, `attempt ${attempt}`, { backoff: { baseMs: 200, maxMs: 10_000 } });
      expect(back).toMatchObject({
        status: "pending",
        error: `attempt ${attempt}`,
        attempts: attempt,
        assignedAgent: undefined,
      });
      pauses.push((back.notBefore ?? 0) - bench.now);
      bench.now = (back.notBefore ?? 0) - 1;
      expect(pool.claimTask("w")).toBeNull();
      bench.now += 1;
    }
    expect(pauses).toEqual([200, 400]);
    bench.claimed();
    expect(pool.failTask(id, "attempt 3")).toMatchObject({ status: "failed", attempts: 3, completedAt: bench.now });
  });

  test("a task given back without fault keeps its attempts, but not its token", () => {
    const { id } = pool.createTask({ title: "T", maxAttempts: 1 });
    bench.claimed();
    expect(pool.requeueTask(id, { countAttempt: false })).toMatchObject({ status: "pending", attempts: 0 });
    expect(bench.claimed()).toMatchObject({ attempts: 1 });
    expect(pool.requeueTask(id)).toMatchObject({ status: "failed", attempts: 1 });
  });
});
