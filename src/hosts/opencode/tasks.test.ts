import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Task } from "../../lib/tasks.ts";
import { pluginHost, type PluginHost } from "../../testing/plugin-host.ts";
import type { ScriptStep } from "../../testing/script-step.ts";
import { script } from "../../testing/scripted-model.ts";

setDefaultTimeout(120_000);

const MANAGER = "execution-manager";
const WORKERS = ["content-writer", "seo-engineer", "link-specialist"];
const REPORTER = "growth-analyst";
/** Long enough that the three overlap whatever the machine does besides. */
const AT_WORK_MS = 4000;

let world: PluginHost;
let said: Record<"created" | "early" | "together" | "late", string>;
let between: Task[];

const area = (agent: string): string => `site/${agent}`;
const file = (agent: string): string => join(world.directory, area(agent), "page.md");

function packet(agent: string, steps: ScriptStep[]): [string, Record<string, unknown>] {
  return ["task", { description: "work", subagent_type: agent, prompt: `Work. ${script(steps)}` }];
}

/** Claims, writes its own file, tries another's while all three are at work, and reports with evidence. */
function worker(agent: string): ScriptStep[] {
  const victim = WORKERS[(WORKERS.indexOf(agent) + 1) % WORKERS.length] ?? "";
  const id = "{{match:Task (task-\\S+): }}";
  const token = "{{match:Token: (\\S+)}}";
  return [
    { calls: [["ohmymkt_task_claim", {}]] },
    { calls: [["ohmymkt_task_update", { id, token, status: "in_progress", note: "began" }]] },
    { calls: [["write", { filePath: file(agent), content: `# ${agent}\n` }]] },
    {
      calls: [["write", { filePath: file(victim).replace("page", "foreign"), content: "x" }]],
      delay_ms: AT_WORK_MS / 2,
    },
    {
      calls: [
        [
          "ohmymkt_task_update",
          {
            id,
            token,
            status: "completed",
            note: "written",
            results: [{ criterion: "1 page exists", evidence: area(agent) }],
          },
        ],
      ],
      delay_ms: AT_WORK_MS,
    },
    { text: `${agent} heard: {{match:(not_allowed[^]*?Next: .*)}}` },
  ];
}

const TASKS = [
  ...WORKERS.map((agent) => ({
    title: `Page of ${agent}`,
    objective: "Write one page",
    owner: agent,
    acceptance_criteria: ["1 page exists"],
    artifacts: [`${area(agent)}/**`],
  })),
  { title: "Report", objective: "Sum up", owner: REPORTER, acceptance_criteria: ["3 pages are named"] },
];

/** Lets the manager take one turn below the primary agent; what it says comes back. */
async function managed(steps: ScriptStep[]): Promise<string> {
  const outer: ScriptStep[] = [{ calls: [packet(MANAGER, steps)] }, { text: "{{last}}" }];
  return (await world.play("growth-manager", outer)).text;
}

const tasks = (): Promise<Task[]> => world.look((tx) => tx.tasks.list());

beforeAll(async () => {
  world = await pluginHost();
  const report: ScriptStep[] = [{ calls: [["ohmymkt_task_claim", {}]] }, { text: "{{last}}" }];
  const created = await managed([
    { calls: [["ohmymkt_task_create", { pattern: "fan_in", tasks: TASKS }]] },
    { text: "{{last}}" },
  ]);
  const early = await managed([{ calls: [packet(REPORTER, report)] }, { text: "{{last}}" }]);
  const together = await managed([
    { calls: WORKERS.map((agent) => packet(agent, worker(agent))) },
    { calls: [["ohmymkt_task_list", {}]] },
    { text: "{{last}}" },
  ]);
  between = await tasks();
  const late = await managed([
    {
      calls: [
        packet(REPORTER, [
          { calls: [["ohmymkt_task_claim", {}]] },
          {
            calls: [
              [
                "ohmymkt_task_update",
                {
                  id: "{{match:Task (task-\\S+): }}",
                  token: "{{match:Token: (\\S+)}}",
                  status: "completed",
                  results: [{ criterion: "3 pages are named", evidence: "{{match:From (task-[^]*)}}" }],
                },
              ],
            ],
          },
          { text: "{{last}}" },
        ]),
      ],
    },
    { calls: [["ohmymkt_report_growth", { requires: between.map(({ id }) => id) }]] },
    { text: "{{last}}" },
  ]);
  said = { created, early, together, late };
});

