import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { EXECUTION_DOCUMENT, NO_CAMPAIGN } from "../../lib/campaign.ts";
import { INCIDENTS } from "../../lib/incidents.ts";
import { jobMarker } from "../../lib/jobs.ts";
import type { NewTask, Task } from "../../lib/tasks.ts";
import { openStore } from "../../store/open.ts";
import type { Store, Transaction } from "../../store/store.ts";
import { handClock, type HandClock } from "../../testing/hand-clock.ts";
import { sessionWorld, type SessionWorld, type WorldSession } from "../../testing/session-world.ts";
import { scriptAgents, type AgentBehaviour } from "../../testing/swarm-agents.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { createBackgroundJobs, type BackgroundJobs } from "../background/jobs.ts";
import type { SessionStart } from "../background/session-runner.ts";
import { createHostSwarm, type HostSwarm } from "./swarm.ts";

const OWNERS = ["seo-engineer", "content-ops", "growth-analyst"];
const LEASE_MS = 30_000;

let workspace: Workspace;
let clock: HandClock;
let store: Store;
let world: SessionWorld;
let root: WorldSession;
let swarm: HostSwarm;
let jobs: BackgroundJobs;
let requests: SessionStart[];
let logged: string[];
/** What the agents of tasks with these titles do, by attempt; the last one goes on for ever. */
let scripts: Record<string, AgentBehaviour[]>;
let boots = 0;
let pending = 0;

const done = (criteria: readonly string[] = ["it works"], summary = "all good"): AgentBehaviour["answer"] => ({
  status: "done",
  summary,
  results: criteria.map((criterion) => ({ criterion, evidence: "report.md" })),
});
const QUICK: AgentBehaviour = { ms: 1000, answer: done() };

function boot(): void {
  const owner = { pid: 1, boot: `boot-${(boots += 1)}` };
  const shared = {
    store: async () => store,
    runner: world,
    clock,
    owner,
    log: (text: string) => void logged.push(text),
  };
  jobs = createBackgroundJobs({
    ...shared,
    isAlive: () => false,
    limits: async () => ({ parallel: 2, waiting: 3, minutes: 1 }),
  });
  world.onIdle = (id) => jobs.sessionIdle(id);
  const settings = async () => ({ maxConcurrency: 3, limits: { minutes: 10, tokens: 1000 }, leaseMs: LEASE_MS });
  swarm = createHostSwarm({ ...shared, settings, tell: (id) => jobs.sessionIdle(id) });
}

beforeEach(() => {
  workspace = makeWorkspace();
  pending = 0;
  clock = handClock(undefined, () => pending > 0);
  const real = openStore({ directory: workspace.directory, sync: "off", now: () => new Date(clock.now()) });
  store = {
    exists: () => real.exists(),
    close: () => real.close(),
    async transaction(cause, work, options) {
      pending += 1;
      try {
        return await real.transaction(cause, work, options);
      } finally {
        pending -= 1;
      }
    },
  };
  world = sessionWorld(clock);
  root = world.root();
  scripts = {};
  logged = [];
  requests = scriptAgents(world, ({ title }, nth) => {
    const given = scripts[title] ?? [QUICK];
    return given[Math.min(nth, given.length) - 1] ?? QUICK;
  });
  boot();
});

afterEach(async () => {
  swarm.close();
  jobs.stop();
  await clock.advance(0);
  await store.close();
  workspace.dispose();
});

const transact = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
  store.transaction({ actor: { host: "library" }, tool: "test" }, work);
const add = (...tasks: (Partial<NewTask> & { id: string })[]): Promise<Task[]> =>
  transact((tx) =>
    tx.tasks.create(
      tasks.map((task) => ({
        title: task.id,
        objective: `do ${task.id}`,
        owner: "seo-engineer",
        acceptance_criteria: ["it works"],
        ...task,
      })),
    ),
  );
const get = async (id: string): Promise<Task> => {
  const task = await transact((tx) => tx.tasks.get(id));
  if (!task) throw new Error(`no task ${id}`);
  return task;
};
const start = (more: object = {}) => swarm.start({ session: root.id, caller: "lead", owners: OWNERS, ...more });
const sessionOf = (title: string): WorldSession | undefined =>
  [...world.sessions.values()].findLast((one) => one.title === title);
const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "not refused",
    (error: unknown) => error,
  );
