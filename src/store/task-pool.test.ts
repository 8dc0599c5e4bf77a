import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, readFileSync } from "node:fs";
import { TASK_TRANSITIONS, TaskPriority, TaskStatus, TASK_STATUSES } from "../lib/tasks.ts";
import { poolBench, refusal, type PoolBench } from "../testing/pool-bench.ts";
import type { TaskPool } from "./task-pool.ts";

let bench: PoolBench;
let pool: TaskPool;

beforeEach(() => {
  bench = poolBench();
  ({ pool } = bench);
});
afterEach(() => bench.dispose());

describe("the life of a task", () => {
  test("created, claimed, worked on and completed, with times set by the pool", () => {
    const task = pool.createTask({
      title: "Write the login page",
      description: "Copy and headline",
      priority: TaskPriority.HIGH,
      metadata: { framework: "Astro" },
    });
    expect(task).toMatchObject({
      status: "pending",
      priority: 2,
      createdAt: bench.now,
      updatedAt: bench.now,
      metadata: { framework: "Astro" },
      attempts: 0,
    });
    expect(task.assignedAgent).toBeUndefined();
    bench.now += 10;
    expect(pool.claimTask("agent-1")).toMatchObject({
      id: task.id,
      status: "claimed",
      assignedAgent: "agent-1",
      startedAt: bench.now,
      updatedAt: bench.now,
    });
    bench.now += 10;
    expect(pool.updateTask(task.id, { status: TaskStatus.IN_PROGRESS })).toMatchObject({
      status: "in_progress",
      startedAt: bench.now - 10,
      updatedAt: bench.now,
    });
    bench.now += 10;
    expect(pool.updateTask(task.id, { status: TaskStatus.COMPLETED, result: "done" })).toMatchObject({
      status: "completed",
      completedAt: bench.now,
      result: "done",
      assignedAgent: "agent-1",
    });
    expect(pool.getTask(task.id)).toMatchObject({ status: "completed", result: "done" });
  });

  test("a failure that an update states is final and keeps its message", () => {
    const { id } = pool.createTask({ title: "T" });
    bench.claimed();
    expect(
      pool.updateTask(id, { status: TaskStatus.FAILED, error: "no network", metadata: { lastError: "x" } }),
    ).toMatchObject({
      status: "failed",
      error: "no network",
      completedAt: bench.now,
      metadata: { lastError: "x" },
    });
    expect(pool.claimTask("other")).toBeNull();
  });

  test("what create returns is what the pool holds", () => {
    const made = [
      pool.createTask({ title: "A" }),
      pool.createTask({
        title: "B",
        description: "d",
        priority: 0,
        metadata: { deep: { list: [1, null] } },
        id: "b",
        owner: "o",
        maxAttempts: 2,
        acceptanceCriteria: ["c"],
      }),
    ];
    const last = pool.createTask({ title: "C", blockedBy: ["b", "b"] });
    for (const task of [...made, last]) expect(pool.getTask(task.id)).toEqual(task);
  });

  test("LOW is 0 and stays 0; MEDIUM is the default", () => {
    expect(pool.createTask({ title: "T", priority: TaskPriority.LOW }).priority).toBe(0);
    expect(pool.getTasks({ priority: TaskPriority.LOW })).toHaveLength(1);
    expect(pool.createTask({ title: "T" }).priority).toBe(1);
  });

  test("claims go by priority, then age; null when there is nothing", () => {
    const order = [1, 3, 0, 3, 2, 1].map(
      (priority, index) => pool.createTask({ title: `${priority}-${index}`, priority: priority as TaskPriority }).title,
    );
    expect(order).toHaveLength(6);
    expect(Array.from({ length: 7 }, () => pool.claimTask("w")?.title ?? null)).toEqual([
      "3-1",
      "3-3",
      "2-4",
      "1-0",
      "1-5",
      "0-2",
      null,
    ]);
  });

  test("a listing has the order of claims and every filter", () => {
    for (const [title, priority] of [
      ["a", 1],
      ["b", 3],
      ["c", 1],
    ] as const)
      pool.createTask({ title, priority });
    bench.claimed("agent-1");
    const titles = (filter?: Parameters<TaskPool["getTasks"]>[0]) => pool.getTasks(filter).map(({ title }) => title);
    expect(titles()).toEqual(["b", "a", "c"]);
    expect(titles({ status: "pending" })).toEqual(["a", "c"]);
    expect(titles({ assignedAgent: "agent-1" })).toEqual(["b"]);
    expect(titles({ priority: 1 })).toEqual(["a", "c"]);
    expect(titles({ status: "pending", priority: 3 })).toEqual([]);
  });

  test("statistics count every state", () => {
    for (let n = 0; n < 6; n += 1) pool.createTask({ title: `${n}` });
    pool.createTask({ title: "blocked", blockedBy: [pool.getTasks()[5]?.id ?? ""] });
    bench.claimed();
    pool.updateTask(bench.claimed().id, { status: "in_progress" });
    pool.updateTask(bench.claimed().id, { status: "completed" });
    pool.updateTask(bench.claimed().id, { status: "failed" });
    pool.failTask(bench.claimed().id, "later");
    const sixth = pool.getTasks({ status: "pending" }).find(({ title }) => title === "5");
    pool.createTask({ title: "gone", id: "gone" });
    pool.updateTask("gone", { status: "cancelled" });
    expect(sixth).toBeDefined();
    expect(pool.getStats()).toEqual({
      total: 8,
      pending: 3,
      claimed: 1,
      inProgress: 1,
      completed: 1,
      failed: 1,
      cancelled: 1,
      ready: 1,
      blocked: 1,
      delayed: 1,
    });
  });

  test("deleting tells whether there was one; clearing leaves nothing", () => {
    const { id } = pool.createTask({ title: "T" });
    expect([pool.deleteTask(id), pool.deleteTask(id), pool.getTask(id)]).toEqual([true, false, null]);
    pool.createTasks([
      { title: "a", id: "a" },
      { title: "b", blockedBy: ["a"] },
    ]);
    pool.clearAll();
    expect([pool.getTasks(), pool.getStats().total]).toEqual([[], 0]);
  });

  test("updating what is not there gives null", () => {
    expect(pool.updateTask("ghost", { status: "cancelled" })).toBeNull();
    expect(pool.updateTask("ghost", { metadata: {} })).toBeNull();
  });
});

