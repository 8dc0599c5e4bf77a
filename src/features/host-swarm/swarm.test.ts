import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { jobMarker } from "../../lib/jobs.ts";
import type { AgentBehaviour } from "../../testing/swarm-agents.ts";
import { doneWith, LEASE_MS, OWNERS, QUICK, swarmBench, type SwarmBench } from "../../testing/swarm-bench.ts";

let bench: SwarmBench;

beforeEach(() => {
  bench = swarmBench();
});
afterEach(() => bench.dispose());

const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "not refused",
    (error: unknown) => error,
  );

describe("a swarm", () => {
  test("runs the owners side by side below the root, each task with its own agent and a result for each criterion", async () => {
    await bench.add(...OWNERS.map((owner) => ({ id: `task-${owner}`, owner })));
    const report = await bench.start();
    expect(report.workers.map(({ agent }) => agent).toSorted()).toEqual(OWNERS.toSorted());
    await bench.clock.advance(100);
    expect(bench.world.peak()).toBe(3);
    expect(await bench.get("task-content-ops")).toMatchObject({
      status: "in_progress",
      assigned_agent: "content-ops",
      metadata: { session: expect.any(String) },
    });
    await bench.clock.advance(5000);
    for (const owner of OWNERS) {
      expect(await bench.get(`task-${owner}`)).toMatchObject({
        status: "completed",
        result: "all good",
        results: [{ criterion: "it works", evidence: "report.md" }],
        metadata: { tokens: 15 },
      });
      expect(bench.sessionOf(`task-${owner}`)).toMatchObject({ agent: owner, parent: bench.root.id });
    }
    expect(bench.requests[0]?.denied).toEqual(
      expect.arrayContaining([
        "ohmymkt_task_claim",
        "ohmymkt_task_update",
        "ohmymkt_swarm",
        "background_task",
        "question",
      ]),
    );
    expect(await bench.swarm.status()).toMatchObject({
      state: "drained",
      totals: { completed: 3, failed: 0 },
      workers: [],
    });
  });

  test("runs no more at a time than it may, and spreads them over the owners", async () => {
    await bench.add(...[1, 2, 3, 4].map((n) => ({ id: `seo-${n}` })), { id: "content-1", owner: "content-ops" });
    await bench.start({ maxConcurrency: 2 });
    expect(bench.requests.map(({ title }) => title)).toEqual(["seo-1", "content-1"]);
    await bench.clock.advance(10_000);
    expect(bench.world.peak()).toBe(2);
    expect(await bench.swarm.status()).toMatchObject({ totals: { completed: 5 } });
  });

  test("starts a task that others feed into only when all of them are done, with their results in its packet", async () => {
    await bench.add(
      { id: "a" },
      { id: "b", owner: "content-ops" },
      {
        id: "join",
        owner: "growth-analyst",
        blocked_by: ["a", "b"],
        artifacts: ["reports/**"],
        rollback_condition: "drop it",
      },
    );
    bench.scripts = {
      a: [{ ms: 500, answer: doneWith(["it works"], "A says 7") }],
      b: [{ ms: 4000, answer: doneWith(["it works"], "B says 9") }],
    };
    await bench.start();
    await bench.clock.advance(3500);
    expect(bench.requests.map(({ title }) => title)).toEqual(["a", "b"]);
    await bench.clock.advance(5000);
    expect(await bench.get("join")).toMatchObject({ status: "completed" });
    const prompt = bench.requests[2]?.prompt ?? "";
    for (const part of ["A says 7", "B says 9", "reports/**", "drop it", "- it works", "do join"])
      expect(prompt).toContain(part);
    expect(JSON.stringify(bench.requests[2]?.format)).toContain('"enum":["it works"]');
  });

  test("leaves tasks of other owners alone, and ends at once when there is nothing to do", async () => {
    await bench.add({ id: "person", owner: "a person" });
    await bench.start();
    await bench.clock.advance(1000);
    expect(await bench.get("person")).toMatchObject({ status: "pending" });
    expect(await bench.swarm.status()).toMatchObject({ state: "drained" });
    expect(bench.requests).toEqual([]);
  });

  test("tells its root once, with the report, and a second start is refused while it runs", async () => {
    await bench.add({ id: "a" });
    await bench.start();
    expect(await refusal(bench.start())).toMatchObject({ code: "busy" });
    await bench.clock.advance(10_000);
    expect(bench.root.heard).toHaveLength(1);
    expect(bench.root.heard[0]).toMatch(/\[job-\S+ finished\][^]*1 completed, 0 failed/);
    bench.reboot();
    await bench.jobs.ready();
    await bench.clock.advance(5000);
    expect(bench.root.heard).toHaveLength(1);
    expect((await bench.start()).state).toBe("drained");
  });

  test("an end that the session has read already is not told again", async () => {
    bench.world.turn(bench.root.id, 5000);
    await bench.add({ id: "a" });
    await bench.start();
    await bench.clock.advance(2000);
    const report = await bench.swarm.wait(new AbortController().signal);
    await bench.swarm.read(bench.root.id);
    bench.root.heard.push(report?.job ? jobMarker(report.job) : "?");
    await bench.clock.advance(10_000);
    expect(bench.root.heard).toHaveLength(1);
  });

  test("background work starts none", async () => {
    const { id } = await bench.jobs.start({
      session: bench.root.id,
      caller: "lead",
      agent: "helper",
      title: "helper",
      prompt: "x",
    });
    await bench.clock.advance(50);
    const child = (await bench.jobs.get(id)).child_session ?? "?";
    expect(await refusal(bench.start({ session: child }))).toMatchObject({ code: "not_allowed" });
  });
});

