import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Task } from "../../lib/tasks.ts";
import type { OpencodeHost } from "../../testing/opencode-host.ts";
import { pluginHost, type PluginHost } from "../../testing/plugin-host.ts";
import type { ScriptStep } from "../../testing/script-step.ts";
import { script } from "../../testing/scripted-model.ts";
import { doneStep, scriptedTask, swarmStep } from "../../testing/swarm-tasks.ts";

setDefaultTimeout(120_000);

let world: PluginHost;
let host: OpencodeHost;

beforeAll(async () => {
  world = await pluginHost();
  host = world.host;
});
afterAll(() => world.dispose());

const brief = (title: string): ScriptStep => ({
  calls: [["ohmymkt_research_brief", { action: "create", title, objectives: ["o"] }]],
});

test("three specialists in parallel with tool calls, one model failure, a fan-in, told once", async () => {
  await world.look((tx) =>
    tx.tasks.create([
      scriptedTask("one", "research-agent", [brief("one"), doneStep("one is done")]),
      scriptedTask("two", "intent-ops", [doneStep("two is done")]),
      scriptedTask("three", "seo-engineer", [doneStep("three is done")]),
      scriptedTask("broken", "content-ops", [{ status: 400 }], { max_attempts: 1 }),
      scriptedTask("join", "growth-analyst", [doneStep("joined")], { blocked_by: ["one", "two", "three"] }),
    ]),
  );
  const { id } = await host.session();
  const steps: ScriptStep[] = [swarmStep({ action: "start" }), { text: "started: {{last}}" }, { text: "noted" }];
  const turn = await host.prompt(id, `Go. ${script(steps)}`, { agent: "execution-manager", timeoutMs: 40_000 });
  expect(turn.text).toContain("The swarm runs.");
  const all = async (): Promise<Task[]> => world.look((tx) => tx.tasks.list());
  await world.until(
    "the end to be told",
    async () => (await world.look((tx) => tx.jobs.list()))[0]?.notified_at !== undefined,
    30_000,
  );
  const tasks = await all();
  expect(tasks.map((one) => [one.id, one.status, one.result ?? one.error])).toEqual([
    ["one", "completed", "one is done"],
    ["two", "completed", "two is done"],
    ["three", "completed", "three is done"],
    ["broken", "failed", expect.stringContaining("scripted failure 400")],
    ["join", "completed", "joined"],
  ]);
  const [one, two, three, , fanIn] = tasks;
  const last = Math.max(...[one, two, three].map((each) => Date.parse(each?.completed_at ?? "")));
  expect(Date.parse(fanIn?.started_at ?? "")).toBeGreaterThanOrEqual(last);
  expect(await host.children(id)).toHaveLength(5);
  await host.idle(id);
  const said = (await host.messages(id)).flatMap(({ parts }) => parts.map((part) => part.text ?? ""));
  expect(said.filter((text) => text.includes("swarm of"))).toHaveLength(1);
  const tools = host.model
    .requests()
    .filter((request) => request.session === one?.metadata["session"])[0]
    ?.tools.map((tool) => tool.name);
  expect(tools).not.toContain("ohmymkt_swarm");
  expect(tools).toContain("ohmymkt_research_brief");
});

const rowOf = async (id: string): Promise<Task | undefined> => world.look((tx) => tx.tasks.get(id));

test("stop ends the child's requests, gives the task back, and is not told again", async () => {
  await world.look((tx) =>
    tx.tasks.create([scriptedTask("endless", "seo-engineer", [{ delay_ms: 3000, ...brief("x") }, doneStep("never")])]),
  );
  const { id } = await host.session();
  const steps: ScriptStep[] = [
    swarmStep({ action: "start", owners: ["seo-engineer"] }),
    { delay_ms: 700, ...swarmStep({ action: "stop" }) },
    { text: "answer: {{last}}" },
  ];
  const { text } = await host.prompt(id, `Go. ${script(steps)}`, { agent: "execution-manager", timeoutMs: 40_000 });
  expect(text).toMatch(
    /\[job-\w+ cancelled\]\nThe swarm was stopped: stopped by execution-manager[^]*1 back in the pool/,
  );
  expect(await rowOf("endless")).toMatchObject({ status: "pending", attempts: 0 });
  const session = (await rowOf("endless"))?.metadata["session"];
  const count = (): number => host.model.requests().filter((request) => request.session === session).length;
  const before = count();
  await Bun.sleep(3500);
  expect(count()).toBe(before);
  const said = (await host.messages(id)).flatMap(({ parts }) => parts.map((part) => part.text ?? ""));
  expect(said.filter((one) => one.includes("Background work has ended"))).toEqual([]);
  await world.look((tx) => tx.tasks.transition("endless", "cancelled"));
});

test("a child that needs an approval waits, visibly, and goes on once a person has answered", async () => {
  const { id } = await host.session();
  const evidence = { gate: "data_gate", field: "reconcilable", value: true, evidence: "sheet" };
  const opening: ScriptStep = { calls: [["ohmymkt_update_gates", { updates: [evidence] }]] };
  await world.look((tx) => tx.tasks.create([scriptedTask("gated", "seo-engineer", [opening, doneStep("approved")])]));
  const steps: ScriptStep[] = [
    swarmStep({ action: "start", owners: ["seo-engineer"] }),
    { text: "started" },
    { text: "noted" },
  ];
  await host.prompt(id, `Go. ${script(steps)}`, { agent: "execution-manager", timeoutMs: 40_000 });
  await world.until("a permission request", async () => (await host.permissions()).length > 0);
  await world.until("the task to wait", async () => (await rowOf("gated"))?.waiting_for !== undefined);
  expect(await rowOf("gated")).toMatchObject({ status: "in_progress", waiting_for: "a person's answer" });
  const [request] = await host.permissions();
  await host.reply(request?.id ?? "", "once");
  await world.until("the task to end", async () => (await rowOf("gated"))?.status === "completed");
  expect(await rowOf("gated")).toMatchObject({ result: "approved", attempts: 1 });
});