describe("transitions", () => {
  const reach = (status: TaskStatus): string => {
    const { id } = pool.createTask({ title: status });
    if (status === "pending") return id;
    if (status !== "cancelled") pool.claimTask("w", { id });
    if (status !== "claimed") pool.updateTask(id, { status });
    return id;
  };
  test.each(TASK_STATUSES.flatMap((from) => TASK_STATUSES.map((to) => [from, to] as const)))("%s → %s", (from, to) => {
    const id = reach(from);
    const before = pool.getTask(id);
    const allowed: readonly string[] = TASK_TRANSITIONS[from];
    if (allowed.includes(to)) expect(pool.updateTask(id, { status: to })).toMatchObject({ status: to });
    else {
      expect(refusal(() => pool.updateTask(id, { status: to }))).toMatchObject({ code: "invalid_transition" });
      expect(pool.getTask(id)).toEqual(before);
    }
  });

  test("pending → in_progress claims: nobody else gets the task, and it can be completed", () => {
    const { id } = pool.createTask({ title: "T" });
    pool.updateTask(id, { status: "in_progress", assignedAgent: "me" });
    expect(pool.claimTask("other")).toBeNull();
    expect(pool.getTask(id)).toMatchObject({ assignedAgent: "me", attempts: 1 });
    expect(pool.updateTask(id, { status: "completed" })).toMatchObject({ status: "completed" });
  });
});

