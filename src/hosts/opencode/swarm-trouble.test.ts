import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { jobMarker, type Job } from "../../lib/jobs.ts";
import type { NewTask, Task } from "../../lib/tasks.ts";
import { oneShotRun } from "../../testing/one-shot-run.ts";
import { pluginHost, type PluginHost } from "../../testing/plugin-host.ts";
import { script } from "../../testing/scripted-model.ts";
import type { ScriptStep } from "../../testing/script-step.ts";
import { doneStep, scriptedTask, swarmStep } from "../../testing/swarm-tasks.ts";

setDefaultTimeout(120_000);

const MANAGER = "execution-manager";
/** A model that does not answer as long as the test lasts. */
const HANGS: ScriptStep = { delay_ms: 600_000, text: "never" };
const LEASE_S = 3;
const LOOK: ScriptStep = { calls: [["ohmymkt_read_state", { file: "health" }]] };

let world: PluginHost;

beforeAll(async () => {
  world = await pluginHost();
});
afterAll(() => world.dispose());

/** Settings of the swarms that start from now on; signs of life come each second. */
const configure = (swarm: Partial<Config["swarm"]>, tasks: Partial<Config["tasks"]> = {}): Promise<unknown> =>
  Bun.write(
    join(world.directory, ".ohmymkt/config.json"),
    JSON.stringify({ swarm: { lease_seconds: LEASE_S, ...swarm }, tasks: { backoff_seconds: 0, ...tasks } }),
  );
const add = (...tasks: NewTask[]): Promise<Task[]> => world.look((tx) => tx.tasks.create(tasks));
async function taskOf(id: string): Promise<Task> {
  const task = await world.look((tx) => tx.tasks.get(id));
  if (!task) throw new Error(`there is no task ${id}`);
  return task;
}
const start = async (...owners: string[]): Promise<string> =>
  (await world.play(MANAGER, [swarmStep({ action: "start", owners }), { text: "started" }, { text: "noted" }])).session;
const answerTo = async (step: ScriptStep): Promise<string> =>
  (await world.play(MANAGER, [step, { text: "{{last}}" }])).text;
const lastSwarm = async (): Promise<Job | undefined> => (await world.look((tx) => tx.jobs.list())).at(-1);
/** The end of the swarm as its root was told. */
async function told(root: string): Promise<string> {
  await world.until("the swarm's end to be told", async () => (await lastSwarm())?.notified_at !== undefined, 40_000);
  await world.host.idle(root);
  return (await world.heard(root)).join("\n");
}
async function sessionsOf(root: string, title: string): Promise<string[]> {
  return (await world.host.children(root)).filter((child) => child.title === title).map(({ id }) => id);
}

test("a child whose model hangs is named as silent, stopped at the time limit, and fails with the reason", async () => {
  await configure({ minutes: 0.15 });
  await add(scriptedTask("hangs", "seo-engineer", [HANGS], { max_attempts: 1 }));
  const root = await start("seo-engineer");
  await world.until("the status to name it as silent", async () =>
    /hangs \(hangs\) works in ses_\S+ since \S+, 0 tokens, 0 tool calls, silent since \d/.test(
      await answerTo(swarmStep({ action: "status" })),
    ),
  );
  const end = await told(root);
  expect(end).toContain("hangs (hangs) failed for good: stopped after 0.15 minutes, the limit for a task");
  expect(await taskOf("hangs")).toMatchObject({ status: "failed", attempts: 1 });
  const [session = ""] = await sessionsOf(root, "hangs");
  await world.host.idle(session, 2000);
  expect(world.requestsOf(session)).toHaveLength(1);
});

test("a child that calls tools without end is stopped at its limit, tried again, and the report says why", async () => {
  await configure({ tool_calls: 3 });
  const steps = Array.from({ length: 200 }, (): ScriptStep => ({ ...LOOK, delay_ms: 150 }));
  await add(scriptedTask("loops", "seo-engineer", steps, { max_attempts: 2 }));
  const root = await start("seo-engineer");
  const end = await told(root);
  expect(end).toMatch(/loops \(loops\) failed for good: stopped after \d+ tool calls; the limit for a task is 3/);
  expect(end).toContain("3 tool calls for a task");
  expect(end).toContain("0 completed, 1 failed, 1 tried again");
  const sessions = await sessionsOf(root, "loops");
  expect(sessions).toHaveLength(2);
  for (const session of sessions) await world.host.idle(session, 2000);
  const requests = (): number[] => sessions.map((session) => world.requestsOf(session).length);
  const before = requests();
  for (const count of before) expect(count).toBeGreaterThan(3);
  await Bun.sleep(1000);
  expect(requests()).toEqual(before);
});

