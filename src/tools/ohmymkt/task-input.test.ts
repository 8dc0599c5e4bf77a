import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Task } from "../../lib/tasks.ts";
import { claimWork, createWork, EM, work, WRITER } from "../../testing/task-work.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { toolBench, type ToolBench } from "../../testing/tool-bench.ts";

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

const everything = (): Promise<Task[]> => bench.look((tx) => tx.tasks.list());
const errorOf = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

describe("bad input is refused with what to do next, and changes nothing", () => {
  const without = (key: string) => Object.fromEntries(Object.entries(work("x")).filter(([name]) => name !== key));
  test.each<[string, Record<string, unknown>, string, RegExp]>([
    [
      "no owner",
      { tasks: [without("owner")] },
      "invalid_arguments",
      /got no owner[^]*the owners are [^]*seo-engineer[^]*person/,
    ],
    ["an unknown owner", { tasks: [work("x", { owner: "seo" })] }, "invalid_arguments", /got "seo"[^]*seo-engineer/],
    ["no criterion", { tasks: [without("acceptance_criteria")] }, "invalid_arguments", /measured, got none[^]*such as/],
    [
      "a wish as criterion",
      { tasks: [work("x", { acceptance_criteria: ["better copy"] })] },
      "invalid_arguments",
      /better copy/,
    ],
    ["no title", { tasks: [without("title")] }, "invalid_arguments", /title[^]*nothing was changed/],
    [
      "an unknown blocker",
      { tasks: [work("x", { blocked_by: ["task-99"] })] },
      "invalid_arguments",
      /task-99[^]*create the blocking task first/,
    ],
    [
      "a circle",
      { tasks: [work("x", { blocked_by: ["y"] }), work("y", { blocked_by: ["x"] })] },
      "invalid_arguments",
      /circle: 1 \(x\), 2 \(y\)/,
    ],
    ["itself", { tasks: [work("x", { blocked_by: ["x"] })] }, "invalid_arguments", /circle/],
    [
      "an ambiguous title",
      { tasks: [work("x"), work("x"), work("y", { blocked_by: ["x"] })] },
      "invalid_arguments",
      /fits 2 tasks/,
    ],
    [
      "stages that do not add up",
      { tasks: [work("x")], pattern: "pipeline", stages: [2] },
      "invalid_arguments",
      /add up to the 1 tasks/,
    ],
    ["stages without a pipeline", { tasks: [work("x")], stages: [1] }, "invalid_arguments", /stages goes with/],
    ["a fan of one", { tasks: [work("x")], pattern: "fan_in" }, "invalid_arguments", /got 1 task/],
    [
      "a path out of the project",
      { tasks: [work("x", { artifacts: ["../x"] })] },
      "invalid_arguments",
      /inside the project/,
    ],
    ["an unknown module", { tasks: [work("x", { module: "seo" })] }, "invalid_arguments", /scale_loop/],
    ["nothing", {}, "invalid_arguments", /tasks or from_board/],
    ["a board that does not exist", { from_board: ["a"] }, "not_found", /start the campaign/],
  ])("creating with %s", async (_what, args, code, says) => {
    const error = await bench.refusal("task_create", args, EM);
    expect(error.code).toBe(code as typeof error.code);
    expect(`${error.message}\n${error.hint}`).toMatch(says);
    expect(await everything()).toEqual([]);
  });

  const RESULTS = [{ criterion: "a has 3 pages", evidence: "x.md" }];
  test.each<[string, Record<string, unknown>, string, string, RegExp]>([
    [
      "an unknown status",
      { status: "done" },
      WRITER,
      "invalid_arguments",
      /completed[^]*at status[^]*nothing was changed/,
    ],
    [
      "an illegal transition",
      { status: "completed", results: RESULTS, id: "b" },
      WRITER,
      "invalid_transition",
      /pending task cannot become completed[^]*claimed, in_progress, cancelled/,
    ],
    [
      "a completion without results",
      { status: "completed" },
      WRITER,
      "invalid_arguments",
      /no result for "a has 3 pages"/,
    ],
    [
      "a result for something else",
      { status: "completed", results: [{ criterion: "z", evidence: "y" }] },
      WRITER,
      "invalid_arguments",
      /exactly: "a has 3 pages"/,
    ],
    [
      "a completion without a token",
      { status: "completed", results: RESULTS, token: null },
      EM,
      "not_allowed",
      /needs the token[^]*ohmymkt_task_claim/,
    ],
    [
      "another agent's token",
      { status: "completed", results: RESULTS },
      "seo-engineer",
      "not_allowed",
      /this token is of content-writer/,
    ],
    [
      "a token that no claim gave",
      { note: "x", token: "mine" },
      WRITER,
      "invalid_arguments",
      /token that the claim returned/,
    ],
    ["a token of another attempt", { note: "x", token: `7@${WRITER}` }, WRITER, "stale", /claim a task again/],
    [
      "a change by a stranger",
      { status: "cancelled", token: null },
      "seo-engineer",
      "not_allowed",
      /without its token/,
    ],
    ["a failure without an error", { status: "failed" }, WRITER, "invalid_arguments", /needs error/],
    [
      "results without completion",
      { results: RESULTS },
      WRITER,
      "invalid_arguments",
      /results go with status completed/,
    ],
    ["an unknown blocker", { id: "b", token: null, add_blocked_by: ["task-99"] }, EM, "invalid_arguments", /task-99/],
    ["a circle", { id: "b", token: null, add_blocked_by: ["c"] }, EM, "invalid_arguments", /circle/],
    ["an unknown task", { id: "nope", note: "x" }, WRITER, "not_found", /ohmymkt_task_list/],
    ["nothing to say", {}, WRITER, "invalid_arguments", /got none/],
  ])("updating with %s", async (_what, change, agent, code, says) => {
    const { tasks } = await createWork(bench, { tasks: [work("a"), work("b"), work("c", { blocked_by: ["b"] })] });
    const ids = new Map(tasks.map(({ id, title }) => [title, id]));
    const held = await claimWork(bench, { id: ids.get("a") });
    const before = await everything();
    const named = { id: "a", token: held.token, ...change };
    const given = {
      ...named,
      id: ids.get(named.id) ?? named.id,
      ...("add_blocked_by" in change
        ? { add_blocked_by: (change["add_blocked_by"] as string[]).map((id) => ids.get(id) ?? id) }
        : {}),
      ...(named.id === "b" ? { token: undefined } : {}),
    };
    const error = await errorOf(bench.call("task_update", given, agent));
    expect(error).toMatchObject({ code });
    const { message, hint } = error as { message: string; hint?: string };
    expect(`${message}\n${hint}`).toMatch(says);
    expect(await everything()).toEqual(before);
  });
});
