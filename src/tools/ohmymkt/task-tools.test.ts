import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Claim } from "../../features/tasks/claim-task.ts";
import type { Created } from "../../features/tasks/create-tasks.ts";
import type { Task } from "../../lib/tasks.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { claimWork, createWork, EM, work, WRITER, type CreateValue } from "../../testing/task-work.ts";
import { startedBench, toolBench, type ToolBench } from "../../testing/tool-bench.ts";

const MINUTE = 60_000;
let workspace: Workspace;
let bench: ToolBench;

beforeEach(() => {
  workspace = makeWorkspace();
  bench = toolBench({ directory: workspace.directory });
});
afterEach(async () => {
  await bench.store.close();
  workspace.dispose();
});

async function started(): Promise<void> {
  await bench.store.close();
  bench = await startedBench({ directory: workspace.directory });
}

const create = (args: Record<string, unknown>): Promise<CreateValue> => createWork(bench, args);
const claim = (args: Record<string, unknown> = {}, agent = WRITER): Promise<Claim> => claimWork(bench, args, agent);

async function complete({ task, token }: Claim, agent = WRITER, note = "done"): Promise<string> {
  const results = task.acceptance_criteria.map((criterion) => ({ criterion, evidence: `pages/${task.title}.md` }));
  return bench.text("task_update", { id: task.id, token, status: "completed", note, results }, agent);
}

/** Title → titles of those that it waits for. */
function shape({ tasks }: Created): Record<string, string[]> {
  const titles = new Map(tasks.map(({ id, title }) => [id, title]));
  return Object.fromEntries(
    tasks.map(({ title, blocked_by }) => [title, blocked_by.map((id) => titles.get(id) ?? id).toSorted()]),
  );
}

const everything = (): Promise<Task[]> => bench.look((tx) => tx.tasks.list());

describe("patterns", () => {
  test.each<[string, Record<string, unknown>, Record<string, string[]>, string[]]>([
    [
      "sequential",
      { tasks: [work("backup"), work("move"), work("verify")] },
      { backup: [], move: ["backup"], verify: ["move"] },
      ["backup"],
    ],
    ["parallel", { tasks: [work("a"), work("b"), work("c")] }, { a: [], b: [], c: [] }, ["a", "b", "c"]],
    ["fan_out", { tasks: [work("phase"), work("a"), work("b")] }, { phase: ["a", "b"], a: [], b: [] }, ["a", "b"]],
    ["fan_in", { tasks: [work("a"), work("b"), work("check")] }, { a: [], b: [], check: ["a", "b"] }, ["a", "b"]],
    [
      "pipeline",
      { tasks: ["api", "ui", "unit", "e2e", "ship"].map((title) => work(title)), stages: [2, 2, 1] },
      { api: [], ui: [], unit: ["api", "ui"], e2e: ["api", "ui"], ship: ["e2e", "unit"] },
      ["api", "ui"],
    ],
  ])("%s", async (pattern, args, expected, ready) => {
    const made = await create({ ...args, pattern });
    expect(shape(made)).toEqual(expected);
    const titles = new Map(made.tasks.map(({ id, title }) => [id, title]));
    expect(made.ready.map((id) => titles.get(id))).toEqual(ready);
    expect(made.graph).toStartWith("flowchart LR");
    for (const title of Object.keys(expected)) expect(made.graph).toContain(`["${title}"]`);
  });

  test("a pattern runs to its end in order, whoever claims", async () => {
    await create({ tasks: ["a", "b", "c", "d"].map((title) => work(title)), pattern: "pipeline", stages: [1, 2, 1] });
    const order: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      const next = await claim();
      order.push(next.task.title);
      await complete(next);
    }
    expect(order).toEqual(["a", "b", "c", "d"]);
  });

  test("blocked_by takes the title of another task of the call, and priorities by number or name", async () => {
    const made = await create({
      tasks: [work("late", { blocked_by: ["early"], priority: "CRITICAL" }), work("early", { priority: 0 })],
    });
    expect(shape(made)).toEqual({ late: ["early"], early: [] });
    expect(made.tasks.map(({ priority }) => priority)).toEqual([3, 0]);
  });
});

