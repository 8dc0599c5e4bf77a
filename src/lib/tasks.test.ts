import { describe, expect, test } from "bun:test";
import { assertTaskTransition, Task, TASK_STATUSES, TASK_TRANSITIONS, TaskPriority } from "./tasks.ts";

const ALLOWED = new Set([
  ...["claimed", "in_progress", "cancelled"].map((to) => `pending ${to}`),
  ...["in_progress", "completed", "failed", "cancelled", "pending"].map((to) => `claimed ${to}`),
  ...["completed", "failed", "cancelled", "pending"].map((to) => `in_progress ${to}`),
]);
const PAIRS = TASK_STATUSES.flatMap((from) => TASK_STATUSES.map((to) => [from, to] as const));

describe("the states of a task", () => {
  test.each(PAIRS)("%s → %s", (from, to) => {
    const move = () => assertTaskTransition(from, to);
    if (ALLOWED.has(`${from} ${to}`)) return expect(move).not.toThrow();
    expect(move).toThrow(
      expect.objectContaining({ code: "invalid_transition", message: `a ${from} task cannot become ${to}` }),
    );
  });

  test("the table names every state, and three are final", () => {
    expect(Object.keys(TASK_TRANSITIONS)).toEqual([...TASK_STATUSES]);
    expect(TASK_STATUSES.filter((status) => TASK_TRANSITIONS[status].length === 0)).toEqual([
      "completed",
      "failed",
      "cancelled",
    ]);
  });

  test("a refusal from a final state says what to do instead", () => {
    expect(() => assertTaskTransition("failed", "pending")).toThrow(
      expect.objectContaining({ hint: "failed is final; create a new task" }),
    );
  });
});

describe("the schema", () => {
  const task = {
    id: "t1",
    title: "T",
    objective: "",
    description: "",
    type: "task",
    owner: "content-ops",
    acceptance_criteria: [],
    blocked_by: [],
    priority: 0,
    status: "pending",
    artifacts: [],
    attempts: 0,
    checkpoints: [],
    metadata: {},
    created_at: "2026-03-01T00:00:00.000Z",
    updated_at: "2026-03-01T00:00:00.000Z",
  };

  test("priority 0 is LOW and stays 0", () => {
    expect(TaskPriority.LOW).toBe(0);
    expect(Task.parse(task).priority).toBe(0);
  });

  test.each([
    ["no owner", { owner: "" }],
    ["no title", { title: "" }],
    ["a priority between", { priority: 1.5 }],
    ["a priority over the top", { priority: 4 }],
    ["an unknown state", { status: "done" }],
    ["a day that does not exist", { due_date: "2026-02-30" }],
    ["an unknown member", { colour: "red" }],
  ])("refuses %s", (_what, change) => {
    expect(Task.safeParse({ ...task, ...change }).success).toBe(false);
  });
});
