import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { TaskPriority } from "../../lib/tasks.ts";
import { TaskPool } from "../../store/task-pool.ts";
import type { SwarmAgent, Work } from "./agent.ts";
import { Ohmymkt } from "./ohmymkt.ts";
import { Swarm } from "./swarm.ts";

class ExecutorAgent implements SwarmAgent {
  readonly name = "executor";
  readonly seen: string[] = [];
  async execute({ task, record }: Work): Promise<{ content: string }> {
    this.seen.push(record.id);
    await Bun.sleep(1);
    return { content: `did ${task}` };
  }
}

let pool: TaskPool;
let swarm: Swarm;
beforeEach(() => {
  pool = new TaskPool(":memory:", { heartbeatMs: 2000 });
  swarm = new Swarm(pool);
});
afterEach(async () => {
  await swarm.stop({ abort: true });
  pool.close();
});
const agent = (execute: (work: Work) => unknown, name = "worker", owner?: string): SwarmAgent => ({
  name,
  owner,
  execute,
});

/** Resolves with "late" when the promise takes longer than this. */
const within = async <T>(ms: number, promise: Promise<T>): Promise<T | "late"> =>
  Promise.race([promise, Bun.sleep(ms).then(() => "late" as const)]);

test("five agents of one class work twenty tasks off together, urgent ones first", async () => {
  const app = new Ohmymkt();
  const agents = Array.from({ length: 5 }, () => new ExecutorAgent());
  const names = agents.map((one) => app.getSwarm().registerAgent(one));
  expect(names).toEqual(["executor", "executor-2", "executor-3", "executor-4", "executor-5"]);
  const tasks = app.getTaskPool();
  for (let n = 1; n <= 20; n += 1)
    tasks.createTask({
      title: `Task ${n}`,
      description: `step ${n}`,
      priority: n <= 5 ? TaskPriority.HIGH : TaskPriority.MEDIUM,
    });
  const started: number[] = [];
  const summary = await app.getSwarm().start({
    maxConcurrency: 5,
    pollInterval: 1000,
    stopWhenEmpty: true,
    onTask: ({ task, outcome }) => void (outcome ?? started.push(task.priority)),
  });
  expect(summary).toEqual({ completed: 20, failed: 0, retried: 0, returned: 0, lost: 0 });
  expect(started.slice(0, 5)).toEqual([2, 2, 2, 2, 2]);
  expect(agents.every(({ seen }) => seen.length > 0)).toBe(true);
  expect(new Set(agents.flatMap(({ seen }) => seen)).size).toBe(20);
  expect(tasks.getTasks({ status: "completed" })[0]).toMatchObject({ result: "did step 1", assignedAgent: "executor" });
  expect(app.getSwarm().status()).toMatchObject({ running: false, stats: { completed: 20 } });
  app.close();
});

test("an agent gets the description, the metadata, the row, a signal and a heartbeat", async () => {
  const seen: Work[] = [];
  swarm.registerAgent(agent((work) => (seen.push(work), work.heartbeat("half way"), { n: 1 })));
  pool.createTask({ title: "Only a title", metadata: { format: "PDF" } });
  await swarm.start({ stopWhenEmpty: true });
  expect(seen).toMatchObject([
    { task: "Only a title", context: { format: "PDF" }, record: { title: "Only a title", status: "claimed" } },
  ]);
  expect(seen[0]?.signal.aborted).toBe(false);
  expect(pool.getTasks()).toMatchObject([{ status: "completed", result: '{"n":1}' }]);
  expect(JSON.stringify(pool.db.query("SELECT checkpoints FROM tasks").get())).toContain("half way");
});

