import { beforeEach, describe, expect, test } from "bun:test";
import { jobMarker, type Job } from "../../lib/jobs.ts";
import { handClock, type HandClock } from "../../testing/hand-clock.ts";
import { MemoryProject } from "../../testing/memory-state.ts";
import { openMemoryStore } from "../../testing/memory-store.ts";
import { sessionWorld, type Behaviour, type SessionWorld, type WorldSession } from "../../testing/session-world.ts";
import type { BackgroundLimits } from "./context.ts";
import { createBackgroundJobs, type BackgroundJobs } from "./jobs.ts";

let clock: HandClock;
let project: MemoryProject;
let world: SessionWorld;
let root: WorldSession;
let jobs: BackgroundJobs;
let limits: BackgroundLimits;
let logged: string[];
let boots = 0;

/** A run of the host on the same project and sessions; the earlier one is over. */
function boot(pid = 1): BackgroundJobs {
  const store = openMemoryStore(project, { now: () => new Date(clock.now()) });
  const made = createBackgroundJobs({
    store: async () => store,
    runner: world,
    clock,
    owner: { pid, boot: `boot-${(boots += 1)}` },
    isAlive: (one) => one === 99,
    limits: async () => limits,
    log: (message) => void logged.push(message),
  });
  world.onIdle = () => made.sessionIdle();
  return made;
}

beforeEach(() => {
  clock = handClock();
  project = new MemoryProject();
  world = sessionWorld(clock);
  root = world.root();
  limits = { parallel: 2, waiting: 3, minutes: 1 };
  logged = [];
  jobs = boot();
});

const start = (behaviour: Behaviour, title = "a job", session = root.id): Promise<Job> =>
  jobs.start({ session, caller: "lead", agent: "helper", title, prompt: JSON.stringify(behaviour) });

/** Lets a call that itself waits for time happen. */
async function during<T>(call: Promise<T>, ms = 5000): Promise<T> {
  const settled = call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await clock.advance(ms);
  const outcome = await settled;
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

const now = (job: Job): Promise<Job> => jobs.get(job.id);
const kinds = (job: Job): string[] =>
  project.state.ledger.filter((row) => row.subject === job.id).map((row) => row.kind);
const refusal = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "not refused",
    (error: unknown) => error,
  );

describe("a job", () => {
  test("is written down before its session hears anything, runs below the root and ends with result and tokens", async () => {
    const job = await start({ ms: 100, text: "42 pages" });
    expect(job).toMatchObject({
      state: "running",
      parent_session: root.id,
      root_session: root.id,
      parent_agent: "lead",
    });
    await clock.advance(150);
    expect(await now(job)).toMatchObject({
      state: "completed",
      result: "42 pages",
      tokens: 15,
      child_session: "ses_1",
    });
    expect(world.sessions.get("ses_1")).toMatchObject({
      parent: root.id,
      agent: "helper",
      denied: ["background_task", "background_output", "background_cancel", "question"],
    });
    expect(kinds(job)).toEqual(["job.running", "job.completed"]);
  });

  test.each<[string, Behaviour, Partial<Job>]>([
    [
      "whose model fails",
      { ms: 10, error: "scripted failure 400" },
      { state: "failed", error: "scripted failure 400" },
    ],
    [
      "that hangs",
      {},
      {
        state: "failed",
        error: "stopped after 1 minutes, the limit for a job (background.minutes in .ohmymkt/config.json)",
      },
    ],
    ["that says nothing", { ms: 10 }, { state: "completed" }],
  ])("%s ends with the reason, and frees its place", async (_what, behaviour, expected) => {
    const job = await start(behaviour);
    await clock.advance(61_000);
    expect(await now(job)).toMatchObject(expected);
    expect(world.sessions.get("ses_1")?.busy).toBe(false);
    expect(root.heard).toHaveLength(1);
    expect(root.heard[0]).toContain(jobMarker(await now(job)));
  });

  test("that waits for a person is not late", async () => {
    const job = await start({ person: 300_000, ms: 30_000, text: "approved" });
    await clock.advance(200_000);
    expect(await jobs.progress(await now(job))).toMatchObject({ waitsForPerson: true });
    await clock.advance(200_000);
    expect(await now(job)).toMatchObject({ state: "completed", result: "approved" });
  });

  test("whose agent cannot be started fails with the host's words", async () => {
    const job = await during(
      jobs.start({ session: root.id, caller: "lead", agent: "missing", title: "t", prompt: "{}" }),
    );
    expect(await now(job)).toMatchObject({ state: "failed", error: "it could not be started: there is no such agent" });
  });

  test("whose session somebody stopped or deleted is cancelled", async () => {
    const [stopped, deleted] = [await start({}, "one"), await start({}, "two")];
    await clock.advance(20);
    await world.abort("ses_1");
    world.remove("ses_2");
    jobs.sessionDeleted("ses_2");
    await clock.advance(3000);
    expect(await now(stopped)).toMatchObject({ state: "cancelled", error: "its session was stopped" });
    expect(await now(deleted)).toMatchObject({ state: expect.stringMatching(/cancelled|lost/) });
  });
});