describe("files", () => {
  const areas = (made: CreateValue) => made.tasks.map(({ title, blocked_by }) => [title, blocked_by.length]);

  test("tasks that may write the same files get an order; others do not", async () => {
    const made = await create({
      tasks: [
        work("a", { artifacts: ["content/**"] }),
        work("b", { artifacts: ["docs/x.md"] }),
        work("c", { artifacts: ["content/c.md"] }),
      ],
    });
    expect(areas(made)).toEqual([
      ["a", 0],
      ["b", 0],
      ["c", 1],
    ]);
    const text = await bench.text("task_create", { tasks: [work("d", { artifacts: ["docs/*.md"] })] }, EM);
    expect(text).toContain("both may write the same files");
  });

  test("a whole and its parts that share files do not wait for each other in a circle", async () => {
    const made = await create({
      tasks: [
        work("whole", { artifacts: ["site/**"] }),
        work("part 1", { artifacts: ["site/a.md"] }),
        work("part 2", { artifacts: ["site/b.md"] }),
      ],
      pattern: "fan_out",
    });
    expect(shape(made)).toEqual({ whole: ["part 1", "part 2"], "part 1": [], "part 2": [] });
  });

  test("nobody waits for the files of a task that was cancelled", async () => {
    const { tasks } = await create({ tasks: [work("a", { artifacts: ["x/**"] }), work("b", { artifacts: ["x/**"] })] });
    const text = await bench.text("task_update", { id: tasks[0]?.id, status: "cancelled", error: "not wanted" }, EM);
    expect(text).toContain(`Ready now: ${tasks[1]?.id}`);
    expect(text).not.toContain("Stuck");
    expect((await claim()).task.title).toBe("b");
  });
});

describe("from the board", () => {
  const BOARD = ".ohmymkt/state/sprint-board.json";
  const ITEMS = ["intent_operations-1", "intent_operations-2"];

  test("items become tasks with their fields, once, and the board shows how they stand", async () => {
    await started();
    const made = await create({ from_board: ITEMS });
    expect(made.tasks.map(({ metadata }) => metadata["board_item"])).toEqual(ITEMS);
    expect(made.tasks[0]).toMatchObject({
      owner: "intent-ops",
      module: "intent_operations",
      plan: "trials",
      campaign: "trials",
    });
    expect(made.tasks[0]?.kpi_impact).toContain("query_cluster_coverage");
    expect(made.tasks[1]?.blocked_by).toEqual([made.tasks[0]?.id ?? ""]);
    const again = await create({ from_board: ITEMS });
    expect(again.tasks).toEqual([]);
    expect(again.existing.map(({ item, task }) => [item, task.id])).toEqual(
      ITEMS.map((item, n) => [item, made.tasks[n]?.id ?? ""]),
    );
    await claim({}, "intent-ops");
    const board = await bench.text("read_state", { file: "sprint-board", query: "intent_operations-1" }, EM);
    expect(board).toContain('"task":"claimed"');
  });

  test("an item that lacks a field is refused by name, and so is one whose blockers are not in the pool", async () => {
    await started();
    const path = join(workspace.directory, BOARD);
    const board = JSON.parse(readFileSync(path, "utf8"));
    Object.assign(board.items[0], { owner: "", rollback_condition: "" });
    writeFileSync(path, JSON.stringify(board));
    const id = board.items[0].id as string;
    expect(await bench.refusal("task_create", { from_board: [id], tasks: [work("x")] }, EM)).toMatchObject({
      code: "not_executable",
      message: `board item ${id} is not executable: it lacks owner, rollback_condition`,
      hint: expect.stringContaining(BOARD),
    });
    expect(await bench.refusal("task_create", { from_board: [ITEMS[1]] }, EM)).toMatchObject({
      code: "invalid_arguments",
      hint: expect.stringContaining('["intent_operations-1","intent_operations-2"]'),
    });
    expect(await bench.refusal("task_create", { from_board: ["nope"] }, EM)).toMatchObject({ code: "not_found" });
    expect(await everything()).toEqual([]);
  });
});