test("a P0 stops the child of a scale module at once and holds its task; the others go on", async () => {
  await configure({});
  await add(
    scriptedTask("scale", "authority-manager", [HANGS], { module: "authority_growth" }),
    scriptedTask("scale-next", "authority-manager", [HANGS], { module: "scale_loop", blocked_by: ["tech"] }),
    scriptedTask("tech", "seo-engineer", [LOOK, doneStep("tech is done", 6000)], { module: "technical_foundation" }),
  );
  const root = await start("authority-manager", "seo-engineer");
  const session = async (): Promise<string> => String((await taskOf("scale")).metadata["session"]);
  await world.until("both children to work", async () =>
    ["scale", "tech"].every((title) =>
      world.model.requests().some(({ messages }) => messages.at(-1)?.text.includes(`task of the pool: ${title}`)),
    ),
  );
  const p0 = { action: "open", severity: "P0", module: "technical_foundation", summary: "Pages are noindex" };
  expect(await answerTo({ calls: [["ohmymkt_incident", p0]] })).toContain("P0");
  await world.until("the task to be back", async () => (await taskOf("scale")).status === "pending");
  expect(await taskOf("scale")).toMatchObject({ attempts: 0, error: expect.stringContaining("while a P0 is open") });
  expect(await taskOf("tech")).toMatchObject({ status: "in_progress" });
  await world.host.idle(await session(), 2000);
  const end = await told(root);
  expect(end).toContain("1 completed, 0 failed, 0 tried again, 1 back in the pool");
  expect(end).toMatch(/2 held: scaling stops while a P0 is open: /);
  expect(await taskOf("tech")).toMatchObject({ status: "completed", result: "tech is done" });
  expect(world.requestsOf(await session())).toHaveLength(1);
  expect(await sessionsOf(root, "scale-next")).toEqual([]);
});

test("a host that is killed loses no task, tells the swarm's end once, and runs nothing twice at a time", async () => {
  await configure({});
  const ids = ["killed-1", "killed-2"];
  await add(
    scriptedTask("quick", "content-ops", [doneStep("quick is done", 0)]),
    ...ids.map((id) => scriptedTask(id, "content-ops", [doneStep(`${id} is done`, 6000)])),
  );
  const root = await start("content-ops");
  await world.until("one task to be done and two to run", async () => {
    const states = await Promise.all(["quick", ...ids].map(async (id) => (await taskOf(id)).status));
    return states.join() === "completed,in_progress,in_progress";
  });
  const first = await Promise.all(ids.map(async (id) => String((await taskOf(id)).metadata["session"])));
  await world.restart();
  const restarted = Date.now();
  const row = await lastSwarm();
  expect(row).toMatchObject({ state: "running" });

  const seen = await answerTo(swarmStep({ action: "status" }));
  expect(seen).toContain(`None has run since this host started. The last one before:\n[${row?.id} lost]`);
  expect(seen).toMatch(
    /the host ended while it ran; (2 tasks return to the pool by \S+: killed-1, killed-2|its tasks are back in the pool)/,
  );
  const listed = await answerTo({ calls: [["ohmymkt_task_list", { owner: "content-ops" }]] });
  for (const id of ids) expect(listed).toMatch(new RegExp(`- ${id} (in_progress|pending) `));
  await told(root);

  await world.until("the leases to run out", async () =>
    world.look(async (tx) => {
      await tx.tasks.reap();
      return (await tx.tasks.list({ status: ["pending"], owner: "content-ops" })).length === ids.length;
    }),
  );
  const again = await start("content-ops");
  expect(await told(again)).toContain("2 completed, 0 failed");
  for (const [index, id] of ids.entries()) {
    const task = await taskOf(id);
    expect(task).toMatchObject({ status: "completed", attempts: 2, result: `${id} is done` });
    expect(task.metadata["session"]).not.toBe(first[index]);
    for (const { at } of world.requestsOf(first[index])) expect(at).toBeLessThan(restarted);
    for (const { at } of world.requestsOf(task.metadata["session"])) expect(at).toBeGreaterThan(restarted);
  }
  expect((await world.heard(root)).join("\n").split(`[${row?.id} lost]`)).toHaveLength(2);
  expect((await taskOf("quick")).attempts).toBe(1);
});

test("opencode run waits in the foreground until nothing is left, and its children end by themselves", async () => {
  await configure({});
  await add(
    scriptedTask("once-1", "link-specialist", [LOOK, doneStep("first is done", 1500)]),
    scriptedTask("once-2", "link-specialist", [doneStep("second is done")], { blocked_by: ["once-1"] }),
  );
  const inner = [swarmStep({ action: "start", owners: ["link-specialist"] }), { text: "got {{last}}" }];
  const packet = { description: "work", subagent_type: MANAGER, prompt: `Work. ${script(inner)}` };
  const outer: ScriptStep[] = [{ calls: [["task", packet]] }, { text: "{{last}}" }];
  const { out, code } = await oneShotRun(world.home, world.directory, "growth-manager", `Go. ${script(outer)}`);
  expect(code).toBe(0);
  expect(out).toMatch(/got \[job-\w+ finished\]\nThe swarm has finished[^]*2 completed, 0 failed/);
  expect(out).toContain("It was waited for here: this process ends with its turn");
  for (const [id, result] of [
    ["once-1", "first is done"],
    ["once-2", "second is done"],
  ] as const)
    expect(await taskOf(id)).toMatchObject({ status: "completed", attempts: 1, result });
  const job = await lastSwarm();
  expect(job && jobMarker(job)).toMatch(/finished/);
  expect(job?.read_at).toBeDefined();
});