describe("limits", () => {
  test("so many run at a time, the others wait in order, and too many are refused", async () => {
    const made: Job[] = [];
    for (let index = 0; index < 5; index += 1) made.push(await start({ ms: 100 }, `job ${index}`));
    expect(made.map((job) => job.state)).toEqual(["running", "running", "queued", "queued", "queued"]);
    expect(await refusal(start({ ms: 1 }))).toMatchObject({
      code: "busy",
      message: "5 jobs run or wait already; 2 may run and 3 may wait",
    });
    await clock.advance(5000);
    for (const job of made) expect(await now(job)).toMatchObject({ state: "completed" });
    expect(world.prompted).toEqual(["job 0", "job 1", "job 2", "job 3", "job 4"]);
    expect(world.peak()).toBe(2);
  });

  test("background work starts no background work, at any depth below it", async () => {
    await start({});
    await clock.advance(20);
    const below = await world.start({ parent: "ses_1", agent: "x", title: "below", prompt: "{}" });
    for (const session of ["ses_1", below])
      expect(await refusal(start({ ms: 1 }, "no", session))).toMatchObject({ code: "not_allowed" });
  });

  test("a place that a dead process held is taken over", async () => {
    limits.parallel = 1;
    const held = await start({});
    jobs.stop();
    world.crash();
    jobs = boot();
    const next = await start({ ms: 50 });
    await clock.advance(3000);
    expect([await now(held), await now(next)]).toMatchObject([{ state: "lost" }, { state: "completed" }]);
  });

  test("a live process keeps its jobs", async () => {
    jobs = boot(99);
    const theirs = await start({ ms: 400_000 });
    jobs = boot(1);
    await jobs.ready();
    expect(await now(theirs)).toMatchObject({ state: "running", owner: { pid: 99 } });
    expect(await refusal(jobs.cancel(theirs.id, "no need"))).toMatchObject({ code: "not_allowed" });
  });
});

