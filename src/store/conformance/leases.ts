import { describe, expect, test } from "bun:test";
import { TASK_STATUSES, TASK_TRANSITIONS, type TaskStatus } from "../../lib/tasks.ts";
import { caught } from "../local/testing/fixtures.ts";
import type { ClaimedTask, ClaimRequest, Transaction } from "../store.ts";
import { type Bench, at, DONE, HOUR, refused, task } from "./bench.ts";

const LEASE = 10 * 60_000;
const by = (agent: string, more: Partial<ClaimRequest> = {}): ClaimRequest => ({ agent, leaseMs: LEASE, ...more });

/** What holds for workers on the task pool: claims, leases, tokens, dependencies, retries. */
export function leasePromises(bench: Bench): void {
  const { run, pass } = bench;
  const claim = async (agent: string, more: Partial<ClaimRequest> = {}): Promise<ClaimedTask> => {
    const got = await run((tx) => tx.tasks.claim(by(agent, more)), bench.store);
    if (got === undefined) throw new Error("expected a task");
    return got;
  };
  const create = (...tasks: Parameters<Transaction["tasks"]["create"]>[0]) => run((tx) => tx.tasks.create(tasks));
  const ids = (filter: Parameters<Transaction["tasks"]["list"]>[0]) =>
    run(async (tx) => (await tx.tasks.list(filter)).map(({ id }) => id));

  describe("claims", () => {
    test("go by priority, then age, and narrow to an owner, a task or active modules", async () => {
      await create(
        task("a"),
        { ...task("b"), priority: 3, module: "scale_loop" },
        { ...task("c"), owner: "ann", priority: 2 },
        { ...task("d"), owner: "ann" },
        task("e"),
      );
      expect(await ids({ ready: true })).toEqual(["b", "c", "a", "d", "e"]);
      const paused = { pausedModules: ["scale_loop"] };
      expect((await claim("w", { owner: "ann", ...paused })).task.id).toBe("c");
      expect((await claim("w", paused)).task).toMatchObject({
        id: "a",
        status: "claimed",
        assigned_agent: "w",
        attempts: 1,
        started_at: at(0),
        lease_expires_at: at(1 / 6),
      });
      expect((await claim("w", { id: "e" })).task.id).toBe("e");
      expect(await ids({ agent: "w" })).toEqual(["a", "c", "e"]);
      expect((await claim("w")).task.id).toBe("b");
      expect(await run((tx) => tx.tasks.claim(by("w", { owner: "bob" })))).toBeUndefined();
    });

    test.each<[string, ClaimRequest, string, RegExp]>([
      ["an unknown task", by("w", { id: "ghost" }), "not_found", /ghost/],
      ["a blocked task", by("w", { id: "waits" }), "invalid_transition", /waits for first/],
      ["somebody else's task", by("w", { id: "first", owner: "ann" }), "not_allowed", /belongs to content-ops/],
      ["a task of a paused module", by("w", { id: "first", pausedModules: ["scale_loop"] }), "not_allowed", /paused/],
      ["a task without a name of the agent", by(" "), "invalid_arguments", /agent/],
    ])("refuse %s", async (_what, request, code, pattern) => {
      await create({ ...task("first"), module: "scale_loop" }, { ...task("waits"), blocked_by: ["first"] });
      expect(await caught(run((tx) => tx.tasks.claim(request)))).toEqual(refused(code, pattern));
      expect(await run((tx) => tx.tasks.count())).toMatchObject({ pending: 2 });
    });

    test("never give one task to two stores", async () => {
      await create(...Array.from({ length: 30 }, (_, n) => task(`t${n}`)));
      const stores = [bench.store, bench.another(), bench.another()];
      const got: string[] = [];
      const work = async (store: (typeof stores)[number]): Promise<void> => {
        for (;;) {
          const next = await run((tx) => tx.tasks.claim(by("w")), store);
          if (next === undefined) return;
          got.push(next.task.id);
        }
      };
      await Promise.all(stores.map(work));
      expect(got).toHaveLength(30);
      expect(new Set(got).size).toBe(30);
      for (const store of stores.slice(1)) await store.close();
    });
  });

  describe("leases", () => {
    test("are extended by heartbeats, which also say what is going on", async () => {
      await create(task("a"));
      const { token } = await claim("w");
      pass(LEASE - 1);
      expect(
        await run((tx) =>
          tx.tasks.heartbeat("a", token, {
            leaseMs: LEASE,
            start: true,
            checkpoint: "outline done",
            metadata: { n: 1 },
          }),
        ),
      ).toMatchObject({
        status: "in_progress",
        checkpoints: [{ agent: "w", note: "outline done" }],
        metadata: { n: 1 },
      });
      pass(LEASE - 1);
      expect(await run((tx) => tx.tasks.claim(by("other")))).toBeUndefined();
      expect(
        await run((tx) => tx.tasks.heartbeat("a", token, { leaseMs: HOUR, waitingFor: "approval ap-1" })),
      ).toMatchObject({ waiting_for: "approval ap-1", status: "in_progress" });
      pass(HOUR - 1);
      expect(await run((tx) => tx.tasks.reap())).toEqual({ returned: [], failed: [] });
      expect(
        await run((tx) => tx.tasks.heartbeat("a", token, { leaseMs: LEASE, waitingFor: null })),
      ).not.toHaveProperty("waiting_for");
    });

    test("that expire return the task; the old token is refused in every write, the last attempt fails", async () => {
      await create({ ...task("a"), max_attempts: 2 });
      const old = await claim("w");
      pass(LEASE);
      const next = await claim("w");
      expect(next.task).toMatchObject({ id: "a", attempts: 2 });
      expect(next.token).not.toBe(old.token);
      const writes: ((tx: Transaction) => Promise<unknown>)[] = [
        (tx) => tx.tasks.heartbeat("a", old.token, { leaseMs: LEASE }),
        (tx) => tx.tasks.finish("a", old.token, { status: "completed", results: DONE }),
        (tx) => tx.tasks.finish("a", old.token, { status: "failed", error: "x" }),
        (tx) => tx.tasks.finish("a", old.token, { status: "failed", error: "x", retry: {} }),
        (tx) => tx.tasks.requeue("a", old.token, { reason: "x" }),
      ];
      for (const write of writes) expect(await caught(run(write))).toEqual(refused("stale", /held by w \(attempt 2\)/));
      expect(await caught(run((tx) => tx.tasks.heartbeat("a", "nonsense", { leaseMs: LEASE })))).toEqual(
        refused("invalid_arguments", /token/),
      );
      pass(LEASE);
      expect(await run((tx) => tx.tasks.reap())).toEqual({ returned: [], failed: ["a"] });
      expect(await run((tx) => tx.tasks.get("a"))).toMatchObject({
        status: "failed",
        attempts: 2,
        completed_at: at(1 / 3),
      });
    });

    test("given back count an attempt, or do not", async () => {
      await create({ ...task("a"), max_attempts: 2 });
      const first = await claim("w");
      expect(
        await run((tx) => tx.tasks.requeue("a", first.token, { reason: "paused", countAttempt: false })),
      ).toMatchObject({ status: "pending", attempts: 0, error: "paused" });
      const second = await claim("w");
      await run((tx) => tx.tasks.transition("a", "pending"));
      expect(await caught(run((tx) => tx.tasks.heartbeat("a", second.token, { leaseMs: LEASE })))).toEqual(
        refused("stale"),
      );
      for (const attempts of [1, 2]) {
        const { token } = await claim("w");
        expect(await run((tx) => tx.tasks.requeue("a", token, { reason: "no time" }))).toMatchObject({
          status: attempts === 2 ? "failed" : "pending",
          attempts,
        });
      }
    });
  });

  describe("finishing", () => {
    test("hands over: what became ready is named, and the next task is claimed in the same transaction", async () => {
      await create(
        task("a"),
        { ...task("b"), blocked_by: ["a"], priority: 3 },
        { ...task("c"), blocked_by: ["a", "b"] },
      );
      const first = await claim("w");
      const done = await run((tx) =>
        tx.tasks.finish("a", first.token, { status: "completed", result: "r", results: DONE, next: by("w") }),
      );
      expect(done).toMatchObject({
        task: { status: "completed", result: "r", results: DONE },
        ready: ["b"],
        stuck: [],
        next: { task: { id: "b" } },
      });
      const failed = await run((tx) =>
        tx.tasks.finish("b", done.next?.token ?? "", { status: "failed", error: "no luck", next: by("w") }),
      );
      expect(failed).toMatchObject({ task: { status: "failed", error: "no luck" }, ready: [], stuck: ["c"] });
      expect(failed.next).toBeUndefined();
      expect(await run((tx) => tx.tasks.get("c"))).toMatchObject({
        status: "pending",
        blocked_by: ["a", "b"],
        blocked_by_failed: ["b"],
      });
      expect(await run((tx) => tx.tasks.stats())).toEqual({
        counts: { pending: 1, claimed: 0, in_progress: 0, completed: 1, failed: 1, cancelled: 0 },
        total: 3,
        ready: 0,
        blocked: 1,
        delayed: 0,
      });
    });

    test.each([
      ["none", []],
      ["another", [{ criterion: "else", evidence: "e" }]],
      ["one without evidence", [{ criterion: "it works", evidence: " " }]],
    ])("needs a result for each criterion; %s is refused", async (_what, results) => {
      await create(task("a"));
      const { token } = await claim("w");
      expect(await caught(run((tx) => tx.tasks.finish("a", token, { status: "completed", results })))).toEqual(
        refused("invalid_arguments", /"it works"/),
      );
      expect(await caught(run((tx) => tx.tasks.transition("a", "completed", { results })))).toEqual(
        refused("invalid_arguments", /"it works"/),
      );
      expect(await run((tx) => tx.tasks.get("a"))).toMatchObject({ status: "claimed" });
    });

    test("a retry waits longer each time, and is claimed neither early nor after the last attempt", async () => {
      await create({ ...task("a"), max_attempts: 3 });
      const waits: (string | undefined)[] = [];
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        const { token } = await claim("w");
        const { task: after } = await run((tx) =>
          tx.tasks.finish("a", token, {
            status: "failed",
            error: `${attempt}`,
            retry: { backoff: { baseMs: HOUR, maxMs: 10 * HOUR } },
          }),
        );
        waits.push(after.not_before);
        expect(await run((tx) => tx.tasks.claim(by("w")))).toBeUndefined();
        pass(attempt * HOUR);
      }
      expect(waits).toEqual([at(1), at(3), undefined]);
      expect(await run((tx) => tx.tasks.get("a"))).toMatchObject({ status: "failed", error: "3", attempts: 3 });
    });
  });

  describe("the transition table", () => {
    const reach = async (tx: Transaction, status: TaskStatus): Promise<void> => {
      await tx.tasks.create([task("a")]);
      if (status === "pending") return;
      if (status !== "cancelled") await tx.tasks.claim(by("w"));
      if (status !== "claimed") await tx.tasks.transition("a", status, { results: status === "completed" ? DONE : [] });
    };
    test.each(TASK_STATUSES.flatMap((from) => TASK_STATUSES.map((to) => [from, to] as const)))(
      "%s → %s",
      async (from, to) => {
        await run((tx) => reach(tx, from));
        const moved = await run((tx) =>
          tx.tasks.transition("a", to, { agent: "w", ...(to === "completed" ? { results: DONE } : {}) }),
        ).catch((error: unknown) => error);
        const allowed: readonly string[] = TASK_TRANSITIONS[from];
        expect(moved).toEqual(
          allowed.includes(to) ? expect.objectContaining({ status: to }) : refused("invalid_transition"),
        );
        expect(await run((tx) => tx.tasks.get("a"))).toMatchObject({ status: allowed.includes(to) ? to : from });
      },
    );

    test("a blocked task cannot be begun", async () => {
      await create(task("a"), { ...task("b"), blocked_by: ["a"] });
      expect(await caught(run((tx) => tx.tasks.transition("b", "in_progress")))).toEqual(
        refused("invalid_transition", /waits for a/),
      );
      expect(await run((tx) => tx.tasks.transition("b", "cancelled"))).toMatchObject({ status: "cancelled" });
    });
  });

  describe("dependencies", () => {
    test("can be added and taken off while a task is pending; circles are refused", async () => {
      await create(task("a"), { ...task("b"), blocked_by: ["a"] }, { ...task("c"), blocked_by: ["b"] });
      expect(await caught(run((tx) => tx.tasks.addBlockers("a", ["c"])))).toEqual(
        refused("invalid_arguments", /circle/),
      );
      expect(await caught(run((tx) => tx.tasks.addBlockers("a", ["ghost"])))).toEqual(
        refused("invalid_arguments", /ghost/),
      );
      expect(await run((tx) => tx.tasks.addBlockers("c", ["a"]))).toMatchObject({ blocked_by: ["a", "b"] });
      expect(await run((tx) => tx.tasks.removeBlockers("b", ["a"]))).toMatchObject({ blocked_by: [] });
      expect(await ids({ ready: true })).toEqual(["a", "b"]);
      await claim("w", { id: "b" });
      expect(await caught(run((tx) => tx.tasks.addBlockers("b", ["a"])))).toEqual(
        refused("invalid_transition", /claimed/),
      );
    });

    test("keep what is waited for from being removed", async () => {
      await create(task("a"), { ...task("b"), blocked_by: ["a"] });
      expect(await caught(run((tx) => tx.tasks.remove("a")))).toEqual(refused("invalid_transition", /b would wait/));
      await run((tx) => tx.tasks.remove("b"));
      await run((tx) => tx.tasks.remove("a"));
      expect(await caught(run((tx) => tx.tasks.remove("a")))).toEqual(refused("not_found"));
    });
  });

  describe("upkeep", () => {
    test("archived tasks can still be read, count as done, and are not created again", async () => {
      await create(task("a"), task("b"), { ...task("c"), blocked_by: ["b"] });
      await run(async (tx) => {
        await tx.tasks.claim(by("w", { id: "a" }));
        await tx.tasks.transition("a", "completed", { results: DONE });
        await tx.tasks.transition("b", "cancelled");
      });
      const before = await run((tx) => tx.tasks.get("a"));
      pass(HOUR);
      expect(await run((tx) => tx.tasks.archive({ before: at(0) }))).toBe(0);
      expect(await run((tx) => tx.tasks.archive({ before: at(1) }))).toBe(1);
      expect(await ids({})).toEqual(["b", "c"]);
      expect(await run((tx) => tx.tasks.get("a"))).toEqual(before);
      expect(await create(task("a"))).toEqual([]);
      expect(await create({ ...task("d"), blocked_by: ["a"] })).toMatchObject([{ id: "d" }]);
      expect(await ids({ ready: true })).toEqual(["d"]);
    });

    test("tasks that need somebody are listed with a suggestion", async () => {
      await create(
        task("failed"),
        { ...task("orphan"), blocked_by: ["failed"] },
        { ...task("below"), blocked_by: ["orphan"] },
        { ...task("late"), due_date: "2026-01-31" },
        task("held"),
        task("asks"),
        task("fine"),
      );
      await run(async (tx) => {
        await tx.tasks.claim(by("w", { id: "failed" }));
        await tx.tasks.transition("failed", "failed", { error: "x" });
        await tx.tasks.claim({ agent: "w", leaseMs: 10 * HOUR, id: "held" });
        const asks = await tx.tasks.claim({ agent: "w", leaseMs: 10 * HOUR, id: "asks" });
        await tx.tasks.heartbeat("asks", asks?.token ?? "", { leaseMs: 10 * HOUR, waitingFor: "approval ap-9" });
      });
      pass(HOUR);
      const list = await run((tx) => tx.tasks.attention());
      expect(list.map(({ id, kind }) => [id, kind])).toEqual([
        ["orphan", "orphaned"],
        ["below", "orphaned"],
        ["late", "overdue"],
        ["held", "stale"],
        ["asks", "waiting"],
      ]);
      for (const { why, suggestion } of list)
        expect([why, suggestion]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)]);
    });

    test("metadata can be changed whoever holds the task", async () => {
      await create(task("a"));
      const { token } = await claim("w");
      expect(await run((tx) => tx.tasks.annotate("a", { seen: true }))).toMatchObject({
        metadata: { seen: true },
        status: "claimed",
      });
      expect(await run((tx) => tx.tasks.finish("a", token, { status: "completed", results: DONE }))).toMatchObject({
        task: { metadata: { seen: true } },
      });
    });

    test("work that need only survive the processes is there for all of them", async () => {
      await create(task("a"));
      await bench.store.transaction({ actor: { host: "cli" }, tool: "test" }, (tx) => tx.tasks.claim(by("w")), {
        survives: "process",
      });
      const other = bench.another();
      expect(await run((tx) => tx.tasks.get("a"), other)).toMatchObject({ status: "claimed" });
      await other.close();
    });
  });
}
