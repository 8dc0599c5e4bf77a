import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { TaskPool } from "../../store/task-pool.ts";
import type { SwarmAgent, Work } from "./agent.ts";
import { autopilot, eco, swarm, ultra } from "./modes.ts";
import { Ohmymkt } from "./ohmymkt.ts";
import { fanIn, fanOut, parallel, type PatternResult, pipeline, sequential } from "./patterns.ts";

let pool: TaskPool;
beforeEach(() => {
  pool = new TaskPool(":memory:", { heartbeatMs: 2000 });
});
afterEach(() => pool.close());
const agent = (name: string, execute: (work: Work) => unknown = ({ task }) => `${name}: ${task}`): SwarmAgent => ({
  name,
  execute,
});

describe("modes", () => {
  test("swarm: agents compete for what is in the pool", async () => {
    for (const title of ["a", "b", "c"]) pool.createTask({ title });
    expect(await swarm(pool, [agent("x"), agent("y")])).toMatchObject({ completed: 3 });
  });

  test("ultra: each task by its own agent, in parallel, as rows of the pool", async () => {
    let now = 0;
    let most = 0;
    const busy = async ({ task }: Work): Promise<string> => {
      most = Math.max(most, (now += 1));
      await Bun.sleep(5);
      now -= 1;
      if (task === "bad") throw new Error("no");
      return task;
    };
    const result = await ultra(
      pool,
      ["one", "bad", "three"].map((title) => ({ title, agent: agent(`agent ${title}`, busy) })),
    );
    expect(most).toBe(3);
    expect(result.completed).toBe(false);
    expect(result.tasks.map(({ status, assignedAgent, result: text }) => [status, assignedAgent, text])).toEqual([
      ["completed", "agent one", "one"],
      ["failed", "agent bad", undefined],
      ["completed", "agent three", "three"],
    ]);
    expect(pool.getTasks()).toHaveLength(3);
  });

  test("ultra: a running swarm does not take its tasks", async () => {
    const app = new Ohmymkt();
    app.getSwarm().registerAgent(agent("swarm"));
    const running = app.getSwarm().start();
    const { tasks } = await app.ultra(
      ["a", "b", "c"].map((title) => ({ title, agent: agent("mine", () => Bun.sleep(2)) })),
      { maxConcurrency: 1 },
    );
    expect(tasks.map(({ assignedAgent }) => assignedAgent)).toEqual(["mine", "mine", "mine"]);
    await app.getSwarm().stop();
    await running;
    app.close();
  });

  test("autopilot: one stage after the other, each with the result before; a swarm does not take them either", async () => {
    const app = new Ohmymkt();
    app.getSwarm().registerAgent(agent("plan"));
    app.getSwarm().registerAgent(agent("write", ({ context }) => `written from <${String(context["previous"])}>`));
    app.getSwarm().registerAgent(agent("check", ({ context }) => `checked <${String(context["previous"])}>`));
    const running = app.getSwarm().start();
    const { completed, tasks } = await app.autopilot("a launch page");
    expect(completed).toBe(true);
    expect(tasks.map(({ assignedAgent, result, description }) => [assignedAgent, description, result])).toEqual([
      ["plan", "a launch page", "plan: a launch page"],
      ["write", "a launch page", "written from <plan: a launch page>"],
      ["check", "a launch page", "checked <written from <plan: a launch page>>"],
    ]);
    expect(tasks[2]?.blockedBy).toEqual([tasks[1]?.id ?? ""]);
    await app.getSwarm().stop();
    await running;
    app.close();
  });

  test("autopilot: a stage that fails ends it, and the stages after it are cancelled", async () => {
    const fails = agent("b", () => {
      throw new Error("stuck");
    });
    const { completed, tasks } = await autopilot(pool, [
      { title: "1", agent: agent("a") },
      { title: "2", agent: fails },
      { title: "3", agent: agent("c") },
    ]);
    expect(completed).toBe(false);
    expect(tasks.map(({ status, error }) => [status, error])).toEqual([
      ["completed", undefined],
      ["failed", "stuck"],
      ["cancelled", "the stage 2 was not completed"],
    ]);
  });

  test("autopilot: a stage that is tried again goes on", async () => {
    let tries = 0;
    const flaky = agent("b", () => {
      tries += 1;
      if (tries === 1) throw new Error("once");
      return "ok";
    });
    const { completed, tasks } = await autopilot(
      pool,
      [
        { title: "1", agent: flaky, maxAttempts: 2 },
        { title: "2", agent: agent("c") },
      ],
      { backoff: { baseMs: 20, maxMs: 50 } },
    );
    expect(completed).toBe(true);
    expect(tasks.map(({ attempts }) => attempts)).toEqual([2, 1]);
  });

  test("eco: one task by one agent", async () => {
    const app = new Ohmymkt();
    expect(await app.eco("x").catch((error: unknown) => error)).toMatchObject({
      code: "invalid_arguments",
      message: expect.stringContaining("no agent"),
    });
    app.getSwarm().registerAgent(agent("solo"));
    expect(await app.eco("a small thing")).toMatchObject({
      completed: true,
      tasks: [{ result: "solo: a small thing", assignedAgent: "solo" }],
    });
    expect(await eco(pool, { title: "T", agent: agent("z") })).toMatchObject({ completed: true });
    app.close();
  });

  test("an abort ends a mode, and its tasks go back", async () => {
    const abort = new AbortController();
    const run = ultra(
      pool,
      [
        {
          title: "T",
          agent: agent(
            "a",
            ({ signal }) =>
              new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("x")))),
          ),
        },
      ],
      { signal: abort.signal },
    );
    await Bun.sleep(5);
    abort.abort();
    expect(await run).toMatchObject({ completed: false, tasks: [{ status: "pending", attempts: 0 }] });
  });

  test("nothing to do is refused", async () => {
    expect(await ultra(pool, []).catch((error: unknown) => error)).toMatchObject({ code: "invalid_arguments" });
  });
});