afterAll(() => world.dispose());

/** What the tools answered in all sessions of one agent, as the model saw it. */
function heard(agent: string): string {
  const sessions = new Set(
    world.model
      .requests()
      .filter(({ messages }) =>
        messages.some(({ text }) => text.includes(`Page of ${agent}`) && text.includes("Token: ")),
      )
      .map(({ session }) => session),
  );
  return world.model
    .requests()
    .filter(({ session }) => sessions.has(session))
    .flatMap(({ messages }) => messages.filter(({ role }) => role === "tool").map(({ text }) => text))
    .join("\n");
}

describe("three specialists on one pool, in the real host", () => {
  test("the manager made the tasks in one call, with the graph and what is ready", () => {
    expect(said.created).toContain("Created 4 tasks.");
    expect(said.created).toContain("flowchart LR");
    for (const agent of WORKERS) expect(said.created).toMatch(new RegExp(`Page of ${agent} \\(${agent}\\) ready`));
    expect(said.created).toMatch(/Report \(growth-analyst\) after task-\S+, task-\S+, task-\S+/);
  });

  test("the report cannot be claimed before the others are done, and says for what it waits", () => {
    expect(said.early).toMatch(
      /No task of growth-analyst can be claimed now[^]*waits for task-\S+, task-\S+, task-\S+/,
    );
  });

  test("all three worked at the same time, and each completed its task with evidence", () => {
    const done = between.filter(({ owner }) => WORKERS.includes(owner));
    expect(
      done.map(({ status, assigned_agent, results, attempts }) => [status, assigned_agent, results, attempts]),
    ).toEqual(WORKERS.map((agent) => ["completed", agent, [{ criterion: "1 page exists", evidence: area(agent) }], 1]));
    const times = (pick: (task: Task) => string | undefined): number[] =>
      done.map((task) => Date.parse(pick(task) ?? ""));
    expect(Math.max(...times(({ started_at }) => started_at))).toBeLessThan(
      Math.min(...times(({ completed_at }) => completed_at)),
    );
    expect(done.map(({ checkpoints }) => checkpoints.map(({ note }) => note))).toEqual(
      WORKERS.map(() => ["began", "written"]),
    );
    expect(new Set(done.map(({ metadata }) => metadata["session"])).size).toBe(3);
  });

  test("each wrote its own file, and another's only to be told whose it is", async () => {
    for (const [index, agent] of WORKERS.entries()) {
      expect(await readFile(file(agent), "utf8")).toBe(`# ${agent}\n`);
      expect(existsSync(file(agent).replace("page", "foreign"))).toBe(false);
      const owner = WORKERS[(index + 1) % WORKERS.length] ?? "";
      expect(heard(agent)).toMatch(
        new RegExp(
          `not_allowed: \\S+foreign\\.md belongs to ${owner}, which holds task task-\\S+ \\(Page of ${owner}\\)`,
        ),
      );
    }
  });

  test("the report was ready only then, knew what the others found, and is complete", async () => {
    expect(between.find(({ owner }) => owner === REPORTER)?.status).toBe("pending");
    expect(said.together).toContain("1 pending, 3 completed; 1 ready");
    const report = (await tasks()).find(({ owner }) => owner === REPORTER);
    expect(report?.status).toBe("completed");
    for (const agent of WORKERS) expect(report?.results?.[0]?.evidence).toContain(`1 page exists: ${area(agent)}`);
    expect(said.late).toContain("Growth report (complete)");
  });
});
