import { beforeEach, describe, expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../../config.ts";
import type { Task } from "../../lib/tasks.ts";
import type { Transaction } from "../../store/store.ts";
import { handClock, type HandClock } from "../../testing/hand-clock.ts";
import { MemoryProject } from "../../testing/memory-state.ts";
import { openMemoryStore } from "../../testing/memory-store.ts";
import { sessionWorld, type SessionWorld, type WorldSession } from "../../testing/session-world.ts";
import { createHeldTasks, type HeldTasks } from "./held-tasks.ts";

const MINUTE = 60_000;
const LEASE = DEFAULT_CONFIG.tasks.lease_minutes;

let clock: HandClock;
let world: SessionWorld;
let store: ReturnType<typeof openMemoryStore>;
let held: HeldTasks;
let worker: WorldSession;
let logged: string[];

beforeEach(async () => {
  clock = handClock();
  world = sessionWorld(clock);
  store = openMemoryStore(new MemoryProject(), { now: () => new Date(clock.now()) });
  logged = [];
  held = createHeldTasks({
    store: async () => store,
    runner: world,
    config: async () => DEFAULT_CONFIG,
    clock,
    over: new AbortController().signal,
    log: (message) => void logged.push(message),
  });
  world.onIdle = (id) => held.idle(id);
  const root = world.root();
  worker = await child(root.id, 1000);
});

const run = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
  store.transaction({ actor: { host: "library" }, tool: "test" }, work);
const child = async (parent: string, ms?: number): Promise<WorldSession> => {
  const prompt = JSON.stringify(ms === undefined ? {} : { ms });
  const id = await world.start({ parent, agent: "seo", title: "work", prompt });
  return world.sessions.get(id) ?? world.root();
};
const task = async (id = "one"): Promise<Task | undefined> => run((tx) => tx.tasks.get(id));

/** The worker's agent claims the task from its session. */
async function claim(session = worker, id = "one"): Promise<string> {
  return run(async (tx) => {
    await tx.tasks.create([{ id, title: id, objective: "o", owner: "seo", acceptance_criteria: [] }]);
    const claimed = await tx.tasks.claim({ agent: "seo", leaseMs: LEASE * MINUTE, id });
    const token = claimed?.token ?? "";
    held.take({ session: session.id, agent: "seo", task: id, token });
    return token;
  });
}

describe("the lease of a claimed task", () => {
  test("lives as long as something happens in its session or below it, and no longer", async () => {
    const busy = await child("ses_root");
    await claim(busy);
    const below = await child(busy.id);
    for (let minutes = 0; minutes < 3 * LEASE; minutes += 5) {
      held.alive(below.id);
      await clock.advance(5 * MINUTE);
    }
    expect((await run((tx) => tx.tasks.reap())).returned).toEqual([]);
    await clock.advance(2 * LEASE * MINUTE);
    expect((await run((tx) => tx.tasks.reap())).returned).toEqual(["one"]);
  });

  test("lives while its session waits for a person, visibly", async () => {
    const asking = await child("ses_root");
    await claim(asking);
    asking.waits = true;
    await clock.advance(4 * LEASE * MINUTE);
    expect((await run((tx) => tx.tasks.reap())).returned).toEqual([]);
    expect(await task()).toMatchObject({ waiting_for: "a person's answer" });
    asking.waits = false;
    held.alive(asking.id);
    await clock.advance(LEASE * MINUTE);
    expect(await task()).not.toHaveProperty("waiting_for");
  });

  test("is renewed again after the store or the host failed for once", async () => {
    const busy = await child("ses_root");
    await claim(busy);
    const { transaction } = store;
    store.transaction = () => Promise.reject(new Error("the disk is full"));
    held.alive(busy.id);
    await clock.advance((LEASE / 3) * MINUTE + 1);
    store.transaction = transaction;
    const { lineage } = world;
    world.lineage = () => Promise.reject(new Error("no answer"));
    for (let third = 0; third < 6; third += 1) {
      held.alive(busy.id);
      await clock.advance((LEASE / 3) * MINUTE);
    }
    world.lineage = lineage;
    expect(logged).toEqual(["held tasks: renewing the lease of one: the disk is full"]);
    expect((await run((tx) => tx.tasks.reap())).returned).toEqual([]);
  });

  test("is not renewed for somebody who no longer has it", async () => {
    const busy = await child("ses_root");
    const token = await claim(busy);
    await run((tx) => tx.tasks.requeue("one", token, { reason: "taken back" }));
    held.alive(busy.id);
    await clock.advance(2 * LEASE * MINUTE);
    expect(await task()).toMatchObject({ status: "pending" });
    expect(logged).toEqual([]);
  });
});

describe("an agent that stops with a task in its hands", () => {
  test("is reminded once, and loses it when it does nothing then", async () => {
    const token = await claim();
    await clock.advance(10_000);
    expect(worker.heard).toEqual([expect.stringContaining(`one (token ${token})`)]);
    expect(await task()).toMatchObject({ status: "pending", attempts: 1, error: "seo stopped without finishing it" });
    const [row] = await run((tx) => tx.ledger.list({ kind: "task.requeued" }));
    expect(row).toMatchObject({ subject: "one", reason: "seo stopped without finishing it" });
  });

  test("is reminded once, and keeps it meanwhile, however often the host says that it is idle", async () => {
    await claim();
    const { status } = world;
    // The host takes 30 ms to say how a session is doing.
    world.status = async (id) => {
      const said = await status(id);
      await clock.wait(30, new AbortController().signal);
      return said;
    };
    await clock.advance(1000);
    for (let times = 0; times < 3; times += 1) held.idle(worker.id);
    await clock.advance(1540);
    expect(worker.heard).toHaveLength(1);
    expect(await task()).toMatchObject({ status: "claimed" });
  });

  test("is left alone when it finished, or goes on at once", async () => {
    const token = await claim();
    await run((tx) => tx.tasks.finish("one", token, { status: "completed" }));
    held.drop(worker.id, "one");
    const goesOn = await child("ses_root", 1000);
    await claim(goesOn, "two");
    await clock.advance(1500);
    world.turn(goesOn.id, 60_000);
    await clock.advance(20_000);
    expect([...worker.heard, ...goesOn.heard]).toEqual([]);
  });

  test("is reminded again while it works in between, and not for ever", async () => {
    await claim();
    for (let seconds = 0; seconds < 60; seconds += 1) {
      held.worked(worker.id);
      await clock.advance(1000);
    }
    expect(worker.heard).toHaveLength(3);
    expect(worker.heard.at(-1)).toContain("last reminder");
    expect(await task()).toMatchObject({ status: "pending", attempts: 1 });
  });

  test("is not reminded while it waits for a person, nor in a root session", async () => {
    const asking = await child("ses_root");
    const root = world.sessions.get("ses_root") ?? asking;
    await claim(asking);
    await claim(root, "two");
    Object.assign(asking, { waits: true, busy: false });
    held.idle(asking.id);
    held.idle(root.id);
    await clock.advance(8000);
    expect([asking.heard, root.heard]).toEqual([[], []]);
    expect([(await task())?.status, (await task("two"))?.status]).toEqual(["claimed", "claimed"]);
  });

  test.each([
    ["was stopped by a person", { aborted: true }, 0, "seo stopped: aborted"],
    ["broke down", { error: "no credit" }, 1, "seo failed: no credit"],
  ])("gives it back unreminded when it %s", async (_what, end, attempts, error) => {
    const ending = await child("ses_root");
    const token = await claim(ending);
    Object.assign(ending, end, { busy: false });
    held.idle(ending.id);
    await clock.advance(5000);
    expect(ending.heard).toEqual([]);
    expect(await task()).toMatchObject({ status: "pending", attempts, error });
    expect(await run((tx) => tx.tasks.heartbeat("one", token, { leaseMs: 1 }).catch((e: unknown) => e))).toMatchObject({
      code: "stale",
    });
  });

  test("gives it back when its session is deleted", async () => {
    await claim();
    held.deleted(worker.id);
    await clock.advance(10);
    expect(await task()).toMatchObject({ status: "pending", attempts: 0, error: "its session was deleted" });
  });
});
