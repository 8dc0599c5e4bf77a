import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { NewTask, Task } from "../../lib/tasks.ts";
import { openStore } from "../../store/open.ts";
import type { Transaction } from "../../store/store.ts";
import { startHost, type OpencodeHost } from "../../testing/opencode-host.ts";
import { packPlugin } from "../../testing/pack.ts";
import type { ScriptStep } from "../../testing/script-step.ts";
import { script } from "../../testing/scripted-model.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";

setDefaultTimeout(60_000);

let project: Workspace;
let host: OpencodeHost;

beforeAll(async () => {
  const { spec } = await packPlugin({ root: join(import.meta.dirname, "../../..") });
  project = makeWorkspace({ git: true });
  host = await startHost({ directory: project.directory, plugin: spec, network: "none" });
});
afterAll(async () => {
  await host.stop();
  project.dispose();
});

async function look<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  const store = openStore({ directory: project.directory });
  try {
    return await store.transaction({ actor: { host: "library" }, tool: "test" }, work);
  } finally {
    await store.close();
  }
}

const task = (id: string, owner: string, steps: ScriptStep[], more: Partial<NewTask> = {}): NewTask => ({
  id,
  title: id,
  objective: "o",
  owner,
  acceptance_criteria: ["it works"],
  description: script(steps),
  ...more,
});
const answer = (summary: string): ScriptStep => ({
  delay_ms: 800,
  text: `All done.\n\`\`\`json\n${JSON.stringify({ status: "done", summary, results: [{ criterion: "it works", evidence: "brief" }] })}\n\`\`\``,
});
const brief = (title: string): ScriptStep => ({
  calls: [["ohmymkt_research_brief", { action: "create", title, objectives: ["o"] }]],
});

test("three specialists in parallel with tool calls, one model failure, a fan-in, told once", async () => {
  await look((tx) =>
    tx.tasks.create([
      task("one", "research-agent", [brief("one"), answer("one is done")]),
      task("two", "intent-ops", [answer("two is done")]),
      task("three", "seo-engineer", [answer("three is done")]),
      task("broken", "content-ops", [{ status: 400 }], { max_attempts: 1 }),
      task("join", "growth-analyst", [answer("joined")], { blocked_by: ["one", "two", "three"] }),
    ]),
  );
  const { id } = await host.session();
  const steps: ScriptStep[] = [
    { calls: [["ohmymkt_swarm", { action: "start" }]] },
    { text: "started: {{last}}" },
    { text: "noted" },
  ];
  const turn = await host.prompt(id, `Go. ${script(steps)}`, { agent: "execution-manager", timeoutMs: 40_000 });
  expect(turn.text).toContain("The swarm runs.");
  const all = async (): Promise<Task[]> => look((tx) => tx.tasks.list());
  for (const end = Date.now() + 30_000; Date.now() < end; await Bun.sleep(200)) {
    const [job] = await look((tx) => tx.jobs.list());
    if (job?.notified_at !== undefined) break;
  }
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

const swarm = (args: object): ScriptStep => ({ calls: [["ohmymkt_swarm", { ...args }]] });
const rowOf = async (id: string): Promise<Task | undefined> => look((tx) => tx.tasks.get(id));
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; !(await holds()); await Bun.sleep(100))
    if (Date.now() > end) throw new Error(`expected ${what} within 15 s`);
}

test("stop ends the child's requests, gives the task back, and is not told again", async () => {
  await look((tx) =>
    tx.tasks.create([task("endless", "seo-engineer", [{ delay_ms: 3000, ...brief("x") }, answer("never")])]),
  );
  const { id } = await host.session();
  const steps: ScriptStep[] = [
    swarm({ action: "start", owners: ["seo-engineer"] }),
    { delay_ms: 700, ...swarm({ action: "stop" }) },
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
  await look((tx) => tx.tasks.transition("endless", "cancelled"));
});

test("a child that needs an approval waits, visibly, and goes on once a person has answered", async () => {
  const { id } = await host.session();
  const evidence = { gate: "data_gate", field: "reconcilable", value: true, evidence: "sheet" };
  const opening: ScriptStep = { calls: [["ohmymkt_update_gates", { updates: [evidence] }]] };
  await look((tx) => tx.tasks.create([task("gated", "seo-engineer", [opening, answer("approved")])]));
  const steps: ScriptStep[] = [
    swarm({ action: "start", owners: ["seo-engineer"] }),
    { text: "started" },
    { text: "noted" },
  ];
  await host.prompt(id, `Go. ${script(steps)}`, { agent: "execution-manager", timeoutMs: 40_000 });
  await until("a permission request", async () => (await host.permissions()).length > 0);
  await until("the task to wait", async () => (await rowOf("gated"))?.waiting_for !== undefined);
  expect(await rowOf("gated")).toMatchObject({ status: "in_progress", waiting_for: "a person's answer" });
  const [request] = await host.permissions();
  await host.reply(request?.id ?? "", "once");
  await until("the task to end", async () => (await rowOf("gated"))?.status === "completed");
  expect(await rowOf("gated")).toMatchObject({ result: "approved", attempts: 1 });
});
