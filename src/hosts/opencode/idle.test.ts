import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Task } from "../../lib/tasks.ts";
import { pluginHost, type PluginHost } from "../../testing/plugin-host.ts";
import type { ScriptStep } from "../../testing/script-step.ts";
import { script } from "../../testing/scripted-model.ts";

setDefaultTimeout(120_000);

let project: PluginHost;
beforeAll(async () => (project = await pluginHost()));
afterAll(() => project.dispose());

/** Lets an agent below execution-manager claim its task and then do this; the task once it holds. */
async function delegated(
  id: string,
  agent: string,
  after: ScriptStep[],
  holds: (task: Task) => boolean,
): Promise<Task> {
  await project.look((tx) =>
    tx.tasks.create([{ id, title: id, objective: "o", owner: agent, acceptance_criteria: ["it works"] }]),
  );
  const steps: ScriptStep[] = [{ calls: [["ohmymkt_task_claim", { id }]] }, ...after];
  const packet = { description: id, subagent_type: agent, prompt: `Work. ${script(steps)}` };
  await project.play("execution-manager", [{ calls: [["task", packet]] }, { text: "handed back" }]);
  return project.until(
    `${id} to get there`,
    async () => {
      const task = await project.look((tx) => tx.tasks.get(id));
      return task !== undefined && holds(task) && task;
    },
    60_000,
  );
}

/** What ohmymkt said to whoever held the task. */
async function reminders(task: string): Promise<string[]> {
  const { model, host } = project;
  const sessions = model
    .requests()
    .filter(({ messages }) => messages.some(({ text }) => text.includes(`Task ${task}: `)))
    .flatMap(({ session }) => session ?? []);
  const all = await Promise.all([...new Set(sessions)].map((id) => host.messages(id)));
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