describe("patterns", () => {
  /** The order in which the pool lets the tasks run, in rounds of what is ready together. */
  const rounds = (): string[][] => {
    const all: string[][] = [];
    for (;;) {
      const round: string[] = [];
      for (let task = pool.claimTask("w"); task !== null; task = pool.claimTask("w")) round.push(task.id);
      if (round.length === 0) return all;
      all.push(round.map((id) => pool.updateTask(id, { status: "completed" })?.title ?? ""));
    }
  };
  const of = (...titles: string[]) => titles.map((title) => ({ title }));

  test.each<[string, () => PatternResult, string[], string[][]]>([
    [
      "sequential",
      () => sequential(pool, of("back up", "migrate", "verify")),
      ["back up"],
      [["back up"], ["migrate"], ["verify"]],
    ],
    ["parallel", () => parallel(pool, of("a", "b", "c")), ["a", "b", "c"], [["a", "b", "c"]]],
    ["fan-out", () => fanOut(pool, { title: "phase" }, of("a", "b")), ["a", "b"], [["a", "b"], ["phase"]]],
    ["fan-in", () => fanIn(pool, of("a", "b", "c"), { title: "check" }), ["a", "b", "c"], [["a", "b", "c"], ["check"]]],
    [
      "pipeline",
      () => pipeline(pool, [of("api", "ui"), of("unit", "e2e"), of("ship")]),
      ["api", "ui"],
      [["api", "ui"], ["unit", "e2e"], ["ship"]],
    ],
  ])("%s", (_name, make, ready, expected) => {
    const made = make();
    expect(made.ready.map(({ title }) => title)).toEqual(ready);
    expect(made.graph).toStartWith("flowchart LR\n");
    expect(made.graph.split("\n")).toHaveLength(
      1 + made.tasks.length + made.tasks.reduce((sum, { blockedBy }) => sum + blockedBy.length, 0),
    );
    expect(rounds()).toEqual(expected);
  });

  test("a pattern may wait for tasks that exist", () => {
    const { id } = pool.createTask({ title: "before" });
    expect(sequential(pool, [{ title: "a", blockedBy: [id] }, { title: "b" }]).ready).toEqual([]);
    expect(rounds()).toEqual([["before"], ["a"], ["b"]]);
  });
});