const ALARMS: Record<string, () => Promise<unknown>> = {
  "rolled back": () =>
    transact((tx) => tx.documents.write(EXECUTION_DOCUMENT, { ...NO_CAMPAIGN, state: "rolled_back" })),
  "scaling stops while a P0 is open: P0-1": () =>
    transact((tx) => {
      const incident = {
        id: "P0-1",
        severity: "P0",
        module: "measurement",
        summary: "noindex",
        status: "open",
      } as const;
      return tx.documents.write(INCIDENTS.member("P0-1"), {
        ...incident,
        schema_version: 1,
        created_at: tx.now,
        updates: [],
      });
    }),
  "scaling stops while a P0 is open: torn": () =>
    Bun.write(join(workspace.directory, ".ohmymkt/incidents/torn.json"), "{"),
};

describe("a swarm", () => {
  test("runs the owners side by side below the root, each task with its own agent and a result for each criterion", async () => {
    await add(...OWNERS.map((owner) => ({ id: `task-${owner}`, owner })));
    const report = await start();
    expect(report.workers.map(({ agent }) => agent).toSorted()).toEqual(OWNERS.toSorted());
    await clock.advance(100);
    expect(world.peak()).toBe(3);
    expect(await get("task-content-ops")).toMatchObject({
      status: "in_progress",
      assigned_agent: "content-ops",
      metadata: { session: expect.any(String) },
    });
    await clock.advance(5000);
    for (const owner of OWNERS) {
      expect(await get(`task-${owner}`)).toMatchObject({
        status: "completed",
        result: "all good",
        results: [{ criterion: "it works", evidence: "report.md" }],
        metadata: { tokens: 15 },
      });
      expect(sessionOf(`task-${owner}`)).toMatchObject({ agent: owner, parent: root.id });
    }
    expect(requests[0]?.denied).toEqual(
      expect.arrayContaining([
        "ohmymkt_task_claim",
        "ohmymkt_task_update",
        "ohmymkt_swarm",
        "background_task",
        "question",
      ]),
    );
    expect(await swarm.status()).toMatchObject({ state: "drained", totals: { completed: 3, failed: 0 }, workers: [] });
  });

  test("runs no more at a time than it may, and spreads them over the owners", async () => {
    await add(...[1, 2, 3, 4].map((n) => ({ id: `seo-${n}` })), { id: "content-1", owner: "content-ops" });
    await start({ maxConcurrency: 2 });
    expect(requests.map(({ title }) => title)).toEqual(["seo-1", "content-1"]);
    await clock.advance(10_000);
    expect(world.peak()).toBe(2);
    expect(await swarm.status()).toMatchObject({ totals: { completed: 5 } });
  });

  test("starts a task that others feed into only when all of them are done, with their results in its packet", async () => {
    await add(
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
    scripts = {
      a: [{ ms: 500, answer: done(["it works"], "A says 7") }],
      b: [{ ms: 4000, answer: done(["it works"], "B says 9") }],
    };
    await start();
    await clock.advance(3500);
    expect(requests.map(({ title }) => title)).toEqual(["a", "b"]);
    await clock.advance(5000);
    expect(await get("join")).toMatchObject({ status: "completed" });
    const prompt = requests[2]?.prompt ?? "";
    for (const part of ["A says 7", "B says 9", "reports/**", "drop it", "- it works", "do join"])
      expect(prompt).toContain(part);
    expect(JSON.stringify(requests[2]?.format)).toContain('"enum":["it works"]');
  });

  test("leaves tasks of other owners alone, and ends at once when there is nothing to do", async () => {
    await add({ id: "person", owner: "a person" });
    await start();
    await clock.advance(1000);
    expect(await get("person")).toMatchObject({ status: "pending" });
    expect(await swarm.status()).toMatchObject({ state: "drained" });
    expect(requests).toEqual([]);
  });

  test("tells its root once, with the report, and a second start is refused while it runs", async () => {
    await add({ id: "a" });
    await start();
    expect(await refusal(start())).toMatchObject({ code: "busy" });
    await clock.advance(10_000);
    expect(root.heard).toHaveLength(1);
    expect(root.heard[0]).toMatch(/\[job-\S+ finished\][^]*1 completed, 0 failed/);
    jobs.stop();
    boot();
    await jobs.ready();
    await clock.advance(5000);
    expect(root.heard).toHaveLength(1);
    expect((await start()).state).toBe("drained");
  });

  test("an end that the session has read already is not told again", async () => {
    world.turn(root.id, 5000);
    await add({ id: "a" });
    await start();
    await clock.advance(2000);
    const report = await swarm.wait(new AbortController().signal);
    await swarm.read(root.id);
    root.heard.push(report?.job ? jobMarker(report.job) : "?");
    await clock.advance(10_000);
    expect(root.heard).toHaveLength(1);
  });

  test("background work starts none", async () => {
    const { id } = await jobs.start({
      session: root.id,
      caller: "lead",
      agent: "helper",
      title: "helper",
      prompt: "x",
    });
    await clock.advance(50);
    const child = (await jobs.get(id)).child_session ?? "?";
    expect(await refusal(start({ session: child }))).toMatchObject({ code: "not_allowed" });
  });
});

describe("a task whose worker", () => {
  const bad: [string, AgentBehaviour, string][] = [
    ["has a failing model", { ms: 10, error: "scripted failure 400" }, "scripted failure 400"],
    ["hangs", {}, "stopped after 10 minutes, the limit for a task"],
    ["uses too many tokens", { ms: 600_000, tokens: 5000 }, "stopped after 5000 tokens; the limit for a task is 1000"],
    [
      "answers without structure",
      { ms: 10, text: "done, promise" },
      'expected a structured answer {status, summary, results}, got "done, promise"',
    ],
    ["leaves out a criterion", { ms: 10, answer: done([]) }, 'no result for "it works"'],
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
    await add({ id: "a" });
    scripts = { a: [behaviour, QUICK] };
    await start();
    await clock.advance(700_000);
    expect(await get("a")).toMatchObject({ status: "completed", attempts: 2 });
    const report = await swarm.status();
    expect(report).toMatchObject({ state: "drained", totals: { completed: 1, retried: 1, failed: 0 } });
    expect(report?.results[0]?.text).toContain(reason);
    expect([...world.sessions.values()].some(({ busy }) => busy)).toBe(false);
  });

  test("fails every time fails for good, and what waits for it is reported", async () => {
    await add({ id: "a", max_attempts: 2 }, { id: "after", blocked_by: ["a"] }, { id: "other", owner: "content-ops" });
    scripts = { a: [{ ms: 10, error: "no" }] };
    await start();
    await clock.advance(60_000);
    expect(await get("a")).toMatchObject({ status: "failed", error: "no" });
    expect(await swarm.status()).toMatchObject({
      state: "drained",
      totals: { completed: 1, failed: 1, retried: 1, blocked: 1, stuck: 1 },
    });
  });

  test("cannot be started fails with the host's words", async () => {
    await add({ id: "a", owner: "missing", max_attempts: 1 });
    await start({ owners: ["missing"] });
    await clock.advance(5000);
    expect(await get("a")).toMatchObject({
      status: "failed",
      error: "it could not be started: there is no such agent",
    });
  });

  test("says it is blocked goes back without an attempt, and is left alone by this swarm", async () => {
    await add({ id: "a" });
    scripts = {
      a: [{ ms: 10, answer: { status: "blocked", summary: "", results: [], error: "approval needed: ap-1" } }],
    };
    await start();
    await clock.advance(30_000);
    expect(requests).toHaveLength(1);
    expect(await get("a")).toMatchObject({ status: "pending", attempts: 0, error: "blocked: approval needed: ap-1" });
    expect(await swarm.status()).toMatchObject({ state: "drained", totals: { requeued: 1 } });
  });

  test("waits for a person is waiting, not late", async () => {
    await add({ id: "a" });
    scripts = { a: [{ person: 3_600_000, ms: 60_000, answer: done() }] };
    await start();
    await clock.advance(3_000_000);
    expect(await get("a")).toMatchObject({ status: "in_progress", waiting_for: "a person's answer", attempts: 1 });
    expect(await swarm.status()).toMatchObject({ workers: [{ state: "waiting" }], totals: { waiting: 1 } });
    await clock.advance(800_000);
    const task = await get("a");
    expect(task).toMatchObject({ status: "completed", attempts: 1 });
    expect(task.waiting_for).toBeUndefined();
  });

  test("is long at work keeps its lease; a task that is cancelled meanwhile ends its session", async () => {
    await add({ id: "a" });
    scripts = { a: [{}] };
    await start();
    await clock.advance(LEASE_MS * 4);
    expect(await get("a")).toMatchObject({ status: "in_progress", attempts: 1 });
    await transact((tx) => tx.tasks.transition("a", "cancelled"));
    await clock.advance(LEASE_MS);
    expect(sessionOf("a")).toMatchObject({ busy: false, aborted: true });
    expect(await swarm.status()).toMatchObject({ state: "drained" });
  });

  test("dies with its host is free again once its lease has run out", async () => {
    await add({ id: "a" });
    scripts = { a: [{}, QUICK] };
    await start();
    await clock.advance(1000);
    swarm.close();
    jobs.stop();
    world.crash();
    boot();
    await start();
    expect(await swarm.status()).toMatchObject({ state: "drained" });
    expect(await get("a")).toMatchObject({ status: "in_progress" });
    await clock.advance(LEASE_MS);
    await start();
    await clock.advance(5000);
    expect(await get("a")).toMatchObject({ status: "completed", attempts: 2 });
  });
});