describe("telling", () => {
  test("jobs that end together are told in one message, later ones in another", async () => {
    limits.parallel = 4;
    for (const [index, ms] of [100, 150, 200, 2000].entries())
      await start({ ms, text: `result ${index}` }, `job ${index}`);
    await clock.advance(5000);
    expect(root.heard.map((text) => text.match(/result \d/g))).toEqual([
      ["result 0", "result 1", "result 2"],
      ["result 3"],
    ]);
    expect(project.state.jobs.values().every((job) => job.notified_at !== undefined && job.read_at === undefined)).toBe(
      true,
    );
  });

  test("a busy session is told when it goes idle, in one message", async () => {
    world.turn(root.id, 3000);
    await start({ ms: 100 }, "one");
    await start({ ms: 1500 }, "two");
    await clock.advance(2900);
    expect(root.heard).toEqual([]);
    await clock.advance(1000);
    expect(root.heard).toHaveLength(1);
    expect(root.heard[0]).toMatch(/one[^]*two/);
  });

  test("one that a person stopped is left alone until they use it again", async () => {
    world.turn(root.id, 5000);
    const job = await start({ ms: 100 });
    await clock.advance(50);
    await world.abort(root.id);
    await clock.advance(60_000);
    expect(root.heard).toEqual([]);
    expect((await now(job)).notified_at).toBeUndefined();
    world.turn(root.id, 100);
    await clock.advance(2000);
    expect(root.heard).toHaveLength(1);
  });

  test("a deleted one never, and its work is cancelled", async () => {
    const job = await start({ ms: 1000 });
    await clock.advance(20);
    world.remove(root.id);
    jobs.sessionDeleted(root.id);
    await clock.advance(60_000);
    expect(await now(job)).toMatchObject({ state: "cancelled", error: "the session that it was for was deleted" });
    expect((await now(job)).notified_at).toBeUndefined();
    expect(logged).toEqual([]);
  });

  test("what a call returned already is not told again", async () => {
    world.turn(root.id, 3000);
    const job = await start({ ms: 100 });
    const final = await during(jobs.wait(job.id, new AbortController().signal), 2000);
    root.heard.push(jobMarker(await jobs.read(final, root.id)));
    await clock.advance(5000);
    expect(root.heard).toHaveLength(1);
    expect(await now(job)).toMatchObject({ read_at: expect.any(String), notified_at: expect.any(String) });
  });

  test("work that an agent below the root started is told to the root once that agent has handed back", async () => {
    const below = await world.start({
      parent: root.id,
      agent: "manager",
      title: "below",
      prompt: JSON.stringify({ ms: 4000 }),
    });
    const job = await start({ ms: 100, text: "for the root" }, "deep", below);
    await clock.advance(3500);
    expect(root.heard).toEqual([]);
    await clock.advance(2000);
    expect(world.sessions.get(below)?.heard).toEqual([]);
    expect(root.heard).toHaveLength(1);
    expect(await now(job)).toMatchObject({
      parent_session: below,
      root_session: root.id,
      child_session: expect.any(String),
    });
  });

  test("long results are cut, with the way to the rest", async () => {
    const job = await start({ ms: 10, text: "x".repeat(20_000) });
    await clock.advance(1000);
    expect(root.heard[0]?.length).toBeLessThan(6500);
    expect(root.heard[0]).toContain(`background_output {id: "${job.id}"}`);
    expect((await now(job)).result).toHaveLength(20_000);
  });

  test("a job that ends while another is being told is told after the answer", async () => {
    const tell = world.tell;
    world.tell = async (id, agent, text) => {
      await clock.wait(400);
      await tell(id, agent, text);
      world.turn(id, 3000);
    };
    await start({ ms: 10 }, "first");
    await start({ ms: 350 }, "second");
    await clock.advance(20_000);
    expect(root.heard).toMatchObject([expect.stringContaining("first"), expect.stringContaining("second")]);
  });

  test("a host that cannot be reached for a moment is asked again", async () => {
    const tell = world.tell;
    let failures = 2;
    world.tell = async (...args) => {
      if ((failures -= 1) >= 0) throw new Error("connection refused");
      await tell(...args);
    };
    const job = await start({ ms: 10 });
    await clock.advance(10_000);
    expect(root.heard).toHaveLength(1);
    expect((await now(job)).notified_at).toBeDefined();
  });
});