describe("an agent that throws", () => {
  test.each<[string, SwarmAgent["execute"]]>([
    [
      "at once",
      () => {
        throw new Error("broken");
      },
    ],
    [
      "later",
      () =>
        Bun.sleep(2).then(() => {
          throw new Error("broken");
        }),
    ],
  ])("%s fails its task, and the others go on", async (_when, execute) => {
    swarm.registerAgent(agent((work) => (work.task === "bad" ? execute(work) : "fine")));
    pool.createTasks([{ title: "bad", id: "bad" }, { title: "good" }]);
    expect(await swarm.start({ stopWhenEmpty: true })).toMatchObject({ completed: 1, failed: 1 });
    expect(pool.getTask("bad")).toMatchObject({ status: "failed", error: "broken", attempts: 1 });
  });

  test("is tried again as often as the task says, after a pause", async () => {
    let tries = 0;
    swarm.registerAgent(
      agent(() => {
        tries += 1;
        if (tries < 3) throw new Error(`try ${tries}`);
        return "at last";
      }),
    );
    pool.createTask({ title: "T", id: "t", maxAttempts: 3 });
    expect(await swarm.start({ stopWhenEmpty: true, backoff: { baseMs: 20, maxMs: 100 } })).toEqual({
      completed: 1,
      failed: 0,
      retried: 2,
      returned: 0,
      lost: 0,
    });
    expect(pool.getTask("t")).toMatchObject({ status: "completed", result: "at last", attempts: 3, error: undefined });
  });
});

describe("stopWhenEmpty", () => {
  test("waits while a running task may still produce work", async () => {
    swarm.registerAgent(
      agent(async ({ task }) => {
        await Bun.sleep(30);
        if (task === "first") pool.createTask({ title: "second" });
      }),
    );
    swarm.registerAgent(agent(() => "idle helper", "helper"));
    pool.createTask({ title: "first" });
    expect(await swarm.start({ stopWhenEmpty: true, pollInterval: 10_000 })).toMatchObject({ completed: 2 });
  });

  test("waits for the worker of another process", async () => {
    swarm.registerAgent(agent(() => "done"));
    pool.createTasks([
      { title: "theirs", id: "theirs" },
      { title: "after", blockedBy: ["theirs"] },
    ]);
    pool.claimTask("somebody else");
    const run = swarm.start({ stopWhenEmpty: true, pollInterval: 20 });
    expect(await within(60, run)).toBe("late");
    pool.updateTask("theirs", { status: "completed" });
    expect(await within(5000, run)).toMatchObject({ completed: 1 });
  });

  test("does not wait for what can never run: behind a failure, or of an owner without an agent", async () => {
    swarm.registerAgent(
      agent(
        () => {
          throw new Error("no");
        },
        "a",
        "ann",
      ),
    );
    pool.createTasks([
      { title: "x", id: "x", owner: "ann" },
      { title: "y", blockedBy: ["x"] },
      { title: "z", owner: "bob" },
    ]);
    expect(await within(5000, swarm.start({ stopWhenEmpty: true }))).toMatchObject({ failed: 1, completed: 0 });
    expect(pool.getStats()).toMatchObject({ blocked: 1, ready: 1 });
  });
});

test("work that comes while all are idle starts at once, and idling asks the pool no more than once per interval", async () => {
  let looks = 0;
  const claimTask = pool.claimTask.bind(pool);
  pool.claimTask = (...args) => ((looks += 1), claimTask(...args));
  swarm.registerAgent(agent(() => "done"));
  swarm.registerAgent(agent(() => "done"));
  const begun = performance.now();
  const run = swarm.start({ pollInterval: 50 });
  while (looks < 4) await Bun.sleep(5);
  // Each of the two looks once at its start.
  expect(performance.now() - begun).toBeGreaterThanOrEqual(90);
  await swarm.stop();
  expect(await run).toMatchObject({ completed: 0 });

  const idle = swarm.start({ pollInterval: 60_000 });
  await Bun.sleep(20);
  pool.createTask({ title: "T", id: "t" });
  while (pool.getTask("t")?.status !== "completed") await Bun.sleep(5);
  await swarm.stop();
  expect(await idle).toMatchObject({ completed: 1 });
});

test("no more than maxConcurrency run at a time", async () => {
  let now = 0;
  let most = 0;
  for (let n = 0; n < 6; n += 1)
    swarm.registerAgent(
      agent(async () => {
        now += 1;
        most = Math.max(most, now);
        await Bun.sleep(3);
        now -= 1;
      }),
    );
  for (let n = 0; n < 12; n += 1) pool.createTask({ title: `${n}` });
  await swarm.start({ maxConcurrency: 2, stopWhenEmpty: true });
  expect(most).toBe(2);
});