describe("claiming", () => {
  test("gives the token, the plan, what blockers found, what may be written and earlier notes", async () => {
    await started();
    await create({ tasks: [work("source"), work("report", { artifacts: ["reports/**"] })], pattern: "sequential" });
    await complete(await claim(), WRITER, "12 pages measured");
    const first = await claim();
    await bench.call("task_update", { id: first.task.id, token: first.token, note: "half way" }, WRITER);
    await bench.call(
      "task_update",
      { id: first.task.id, token: first.token, status: "pending", error: "no access" },
      WRITER,
    );
    const { value, text } = await bench.call("task_claim", {}, WRITER);
    const { claim: second } = value as { claim: Claim };
    expect(second.token).toBe(`2@${WRITER}`);
    for (const part of [
      second.token,
      "12 pages measured",
      "pages/source.md",
      "reports/**",
      "plans/trials.md",
      "half way",
      "no access",
      "report has 3 pages",
    ])
      expect(text).toContain(part);
  });

  test("an owner gets its own work only; whoever leads it may take it; nothing ready is told with the reason", async () => {
    const { tasks } = await create({ tasks: [work("a"), work("b")], pattern: "sequential" });
    const [a, b] = tasks;
    expect(await bench.text("task_claim", {}, "seo-engineer")).toContain("seo-engineer has no pending task");
    expect(await bench.refusal("task_claim", { id: a?.id }, "seo-engineer")).toMatchObject({ code: "not_allowed" });
    expect(await bench.refusal("task_claim", { owner: WRITER }, "seo-engineer")).toMatchObject({ code: "not_allowed" });
    expect((await claim({ id: a?.id }, EM)).task.assigned_agent).toBe(EM);
    expect(await bench.text("task_claim", {}, WRITER)).toContain(`${b?.id} waits for ${a?.id}`);
  });

  test("paused modules and an open P0 hold scale work, but not what ends the incident", async () => {
    await started();
    const { tasks } = await create({ tasks: [work("scale", { module: "scale_loop" }), work("other")] });
    await bench.call("incident", { severity: "P0", module: "scale_loop", summary: "wrong price" });
    expect(await bench.refusal("task_claim", { id: tasks[0]?.id }, WRITER)).toMatchObject({
      code: "not_allowed",
      message: expect.stringMatching(/scale_loop cannot be claimed now: P0 inc-\S+ is open/),
    });
    expect((await claim()).task.title).toBe("other");
    expect(await bench.text("task_claim", {}, WRITER)).toMatch(/scale_loop: P0 inc-\S+ is open/);
    await bench.call("run_cycle", { cadence: "weekly" });
    const owner = (await everything()).find(({ type }) => type === "incident")?.owner;
    expect((await claim({}, owner)).task.id).toStartWith("postmortem-");
    expect(await bench.refusal("task_claim", { id: tasks[0]?.id }, WRITER)).toMatchObject({
      message: expect.stringContaining("paused by"),
    });
  });

  test("an agent holds no more than the setting allows, and the pool neither", async () => {
    await bench.store.close();
    const tasks = {
      lease_minutes: 1,
      heartbeat_minutes: 1,
      max_attempts: 2,
      backoff_seconds: 10,
      backoff_limit_seconds: 60,
      max_open: 3,
      max_held: 1,
    };
    bench = toolBench({ directory: workspace.directory, config: { tasks } });
    await create({ tasks: [work("a"), work("b"), work("c")] });
    expect(await bench.refusal("task_create", { tasks: [work("d")] }, EM)).toMatchObject({
      code: "not_allowed",
      message: expect.stringContaining("at most 3"),
    });
    const first = await claim();
    expect(await bench.refusal("task_claim", {}, WRITER)).toMatchObject({
      message: expect.stringContaining(first.task.id),
    });
    bench.now += 2 * MINUTE;
    expect(await bench.text("task_list", {}, EM)).toContain(`their lease ran out: ${first.task.id}`);
    expect((await claim()).token).toBe(`2@${WRITER}`);
    expect(
      await bench.refusal("task_update", { id: first.task.id, token: first.token, note: "late" }, WRITER),
    ).toMatchObject({ code: "stale" });
  });
});