describe("waiting and cancelling", () => {
  test("the end of the call ends the waiting, not the job", async () => {
    const call = new AbortController();
    const job = await start({ ms: 3000, text: "late" });
    const waiting = jobs.wait(job.id, call.signal);
    await clock.advance(100);
    call.abort();
    expect(await waiting).toMatchObject({ state: "running" });
    await clock.advance(4000);
    expect(await now(job)).toMatchObject({ state: "completed", result: "late" });
  });

  test.each<[string, (id: string) => Promise<void>]>([
    ["and the event says so", async (id) => jobs.sessionDeleted(id)],
    ["and nothing says so", async () => undefined],
  ])("a session deleted while its work is being started: cancelled, %s", async (_what, event) => {
    const begin = world.start;
    world.start = async (request) => {
      await begin({
        ...request,
        async created(child) {
          await request.created?.(child);
          world.remove(root.id);
          world.remove(child);
        },
      }).catch(() => undefined);
      throw new Error("Session not found");
    };
    const job = await start({ ms: 10 });
    await event(root.id);
    await clock.advance(5000);
    expect(await now(job)).toMatchObject({ state: "cancelled", error: "the session that it was for was deleted" });
    expect(kinds(job)).toEqual(["job.running", "job.cancelled"]);
  });

  test("cancel stops the session's turn; a queued one never starts; an ended one stays as it is", async () => {
    limits.parallel = 1;
    const [running, queued] = [await start({}, "runs"), await start({ ms: 10 }, "waits")];
    await clock.advance(20);
    expect(await during(jobs.cancel(queued.id, "not needed"))).toMatchObject({
      state: "cancelled",
      error: "not needed",
    });
    expect(await during(jobs.cancel(running.id, "not needed"))).toMatchObject({ state: "cancelled" });
    expect(world.sessions.get("ses_1")).toMatchObject({ busy: false, aborted: true });
    expect(world.prompted).toEqual(["runs"]);
    const done = await start({ ms: 10 });
    await clock.advance(1000);
    expect(await jobs.cancel(done.id, "too late")).toMatchObject({ state: "completed" });
    expect(await refusal(jobs.cancel("job-none", "x"))).toMatchObject({ code: "not_found" });
  });

  test("an end is never left: a cancel at the moment of the end leaves one end", async () => {
    for (let ms = 0; ms < 40; ms += 3) {
      const job = await start({ ms: 20 }, `at ${ms}`);
      await clock.advance(ms);
      await during(jobs.cancel(job.id, "now"), 500);
      expect(kinds(job).filter((kind) => kind !== "job.running")).toHaveLength(1);
    }
    expect(logged).toEqual([]);
  });

  test("a job that is cancelled while its session is being made is never prompted", async () => {
    const begin = world.start;
    world.start = async (request) => {
      await clock.wait(100);
      return begin(request);
    };
    const job = await start({ ms: 10 });
    const cancelled = during(jobs.cancel(job.id, "changed my mind"), 1000);
    expect(await cancelled).toMatchObject({ state: "cancelled", error: "changed my mind" });
    expect(world.prompted).toEqual([]);
  });
});

describe("after the host ended", () => {
  async function restart(): Promise<void> {
    jobs.stop();
    world.crash();
    jobs = boot();
    await during(jobs.ready(), 1000);
    await clock.advance(2000);
  }

  test("finished work is recovered, cut-off work is lost, waiting work is failed, each told once", async () => {
    limits.parallel = 2;
    const quick = await start({ ms: 30, text: "was ready" }, "quick");
    const cut = await start({ ms: 5000 }, "cut");
    const waits = await start({ ms: 10 }, "waits");
    // The end of its turn, not noticed by anybody: the host is gone before it is written down.
    jobs.stop();
    await clock.advance(35);
    await restart();
    expect([await now(quick), await now(cut), await now(waits)]).toMatchObject([
      { state: "completed", result: "was ready" },
      { state: "lost", error: expect.stringContaining("its turn was cut off") },
      { state: "failed", error: expect.stringContaining("the host ended before it could start") },
    ]);
    expect(root.heard).toHaveLength(1);
    await restart();
    expect(root.heard).toHaveLength(1);
  });

  test("a job whose session is gone is lost", async () => {
    const job = await start({ ms: 5000 });
    await clock.advance(20);
    world.remove("ses_1");
    await restart();
    expect(await now(job)).toMatchObject({ state: "lost", error: "its session does not exist any more" });
  });

  test("a session that still runs in this server is watched again", async () => {
    const job = await start({ ms: 3000, text: "kept on" });
    await clock.advance(20);
    jobs.stop();
    jobs = boot();
    await jobs.ready();
    await clock.advance(5000);
    expect(await now(job)).toMatchObject({ state: "completed", result: "kept on" });
    expect(world.prompted).toHaveLength(1);
  });

  test("a message that was sent but not noted is found by its marker", async () => {
    const job = await start({ ms: 10 });
    await clock.advance(1000);
    const kept = project.state.jobs.get(job.id);
    if (kept) project.state.jobs.set(job.id, (({ notified_at: _gone, ...rest }) => rest)(kept));
    await restart();
    expect(root.heard).toHaveLength(1);
    expect((await now(job)).notified_at).toBeDefined();
  });

  test("a project without state is not touched", async () => {
    project = new MemoryProject();
    jobs = boot();
    await jobs.ready();
    expect(project.touched).toBe(false);
  });
});
