import { describe, expect, test } from "bun:test";
import { judgeIdle, MAX_REMINDERS, reminderText, type IdleAgent, type IdleVerdict } from "./idle-guard.ts";

const agent = (more: Partial<IdleAgent>): IdleAgent => ({
  task: "task-1",
  waitsForPerson: false,
  reminders: 0,
  progressed: false,
  ...more,
});

describe("an agent that goes idle", () => {
  test.each<[string, Partial<IdleAgent>, IdleVerdict]>([
    ["holding nothing", { task: undefined }, "nothing"],
    ["holding nothing, although it was reminded of something once", { task: undefined, reminders: 1 }, "nothing"],
    ["holding a task", {}, "remind"],
    ["holding a task, waiting for a person", { waitsForPerson: true }, "nothing"],
    ["reminded, waiting for a person", { waitsForPerson: true, reminders: 1 }, "nothing"],
    ["reminded, without progress", { reminders: 1 }, "requeue"],
    ["reminded, with progress", { reminders: 1, progressed: true }, "remind"],
    ["reminded as often as allowed, with progress", { reminders: MAX_REMINDERS, progressed: true }, "requeue"],
    [
      "reminded too often, waiting for a person",
      { reminders: MAX_REMINDERS, waitsForPerson: true, progressed: true },
      "nothing",
    ],
  ])("%s: %p → %s", (_what, more, verdict) => {
    expect(judgeIdle(agent(more))).toBe(verdict);
  });

  test("is let go in the end, whatever it does in between", () => {
    let reminders = 0;
    while (judgeIdle(agent({ reminders, progressed: true })) === "remind") reminders += 1;
    expect(reminders).toBe(MAX_REMINDERS);
  });

  test("is told which task and what to call", () => {
    expect(reminderText("task-1", 2)).toContain("task-1");
    expect(reminderText("task-1", 0)).toContain("last reminder");
  });
});
