import { beforeEach, describe, expect, test } from "bun:test";
import { DEFAULT_CONFIG } from "../../config.ts";
import { createBackgroundJobs } from "../../features/background/jobs.ts";
import { jobMarker } from "../../lib/jobs.ts";
import { handClock, type HandClock } from "../../testing/hand-clock.ts";
import { MemoryProject } from "../../testing/memory-state.ts";
import { openMemoryStore } from "../../testing/memory-store.ts";
import { sessionWorld, type SessionWorld } from "../../testing/session-world.ts";
import { testWorld } from "../../testing/provider-world.ts";
import type { OhmymktTool, ToolContext } from "../ohmymkt/define.ts";
import { backgroundCancel } from "./cancel.ts";
import { backgroundOutput } from "./output.ts";
import { backgroundTask } from "./task.ts";

let clock: HandClock;
let world: SessionWorld;
let context: ToolContext;

beforeEach(() => {
  clock = handClock();
  world = sessionWorld(clock);
  world.root();
  const store = openMemoryStore(new MemoryProject(), { now: () => new Date(clock.now()) });
  const unasked = async (): Promise<never> => {
    throw new Error("nobody is asked here");
  };
  const jobs = createBackgroundJobs({
    store: async () => store,
    runner: world,
    clock,
    owner: { pid: 1, boot: "b" },
    isAlive: () => false,
    limits: async () => ({ parallel: 1, waiting: 5, minutes: 1 }),
    log: () => undefined,
  });
  world.onIdle = () => jobs.sessionIdle();
  context = {
    store,
    config: DEFAULT_CONFIG,
    actor: { host: "opencode", agent: "lead", session: "ses_root" },
    signal: new AbortController().signal,
    newId: (prefix) => prefix,
    approve: unasked,
    decide: unasked,
    team: [],
    world: testWorld(),
    directory: "/nowhere",
    allows: () => ({ ok: true }),
    background: { jobs, delegates: ["helper", "analyst"], foreground: undefined, standBack: undefined },
  };
});

const call = async (
  tool: OhmymktTool,
  args: object,
  change: Partial<NonNullable<ToolContext["background"]>> = {},
): Promise<string> => {
  const background = context.background && { ...context.background, ...change };
  const running = tool.call(args, { ...context, ...(background ? { background } : {}) }).then(
    ({ text }) => text,
    (error: unknown) => String(error),
  );
  await clock.advance(3000);
  return running;
};
const idIn = (text: string): string => /job-\w+/.exec(text)?.[0] ?? "?";
const work = (behaviour: object, more: object = {}): object => ({
  agent: "helper",
  prompt: JSON.stringify(behaviour),
  ...more,
});

describe("background_task", () => {
  test("answers at once with the id, and says what comes next", async () => {
    const text = await call(backgroundTask, work({}, { title: "Audit" }));
    expect(text).toMatch(
      /^job-\w+ is running: helper: Audit\n[^]*You are told when it ends[^]*background_output \{id: "job-/,
    );
    expect(await call(backgroundTask, work({}, { title: "Next" }))).toContain("It waits for room.");
  });

  test.each([
    [{ wait: true }, {}],
    [{}, { foreground: "the process ends" }],
  ])("waits when it is told to or has to: %j %j", async (args, desk) => {
    const text = await call(backgroundTask, work({ ms: 50, text: "42" }, args), desk);
    expect(text).toMatch(/^\[job-\w+ finished\] helper: [^]*\n42/);
    expect(text.includes("It was waited for here: the process ends.")).toBe("foreground" in desk);
  });

  test("starts delegates only, and names them", async () => {
    expect(await call(backgroundTask, { ...work({}), agent: "stranger" })).toContain('lead may not start "stranger"');
    expect(await call(backgroundTask, { ...work({}), agent: "stranger" }, { delegates: [] })).toContain(
      'lead may not start "stranger"',
    );
    expect(await call(backgroundTask, work({ ms: 1 }), { delegates: undefined })).toContain("job-");
  });

  test("stands back where the host has its own", async () => {
    expect(await call(backgroundTask, work({}), { standBack: "use task" })).toBe("use task");
    expect(world.sessions.size).toBe(1);
  });

  test.each([
    [{ agent: "helper" }],
    [{ agent: "helper", prompt: "" }],
    [{ ...work({}), wait: "yes" }],
    [{ ...work({}), depth: 3 }],
  ])("refuses %j", async (args) => {
    expect(await call(backgroundTask, args)).toContain("background_task: ");
    expect(world.sessions.size).toBe(1);
  });

  test("without a host that runs agents it says so", async () => {
    const { background: _none, ...bare } = context;
    for (const [tool, args] of [
      [backgroundTask, work({})],
      [backgroundOutput, { id: "job-1" }],
      [backgroundCancel, { id: "job-1" }],
    ] as const) {
      expect(await tool.call(args, bare).catch((error: unknown) => error)).toMatchObject({
        code: "not_allowed",
        message: expect.stringContaining("only the agent host"),
      });
    }
  });
});

describe("background_output and background_cancel", () => {
  test("show a running job, wait for its end, and note that it was read", async () => {
    const id = idIn(await call(backgroundTask, work({ ms: 9000, text: "late" })));
    expect(await call(backgroundOutput, { id })).toMatch(/is running[^]*tokens so far/);
    const waiting = backgroundOutput.call({ id, wait: true }, context);
    await clock.advance(10_000);
    expect((await waiting).text).toContain(`[${id} finished]`);
    const job = await context.background?.jobs.get(id);
    expect(job).toMatchObject({ state: "completed", read_at: expect.any(String) });
    expect(job && (await waiting).text.includes(jobMarker(job))).toBe(true);
  });

  test("reading by another session does not count as reading", async () => {
    const id = idIn(await call(backgroundTask, work({ ms: 10 })));
    await clock.advance(1000);
    const other = { ...context, actor: { host: "opencode" as const, agent: "lead", session: "ses_other" } };
    await backgroundOutput.call({ id }, other);
    expect((await context.background?.jobs.get(id))?.read_at).toBeUndefined();
  });

  test("cancel stops it once; afterwards it says that it had ended", async () => {
    const id = idIn(await call(backgroundTask, work({})));
    expect(await call(backgroundCancel, { id })).toMatch(/^\[job-\w+ cancelled\][^]*cancelled by lead/);
    const done = idIn(await call(backgroundTask, work({ ms: 1, text: "r" })));
    expect(await call(backgroundCancel, { id: done })).toMatch(/^It had ended before\.\n\[job-\w+ finished\]/);
    expect(await call(backgroundOutput, { id: "job-none" })).toContain('there is no job "job-none"');
  });
});
