import { describe, expect, test } from "bun:test";
import type { NewTask, Task } from "../../lib/tasks.ts";
import type { Transaction } from "../store.ts";
import { type Bench, at, DONE, HOUR, refused, task } from "./bench.ts";
import { leasePromises } from "./leases.ts";

/** What holds for the task pool. */
export function taskPromises(bench: Bench): void {
  const { run, pass } = bench;
  describe("tasks", () => {
    test("are created once per id, with defaults, and filtered", async () => {
      const given: NewTask = {
        ...task("a"),
        priority: 3,
        module: "content_system",
        due_date: "2026-02-09",
        track: "quality",
        metadata: { deep: [1] },
        artifacts: ["x.md"],
      };
      await run(async (tx) => {
        expect(await tx.tasks.create([given, { ...task("b"), owner: "link-specialist" }])).toHaveLength(2);
        expect(await tx.tasks.create([{ ...given, title: "other" }])).toEqual([]);
        const [anonymous] = await tx.tasks.create([
          { title: "T", objective: "o", owner: "x", acceptance_criteria: [] },
        ]);
        expect(anonymous?.id).toMatch(/^task-[0-9a-z]{10,}$/);
      });
      await run(async (tx) => {
        const stored: Task = {
          ...task("a"),
          id: "a",
          description: "",
          type: "task",
          module: "content_system",
          due_date: "2026-02-09",
          track: "quality",
          attempts: 0,
          checkpoints: [],
          blocked_by: [],
          priority: 3,
          artifacts: ["x.md"],
          metadata: { deep: [1] },
          status: "pending",
          created_at: at(0),
          updated_at: at(0),
        };
        expect(await tx.tasks.get("a")).toEqual(stored);
        expect(await tx.tasks.get("zz")).toBeUndefined();
        const ids = async (filter: Parameters<Transaction["tasks"]["list"]>[0]) =>
          (await tx.tasks.list(filter)).map(({ id }) => id);
        expect(await ids({ owner: "link-specialist" })).toEqual(["b"]);
        expect(await ids({ module: "content_system" })).toEqual(["a"]);
        expect(await ids({ status: ["pending"], limit: 1, offset: 1 })).toEqual(["b"]);
        expect(await ids({ status: ["completed"] })).toEqual([]);
      });
    });

    test("move along the table, with times, and are counted", async () => {
      await run((tx) => tx.tasks.create([task("a"), task("b"), task("c")]));
      pass(HOUR);
      await run((tx) => tx.tasks.transition("a", "in_progress"));
      pass(HOUR);
      await run(async (tx) => {
        expect(
          await tx.tasks.transition("a", "completed", { result: "done", results: DONE, metadata: { k: 1 } }),
        ).toMatchObject({
          status: "completed",
          started_at: at(1),
          completed_at: at(2),
          result: "done",
          metadata: { k: 1 },
        });
        expect(await tx.tasks.transition("b", "cancelled")).toMatchObject({ status: "cancelled", updated_at: at(2) });
        expect(await tx.tasks.count()).toEqual({
          pending: 1,
          claimed: 0,
          in_progress: 0,
          completed: 1,
          failed: 0,
          cancelled: 1,
        });
        expect(await tx.tasks.transition("a", "pending").catch((error: unknown) => error)).toEqual(
          refused("invalid_transition"),
        );
        expect(await tx.tasks.transition("zz", "pending").catch((error: unknown) => error)).toEqual(
          refused("not_found"),
        );
      });
    });

    test("keep who blocks them, in any order of creation", async () => {
      await run((tx) => tx.tasks.create([{ ...task("late"), blocked_by: ["early", "early"] }, task("early")]));
      expect(await run((tx) => tx.tasks.get("late"))).toMatchObject({ blocked_by: ["early"] });
    });

    test.each<[string, NewTask[], RegExp]>([
      ["an unknown blocker", [{ ...task("a"), blocked_by: ["ghost"] }], /ghost/],
      ["itself as a blocker", [{ ...task("a"), blocked_by: ["a"] }], /itself/],
      [
        "a circle",
        [
          { ...task("a"), blocked_by: ["b"] },
          { ...task("b"), blocked_by: ["c"] },
          { ...task("c"), blocked_by: ["a"] },
        ],
        /circle: a, b, c/,
      ],
      ["no title", [{ ...task("a"), title: "" }], /title/],
    ])("are refused with %s", async (_what, tasks, pattern) => {
      expect(await run((tx) => tx.tasks.create(tasks)).catch((error: unknown) => error)).toEqual(
        refused("invalid_arguments", pattern),
      );
      expect(await run((tx) => tx.tasks.list())).toEqual([]);
    });
  });

  leasePromises(bench);
}
