import { describe, expect, test } from "bun:test";
import { judgeIdle, MAX_REMINDERS, reminderText, type IdleAgent, type IdleVerdict } from "./idle-verdict.ts";

const agent = (more: Partial<IdleAgent>): IdleAgent => ({
  ended: "finished",
  waitsForPerson: false,
  reminders: 0,
  progressed: false,
  ...more,
});

describe("an agent that goes idle with a task in its hands", () => {
  test.each<[string, Partial<IdleAgent>, IdleVerdict]>([
    ["for the first time", {}, "remind"],
    ["waiting for a person", { waitsForPerson: true }, "nothing"],
    ["reminded, waiting for a person", { waitsForPerson: true, reminders: 1 }, "nothing"],
    ["reminded, without progress", { reminders: 1 }, "requeue"],
    ["reminded, with progress", { reminders: 1, progressed: true }, "remind"],
    ["reminded as often as allowed, with progress", { reminders: MAX_REMINDERS, progressed: true }, "requeue"],
    ["reminded too often, waiting for a person", { reminders: MAX_REMINDERS, waitsForPerson: true }, "nothing"],
    ["stopped by a person", { ended: "stopped" }, "requeue"],
    ["broken down", { ended: "failed" }, "requeue"],
  ])("%s: %p → %s", (_what, more, verdict) => {
    expect(judgeIdle(agent(more))).toBe(verdict);
  });

  test("is let go in the end, whatever it does in between", () => {
    let reminders = 0;
    while (judgeIdle(agent({ reminders, progressed: true })) === "remind") reminders += 1;
    expect(reminders).toBe(MAX_REMINDERS);
  });

  test("is told which task, its token and what to call", () => {
    expect(reminderText([{ id: "task-1", token: "1@seo" }], 2)).toContain("task-1 (token 1@seo)");
    expect(reminderText([{ id: "task-1", token: "1@seo" }], 0)).toContain("last reminder");
  });
});