describe("queries and loops of the user", () => {
  test("the database answers custom queries by column name", () => {
    pool.createTask({ title: "long" });
    pool.updateTask(bench.claimed("agent-1").id, { status: "in_progress" });
    pool.createTask({ title: "bad" });
    pool.updateTask(bench.claimed("agent-2").id, { status: "failed", error: "the database is away" });
    bench.now += 600_000;
    expect(
      pool.db.prepare(`SELECT * FROM tasks WHERE status = 'in_progress' AND (? - started_at) > 300000`).all(bench.now),
    ).toMatchObject([{ title: "long", assigned_agent: "agent-1" }]);
    expect(
      pool.db.prepare(`SELECT title FROM tasks WHERE status = 'failed' AND error LIKE '%database%'`).all(),
    ).toEqual([{ title: "bad" }]);
    expect(
      pool["db"]
        .prepare(
          `SELECT assigned_agent, priority, COUNT(*) AS count FROM tasks WHERE assigned_agent IS NOT NULL GROUP BY assigned_agent, priority ORDER BY assigned_agent`,
        )
        .all(),
    ).toEqual([
      { assigned_agent: "agent-1", priority: 1, count: 1 },
      { assigned_agent: "agent-2", priority: 1, count: 1 },
    ]);
  });

  test("a producer and a consumer loop work the pool empty", async () => {
    for (const text of ["one", "two", "three"])
      pool.createTask({ title: "Background work", description: text, priority: TaskPriority.LOW });
    const done: string[] = [];
    const processNext = async (agent: string): Promise<boolean> => {
      const task = pool.claimTask(agent);
      if (task === null) return false;
      try {
        if (task.description === "two") throw new Error("broken");
        done.push(task.description);
        pool.updateTask(task.id, { status: TaskStatus.COMPLETED });
        return true;
      } catch (error) {
        pool.updateTask(task.id, { status: TaskStatus.FAILED, error: String(error) });
        return false;
      }
    };
    let turns = 0;
    while ((await processNext("worker-1")) || turns < 1) turns += 1;
    while (await processNext("worker-1")) turns += 1;
    expect(done).toEqual(["one", "three"]);
    expect(pool.getStats()).toMatchObject({ completed: 2, failed: 1, pending: 0 });
  });

  test("old tasks can be written to a file and deleted by hand, and their dependents are not lost", () => {
    pool.createTasks([
      { title: "old", id: "old" },
      { title: "bad", id: "bad" },
      { title: "next", id: "next", blockedBy: ["old"] },
      { title: "stuck", id: "stuck", blockedBy: ["bad"] },
    ]);
    pool.updateTask(bench.claimed().id, { status: "completed" });
    pool.updateTask(bench.claimed().id, { status: "failed" });
    bench.now += 8 * 24 * 3_600_000;
    const before = bench.now - 7 * 24 * 3_600_000;
    const rows = pool.db
      .prepare(`SELECT * FROM tasks WHERE (status = 'completed' OR status = 'failed') AND completed_at < ?`)
      .all(before);
    appendFileSync(bench.file("archive.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
    pool.db
      .prepare(`DELETE FROM tasks WHERE (status = 'completed' OR status = 'failed') AND completed_at < ?`)
      .run(before);
    expect(readFileSync(bench.file("archive.jsonl"), "utf8").split("\n")).toHaveLength(2);
    expect(pool.getTasks().map(({ id, blockedBy }) => [id, blockedBy])).toEqual([
      ["next", []],
      ["stuck", []],
    ]);
    expect([pool.claimTask("w")?.id, pool.claimTask("w")?.id]).toEqual(["next", "stuck"]);
  });

  test("archive moves old finished tasks away, keeps those that others wait for, and their ids stay taken", () => {
    pool.createTasks([
      { title: "a", id: "a" },
      { title: "b", id: "b" },
      { title: "c", id: "c", blockedBy: ["b"] },
      { title: "d", id: "d" },
    ]);
    pool.updateTask(bench.claimed().id, { status: "completed" });
    pool.updateTask(bench.claimed().id, { status: "failed" });
    bench.now += 8 * 24 * 3_600_000;
    expect([pool.archive(9), pool.archive()]).toEqual([0, 1]);
    expect(pool.getTasks().map(({ id }) => id)).toEqual(["b", "c", "d"]);
    expect(pool.db.prepare("SELECT id, status FROM tasks_archive").all()).toEqual([{ id: "a", status: "completed" }]);
    expect(refusal(() => pool.createTask({ title: "again", id: "a" }))).toMatchObject({ code: "invalid_arguments" });
    expect(pool.createTask({ title: "after", blockedBy: ["a"] }).status).toBe("pending");
    expect(pool.claimTask("w")?.id).toBe("d");
    expect(pool.claimTask("w")?.title).toBe("after");
  });

  test("a retry loop of the user's own keeps its count in the metadata", () => {
    const { id } = pool.createTask({ title: "T", metadata: { kind: "x" } });
    const task = bench.claimed();
    pool.updateTask(id, { metadata: { ...task.metadata, attempts: 2, lastError: "Timeout" } });
    expect(pool.updateTask(id, { status: "completed", result: JSON.stringify({ ok: true }) })).toMatchObject({
      metadata: { kind: "x", attempts: 2, lastError: "Timeout" },
    });
  });
});

describe("dependencies", () => {
  test("a task waits until all blockers are completed, and completing hands over what became ready", () => {
    pool.createTasks([
      { title: "last", id: "z", blockedBy: ["x", "y"], priority: 3 },
      { title: "x", id: "x" },
      { title: "y", id: "y" },
    ]);
    const first = bench.claimed();
    const second = pool.completeAndClaim(first.id, "ok", "w");
    expect([first.id, second?.id]).toEqual(["x", "y"]);
    expect(pool.completeAndClaim("y", "ok", "w")?.id).toBe("z");
    expect(pool.completeAndClaim("z", undefined, "w")).toBeNull();
  });

  test("dependencies can be added and taken off later; circles are refused", () => {
    pool.createTasks([
      { title: "a", id: "a" },
      { title: "b", id: "b", blockedBy: ["a"] },
      { title: "c", id: "c", blockedBy: ["b"] },
    ]);
    expect(refusal(() => pool.addBlockers("a", ["c"]))).toMatchObject({
      code: "invalid_arguments",
      message: expect.stringContaining("circle"),
    });
    expect(pool.addBlockers("c", ["a"]).blockedBy).toEqual(["a", "b"]);
    expect(pool.removeBlockers("c", ["b", "nothing"]).blockedBy).toEqual(["a"]);
    expect(pool.addBlockers("a", []).blockedBy).toEqual([]);
    pool.updateTask(bench.claimed().id, { status: "completed" });
    expect([bench.claimed().id, bench.claimed().id]).toEqual(["b", "c"]);
    expect(refusal(() => pool.addBlockers("b", ["c"]))).toMatchObject({ code: "invalid_transition" });
  });

  test("a blocker that others wait for cannot be deleted", () => {
    pool.createTasks([
      { title: "a", id: "a" },
      { title: "b", id: "b", blockedBy: ["a"] },
    ]);
    expect(refusal(() => pool.deleteTask("a"))).toMatchObject({
      code: "invalid_transition",
      message: expect.stringContaining("b"),
    });
    pool.cancelTask("b");
    expect(pool.deleteTask("a")).toBe(true);
  });
});

describe("owners and modules", () => {
  test("a claim can be narrowed to an owner or to one task", () => {
    pool.createTasks([
      { title: "x", id: "x" },
      { title: "y", id: "y", owner: "ann" },
      { title: "z", id: "z", owner: "bob", priority: 3 },
    ]);
    expect(pool.claimTask("w", { owner: "ann" })?.id).toBe("y");
    expect(pool.claimTask("w", { owner: "ann" })).toBeNull();
    expect(pool.claimTask("w", { id: "x" })?.id).toBe("x");
    expect(refusal(() => pool.claimTask("w", { id: "z", owner: "ann" }))).toMatchObject({ code: "not_allowed" });
  });
});