describe("reporting", () => {
  test("a failure is tried again after a pause, and is final after the last attempt, with what is stuck", async () => {
    const { tasks } = await create({ tasks: [work("a"), work("b")], pattern: "sequential" });
    for (const [attempt, pause] of [
      [1, 60],
      [2, 120],
    ] as const) {
      const { task, token } = await claim();
      const text = await bench.text(
        "task_update",
        { id: task.id, token, status: "failed", error: "no access" },
        WRITER,
      );
      expect(text).toContain(`attempt ${attempt + 1} of 3`);
      bench.now += pause * 1000 - 1;
      expect(await bench.text("task_claim", {}, WRITER)).toContain("is tried again at");
      bench.now += 1;
    }
    const { task, token } = await claim();
    const text = await bench.text("task_update", { id: task.id, token, status: "failed", error: "no access" }, WRITER);
    expect(text).toContain(`Stuck: ${tasks[1]?.id}`);
    const list = await bench.text("task_list", { stale: true }, EM);
    expect(list).toContain(`orphaned ${tasks[1]?.id}`);
    const report = await bench.text("report_growth", { requires: [task.id, tasks[1]?.id] });
    expect(report).toContain(`Required and not finished: ${task.id} (failed) a: no access`);
    expect(report).toContain(`${tasks[1]?.id} (pending) b: waits for ${task.id}, which failed or was cancelled`);
  });

  test("whoever leads the owner cancels, requeues and orders without a token; the worker's next write is refused", async () => {
    const { tasks } = await create({ tasks: [work("a"), work("b")] });
    const held = await claim();
    const b = tasks[1]?.id;
    expect(await bench.text("task_update", { id: b, add_blocked_by: [held.task.id] }, EM)).toContain("is pending");
    expect(await bench.refusal("task_update", { id: held.task.id, add_blocked_by: [b] }, EM)).toMatchObject({
      code: "invalid_transition",
    });
    await bench.call("task_update", { id: held.task.id, status: "pending", error: "wrong agent" }, EM);
    expect(
      await bench.refusal("task_update", { id: held.task.id, token: held.token, note: "x" }, WRITER),
    ).toMatchObject({ code: "stale" });
    expect(await bench.refusal("task_update", { id: b, status: "cancelled" }, "seo-engineer")).toMatchObject({
      code: "not_allowed",
    });
    await bench.call("task_update", { id: b, status: "cancelled", error: "not wanted" }, EM);
    expect(await bench.text("report_growth")).toContain(`cancelled: ${b} b (${WRITER}): not wanted`);
    const kinds = await bench.look((tx) => tx.ledger.list({ kind: "task.*" }));
    expect(kinds.map(({ kind }) => kind)).toEqual(["task.cancelled", "task.requeued", "task.created"]);
  });

  test("metadata is joined, but not what the pool's tools rely on", async () => {
    await create({ tasks: [work("a", { metadata: { page: 1 } })] });
    const { task, token } = await claim();
    await bench.call("task_update", { id: task.id, token, metadata: { words: 900, session: "ses_other" } }, WRITER);
    expect((await everything())[0]?.metadata).toEqual({ page: 1, words: 900, session: "ses_bench" });
  });
});

describe("listing", () => {
  test("filters, pages and counts", async () => {
    await create({ tasks: Array.from({ length: 23 }, (_, n) => work(`t${n}`)) });
    await create({ tasks: [work("other", { owner: "seo-engineer" })] });
    const first = await bench.text("task_list", { status: "pending" }, EM);
    expect(first).toContain("Pool: 24 pending; 24 ready");
    expect(first).toContain("More with page: 2");
    expect(first.match(/^- /gm)).toHaveLength(20);
    expect((await bench.text("task_list", { page: 2 }, EM)).match(/^- /gm)).toHaveLength(4);
    expect((await bench.text("task_list", { owner: "seo-engineer", ready: true }, EM)).match(/^- /gm)).toHaveLength(1);
    expect(await bench.text("task_list", { status: "failed" }, EM)).toContain("Nothing fits");
  });

  test("a silent worker is stale, with what to do", async () => {
    await create({ tasks: [work("a")] });
    await claim();
    bench.now += 16 * MINUTE;
    expect(await bench.text("task_list", { stale: true }, EM)).toMatch(/stale task-\d+ a[^]*requeue the task/);
  });
});
