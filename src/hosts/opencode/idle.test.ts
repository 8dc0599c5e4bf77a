import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { Task } from "../../lib/tasks.ts";
import { openStore } from "../../store/open.ts";
import type { Transaction } from "../../store/store.ts";
import { startHost, type OpencodeHost } from "../../testing/opencode-host.ts";
import { packPlugin } from "../../testing/pack.ts";
import type { ScriptStep } from "../../testing/script-step.ts";
import { script } from "../../testing/scripted-model.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";

setDefaultTimeout(90_000);

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

/** Lets an agent below execution-manager claim its task and then do this; the task once it holds. */
async function delegated(
  id: string,
  agent: string,
  after: ScriptStep[],
  holds: (task: Task) => boolean,
): Promise<Task> {
  await look((tx) =>
    tx.tasks.create([{ id, title: id, objective: "o", owner: agent, acceptance_criteria: ["it works"] }]),
  );
  const steps: ScriptStep[] = [{ calls: [["ohmymkt_task_claim", { id }]] }, ...after];
  const packet = { description: id, subagent_type: agent, prompt: `Work. ${script(steps)}` };
  const { id: session } = await host.session();
  const outer: ScriptStep[] = [{ calls: [["task", packet]] }, { text: "handed back" }];
  await host.prompt(session, `Go. ${script(outer)}`, { agent: "execution-manager" });
  for (const end = Date.now() + 60_000; ; await Bun.sleep(100)) {
    const task = await look((tx) => tx.tasks.get(id));
    if (task && holds(task)) return task;
    if (Date.now() > end) throw new Error(`task ${id} did not get there: ${JSON.stringify(task)}`);
  }
}

/** What ohmymkt said to whoever held the task. */
async function reminders(task: string): Promise<string[]> {
  const sessions = host.model
    .requests()
    .filter(({ messages }) => messages.some(({ text }) => text.includes(`Task ${task}: `)));
  const all = await Promise.all(
    [...new Set(sessions.flatMap(({ session }) => session ?? []))].map((id) => host.messages(id)),
  );
  return all
    .flat()
    .flatMap(({ parts }) => parts.flatMap(({ text = "" }) => (text.startsWith("You hold") ? [text] : [])));
}

test("an agent that stops with a task in its hands is reminded once and finishes it", async () => {
  const done = { id: "late", token: "{{match:Token: (\\S+)}}", status: "completed" };
  const results = [{ criterion: "it works", evidence: "seen" }];
  const task = await delegated(
    "late",
    "seo-engineer",
    [
      { text: "I think that is all." },
      { calls: [["ohmymkt_task_update", { ...done, note: "finished", results }]] },
      { text: "done" },
    ],
    ({ status }) => status === "completed",
  );
  expect(task).toMatchObject({ attempts: 1, result: "finished" });
  expect(await reminders("late")).toEqual([expect.stringContaining("late (token 1@seo-engineer)")]);
});

test("one that does nothing after the reminder loses it to the pool", async () => {
  const task = await delegated(
    "dropped",
    "link-specialist",
    [{ text: "I think that is all." }, { text: "Still all." }],
    ({ status }) => status === "pending",
  );
  expect(task).toMatchObject({ attempts: 1, error: "link-specialist stopped without finishing it" });
  expect(await reminders("dropped")).toHaveLength(1);
});