describe("stopping", () => {
  test("stop lets running tasks end and takes no more", async () => {
    swarm.registerAgent(agent(() => Bun.sleep(30)));
    pool.createTasks([{ title: "a" }, { title: "b" }]);
    const run = swarm.start();
    await Bun.sleep(5);
    expect(swarm.status()).toMatchObject({ running: true, workers: [{ name: "worker", taskId: expect.any(String) }] });
    await swarm.stop();
    expect(await run).toMatchObject({ completed: 1 });
    expect(pool.getStats()).toMatchObject({ completed: 1, pending: 1 });
  });

  test("an abort reaches running agents; their tasks go back without a counted attempt", async () => {
    const abort = new AbortController();
    let told = false;
    swarm.registerAgent(
      agent(
        ({ signal }) =>
          new Promise((_resolve, reject) =>
            signal.addEventListener("abort", () => {
              told = true;
              reject(new Error("stopped"));
            }),
          ),
      ),
    );
    pool.createTask({ title: "T", id: "t" });
    const run = swarm.start({ signal: abort.signal });
    await Bun.sleep(5);
    abort.abort();
    expect(await within(5000, run)).toMatchObject({ returned: 1, failed: 0 });
    expect(told).toBe(true);
    expect(pool.getTask("t")).toMatchObject({ status: "pending", attempts: 0 });
  });

  test("an agent that ignores the abort is left behind, and its late result is refused", async () => {
    let finish = (_value: string): void => undefined;
    swarm.registerAgent(agent(() => new Promise<string>((resolve) => (finish = resolve))));
    pool.createTask({ title: "T", id: "t" });
    const run = swarm.start({ graceMs: 20 });
    await Bun.sleep(5);
    await swarm.stop({ abort: true });
    expect(await run).toMatchObject({ returned: 1 });
    finish("too late");
    await Bun.sleep(5);
    expect(pool.getTask("t")).toMatchObject({ status: "pending", result: undefined });
  });

  test("a task that takes too long is aborted and fails", async () => {
    swarm.registerAgent(
      agent(
        ({ signal }) =>
          new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))),
      ),
    );
    pool.createTask({ title: "T", id: "t" });
    expect(await swarm.start({ stopWhenEmpty: true, taskTimeoutMs: 20 })).toMatchObject({ failed: 1 });
    expect(pool.getTask("t")).toMatchObject({ status: "failed", error: "it took longer than 20 ms" });
  });

  test("a task that is cancelled under its agent is lost to it, and stays cancelled", async () => {
    swarm.registerAgent(agent(({ record }) => void pool.cancelTask(record.id, "changed our minds")));
    pool.createTask({ title: "T", id: "t" });
    expect(await swarm.start({ stopWhenEmpty: true })).toMatchObject({ lost: 1, completed: 0, failed: 0 });
    expect(pool.getTask("t")).toMatchObject({ status: "cancelled", error: "changed our minds" });
  });
});

test("a task with acceptance criteria is completed by results, and failed without", async () => {
  const results = [{ criterion: "is short", evidence: "12 words" }];
  swarm.registerAgent(agent(({ task }) => ({ content: task, results: task === "good" ? results : [] })));
  pool.createTasks([
    { title: "good", id: "good", acceptanceCriteria: ["is short"] },
    { title: "bad", id: "bad", acceptanceCriteria: ["is short"] },
  ]);
  await swarm.start({ stopWhenEmpty: true });
  expect(pool.getTask("good")).toMatchObject({ status: "completed", result: "good", results });
  expect(pool.getTask("bad")).toMatchObject({ status: "failed", error: expect.stringContaining('"is short"') });
});

test.each<[string, () => Promise<unknown>, RegExp]>([
  ["without an agent", () => new Swarm(pool).start(), /no agent/],
  [
    "twice",
    async () => {
      swarm.registerAgent(agent(() => 1));
      void swarm.start();
      return swarm.start();
    },
    /runs already/,
  ],
  [
    "with a concurrency of nothing",
    async () => {
      swarm.registerAgent(agent(() => 1));
      return swarm.start({ maxConcurrency: 0 });
    },
    /maxConcurrency/,
  ],
  [
    "with an interval of nothing",
    async () => {
      swarm.registerAgent(agent(() => 1));
      return swarm.start({ pollInterval: 0 });
    },
    /pollInterval/,
  ],
  ["with something that is no agent", async () => swarm.registerAgent(JSON.parse("{}")), /name and a method execute/],
])("starting %s is refused", async (_what, call, message) => {
  expect(await call().catch((error: unknown) => error)).toMatchObject({
    name: "OhmymktError",
    message: expect.stringMatching(message),
  });
});