describe("stopping", () => {
  test("ends the sessions, gives the tasks back without an attempt, and is told once", async () => {
    await add({ id: "a" }, { id: "b", owner: "content-ops" });
    scripts = { a: [{}], b: [{}] };
    await start();
    await clock.advance(1000);
    const stopping = swarm.stop("stopped by lead");
    await clock.advance(3000);
    expect(await stopping).toMatchObject({ state: "stopped", reason: "stopped by lead", totals: { requeued: 2 } });
    for (const id of ["a", "b"]) {
      expect(await get(id)).toMatchObject({ status: "pending", attempts: 0 });
      expect(sessionOf(id)).toMatchObject({ busy: false, aborted: true });
    }
    await clock.advance(10_000);
    expect(root.heard).toHaveLength(1);
    expect(root.heard[0]).toContain("cancelled]");
  });

  test.each(Object.entries(ALARMS))(
    "%s: scale tasks stop at once and rest, the others go on",
    async (reason, alarm) => {
      await add(
        { id: "scale", module: "authority_growth" },
        { id: "scale-2", module: "scale_loop", blocked_by: ["tech"] },
        { id: "tech", owner: "content-ops", module: "technical_foundation" },
        { id: "free", owner: "growth-analyst" },
      );
      scripts = { scale: [{}], tech: [{ ms: 8000, answer: done() }] };
      await start();
      await clock.advance(1000);
      await alarm();
      swarm.look();
      await clock.advance(500);
      expect(await get("scale")).toMatchObject({
        status: "pending",
        attempts: 0,
        error: expect.stringContaining(reason),
      });
      expect(sessionOf("scale")).toMatchObject({ aborted: true });
      expect(await get("tech")).toMatchObject({ status: "in_progress" });
      await clock.advance(20_000);
      expect(await get("tech")).toMatchObject({ status: "completed" });
      expect(await swarm.status()).toMatchObject({
        state: "drained",
        totals: { completed: 2, held: 2, reasons: [expect.stringContaining(reason)] },
      });
      expect(requests).toHaveLength(3);
    },
  );

  test("a P0 that nobody announced is noticed at the next look", async () => {
    await add({ id: "scale", module: "authority_growth" });
    scripts = { scale: [{}] };
    await start();
    await clock.advance(1000);
    await ALARMS["rolled back"]?.();
    await clock.advance(6000);
    expect(await get("scale")).toMatchObject({ status: "pending", attempts: 0 });
  });

  test("state that cannot be read holds what belongs to a module, and nothing else", async () => {
    await add({ id: "some", module: "technical_foundation" }, { id: "free" });
    await Bun.write(join(workspace.directory, ".ohmymkt/state/modules.json"), "{");
    await start();
    await clock.advance(5000);
    expect([await get("some"), await get("free")]).toMatchObject([{ status: "pending" }, { status: "completed" }]);
  });

  test("a task that a rollback took back itself is given up without an attempt", async () => {
    await add({ id: "scale", module: "authority_growth" });
    scripts = { scale: [{}] };
    await start();
    await clock.advance(1000);
    await transact((tx) => tx.tasks.transition("scale", "pending"));
    await ALARMS["rolled back"]?.();
    await clock.advance(LEASE_MS);
    expect(await get("scale")).toMatchObject({ status: "pending", attempts: 0 });
    expect(sessionOf("scale")).toMatchObject({ busy: false, aborted: true });
    expect(requests).toHaveLength(1);
  });

  test("the end of the root's session stops it", async () => {
    await add({ id: "a" });
    scripts = { a: [{}] };
    await start();
    await clock.advance(100);
    swarm.sessionDeleted(root.id);
    await clock.advance(3000);
    expect(await get("a")).toMatchObject({ status: "pending", attempts: 0 });
  });
});