describe("a task whose worker", () => {
  const bad: [string, AgentBehaviour, string][] = [
    ["has a failing model", { ms: 10, error: "scripted failure 400" }, "scripted failure 400"],
    ["hangs", {}, "stopped after 10 minutes, the limit for a task"],
    ["uses too many tokens", { ms: 600_000, tokens: 5000 }, "stopped after 5000 tokens; the limit for a task is 1000"],
    ["calls too many tools", { ms: 600_000, toolCalls: 51 }, "stopped after 51 tool calls; the limit for a task is 50"],
    [
      "answers without structure",
      { ms: 10, text: "done, promise" },
      'expected a structured answer {status, summary, results}, got "done, promise"',
    ],
    ["leaves out a criterion", { ms: 10, answer: doneWith([]) }, 'no result for "it works"'],
    [
      "has no evidence",
      { ms: 10, answer: { status: "done", summary: "", results: [{ criterion: "it works", evidence: " " }] } },
      "no result for",
    ],
    ["answers something else", { ms: 10, answer: { status: "great" } }, "the answer does not fit"],
    [
      "gives up",
      { ms: 10, answer: { status: "failed", summary: "", results: [], error: "no access" } },
      "its agent gave up: no access",
    ],
  ];

  test.each(bad)("%s is tried again and completed", async (_what, behaviour, reason) => {
    await bench.add({ id: "a" });
    bench.scripts = { a: [behaviour, QUICK] };
    await bench.start();
    await bench.clock.advance(700_000);
    expect(await bench.get("a")).toMatchObject({ status: "completed", attempts: 2 });
    const report = await bench.swarm.status();
    expect(report).toMatchObject({ state: "drained", totals: { completed: 1, retried: 1, failed: 0 } });
    expect(report?.results[0]?.text).toContain(reason);
    expect([...bench.world.sessions.values()].some(({ busy }) => busy)).toBe(false);
  });

  test("fails every time fails for good, and what waits for it is reported", async () => {
    await bench.add(
      { id: "a", max_attempts: 2 },
      { id: "after", blocked_by: ["a"] },
      { id: "other", owner: "content-ops" },
    );
    bench.scripts = { a: [{ ms: 10, error: "no" }] };
    await bench.start();
    await bench.clock.advance(60_000);
    expect(await bench.get("a")).toMatchObject({ status: "failed", error: "no" });
    expect(await bench.swarm.status()).toMatchObject({
      state: "drained",
      totals: { completed: 1, failed: 1, retried: 1, blocked: 1, stuck: 1 },
    });
  });

  test("is tried as often, and with the pauses, that the project's settings say", async () => {
    await bench.add({ id: "a" });
    bench.scripts = { a: [{ ms: 10, error: "no" }] };
    await bench.start();
    await bench.clock.advance(4000);
    expect(await bench.get("a")).toMatchObject({ status: "pending", attempts: 1 });
    await bench.clock.advance(60_000);
    expect(await bench.get("a")).toMatchObject({ status: "failed", attempts: 4 });
  });

  test("cannot be started fails with the host's words", async () => {
    await bench.add({ id: "a", owner: "missing", max_attempts: 1 });
    await bench.start({ owners: ["missing"] });
    await bench.clock.advance(5000);
    expect(await bench.get("a")).toMatchObject({
      status: "failed",
      error: "it could not be started: there is no such agent",
    });
  });

  test("says it is blocked goes back without an attempt, and is left alone by this swarm", async () => {
    await bench.add({ id: "a" });
    bench.scripts = {
      a: [{ ms: 10, answer: { status: "blocked", summary: "", results: [], error: "approval needed: ap-1" } }],
    };
    await bench.start();
    await bench.clock.advance(30_000);
    expect(bench.requests).toHaveLength(1);
    expect(await bench.get("a")).toMatchObject({
      status: "pending",
      attempts: 0,
      error: "blocked: approval needed: ap-1",
    });
    expect(await bench.swarm.status()).toMatchObject({ state: "drained", totals: { requeued: 1 } });
  });

  test("says nothing is named as silent, one that waits for a person is not", async () => {
    await bench.add({ id: "a" }, { id: "b", owner: "content-ops" });
    bench.scripts = { a: [{}], b: [{ person: 1_200_000, ms: 10, answer: doneWith() }] };
    await bench.start();
    const silent = async (): Promise<unknown[]> =>
      ((await bench.swarm.status())?.workers ?? []).map(({ task, silentSince }) => [task, silentSince !== undefined]);
    await bench.clock.advance(LEASE_MS);
    expect(await silent()).toEqual([
      ["a", false],
      ["b", false],
    ]);
    await bench.clock.advance(LEASE_MS);
    expect(await silent()).toEqual([
      ["a", true],
      ["b", false],
    ]);
  });

  test("waits for a person is waiting, not late", async () => {
    await bench.add({ id: "a" });
    bench.scripts = { a: [{ person: 1_200_000, ms: 60_000, answer: doneWith() }] };
    await bench.start();
    await bench.clock.advance(1_100_000);
    expect(await bench.get("a")).toMatchObject({
      status: "in_progress",
      waiting_for: "a person's answer",
      attempts: 1,
    });
    expect(await bench.swarm.status()).toMatchObject({ workers: [{ state: "waiting" }], totals: { waiting: 1 } });
    await bench.clock.advance(200_000);
    const task = await bench.get("a");
    expect(task).toMatchObject({ status: "completed", attempts: 1 });
    expect(task.waiting_for).toBeUndefined();
  });

  test("is long at work keeps its lease; a task that is cancelled meanwhile ends its session", async () => {
    await bench.add({ id: "a" });
    bench.scripts = { a: [{}] };
    await bench.start();
    await bench.clock.advance(LEASE_MS * 4);
    expect(await bench.get("a")).toMatchObject({ status: "in_progress", attempts: 1 });
    await bench.transact((tx) => tx.tasks.transition("a", "cancelled"));
    await bench.clock.advance(LEASE_MS);
    expect(bench.sessionOf("a")).toMatchObject({ busy: false, aborted: true });
    expect(await bench.swarm.status()).toMatchObject({ state: "drained" });
  });

  test("dies with its host is free again once its lease has run out", async () => {
    await bench.add({ id: "a" });
    bench.scripts = { a: [{}, QUICK] };
    await bench.start();
    await bench.clock.advance(1000);
    bench.world.crash();
    bench.reboot();
    await bench.start();
    expect(await bench.swarm.status()).toMatchObject({ state: "drained" });
    expect(await bench.get("a")).toMatchObject({ status: "in_progress" });
    await bench.clock.advance(LEASE_MS);
    await bench.start();
    await bench.clock.advance(5000);
    expect(await bench.get("a")).toMatchObject({ status: "completed", attempts: 2 });
  });
});

describe("a task that somebody gave back meanwhile", () => {
  test("is taken again only when its first worker has ended", async () => {
    await bench.add({ id: "a" });
    bench.scripts = { a: [{}, QUICK] };
    await bench.start();
    await bench.clock.advance(1000);
    await bench.transact((tx) => tx.tasks.transition("a", "pending"));
    bench.swarm.look();
    await bench.clock.advance(2000);
    expect(bench.requests).toHaveLength(1);
    await bench.clock.advance(LEASE_MS);
    expect([...bench.world.sessions.values()].filter(({ title }) => title === "a")).toMatchObject([
      { aborted: true, busy: false },
      { aborted: false, finished: true },
    ]);
    expect(await bench.get("a")).toMatchObject({ status: "completed" });
    expect(await bench.swarm.status()).toMatchObject({ state: "drained", totals: { completed: 1, requeued: 1 } });
  });
});
