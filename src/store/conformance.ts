import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { NewTask, Task } from "../lib/tasks.ts";
import { Assets, CAUSE, Counter, Incidents, Plans } from "./local/testing/fixtures.ts";
import type { Store, Transaction } from "./store.ts";

/** One empty project of a driver; `another` opens a second, independent store on it. */
export interface Subject {
  store: Store;
  another(): Store;
  dispose(): Promise<void>;
}

const START = Date.parse("2026-02-01T09:00:00Z");
const HOUR = 3_600_000;

/** Every promise of the `Store` interface, checked against one driver. */
export function storeConformance(name: string, makeStore: (options: { now: () => Date }) => Promise<Subject>): void {
  describe(`${name}: the store interface`, () => {
    let clock = START;
    let subject: Subject;
    const run = <T>(work: (tx: Transaction) => Promise<T>, store = subject.store): Promise<T> =>
      store.transaction(CAUSE, work);
    const refused = (code: string, pattern = /./): unknown =>
      expect.objectContaining({ code, message: expect.stringMatching(pattern) });

    beforeEach(async () => {
      clock = START;
      subject = await makeStore({ now: () => new Date(clock) });
    });
    afterEach(() => subject.dispose());

    describe("transactions", () => {
      test("there is no state before the first one, and there is after it", async () => {
        expect(await subject.store.exists()).toBe(false);
        await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
        expect(await subject.store.exists()).toBe(true);
      });

      test("work that throws changes nothing, of any noun", async () => {
        await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
        const before = await run((tx) => tx.ledger.head());
        const attempt = run(async (tx) => {
          await tx.documents.write(Counter, { schema_version: 1, count: 2 });
          await tx.artifacts.write("reports/weekly/r.md", "text");
          await tx.tasks.create([task("a")]);
          await tx.observations.append([observed("ctr", 1, "2026-01-01T00:00:00Z")]);
          await tx.approvals.request({ kind: "gate", subject: 1, summary: "s" });
          throw new Error("stop here");
        });
        await expect(attempt).rejects.toThrow("stop here");
        await run(async (tx) => {
          expect(await tx.documents.read(Counter)).toEqual({ schema_version: 1, count: 1 });
          expect(await tx.artifacts.exists("reports/weekly/r.md")).toBe(false);
          expect(await tx.tasks.list()).toEqual([]);
          expect(await tx.observations.list({})).toEqual([]);
          expect(await tx.approvals.list()).toEqual([]);
          expect(await tx.ledger.head()).toEqual(before);
        });
      });

      test("concurrent ones run one after the other, in one store and in two", async () => {
        const other = subject.another();
        const bump = async (tx: Transaction): Promise<void> => {
          const now = await tx.documents.read(Counter);
          await Bun.sleep(0);
          await tx.documents.write(Counter, { schema_version: 1, count: (now?.count ?? 0) + 1 });
        };
        await Promise.all(Array.from({ length: 40 }, (_, i) => run(bump, i % 2 === 0 ? subject.store : other)));
        expect(await run((tx) => tx.documents.read(Counter))).toEqual({ schema_version: 1, count: 40 });
        await other.close();
      });

      test("one inside another on the same project is refused at once", async () => {
        const other = subject.another();
        await run(async () => {
          expect(await run(async () => 1).catch((error: unknown) => error)).toEqual(
            refused("internal", /inside a transaction/),
          );
          expect(await run(async () => 1, other).catch((error: unknown) => error)).toEqual(
            refused("internal", /inside a transaction/),
          );
        });
        expect(await run(async () => "free again")).toBe("free again");
        await other.close();
      });

      test("a call that nobody awaited still lands inside; one after the end is refused", async () => {
        let kept: Transaction | undefined;
        await run(async (tx) => {
          kept = tx;
          void tx.documents.write(Plans.at("late"), { schema_version: 1, title: "Late", body: "" });
        });
        expect(await run((tx) => tx.documents.read(Plans.at("late")))).toMatchObject({ title: "Late" });
        expect(await kept?.ledger.append({ kind: "a.b", subject: "c" }).catch((error: unknown) => error)).toEqual(
          refused("internal", /after its end/),
        );
      });

      test("a closed store refuses", async () => {
        const other = subject.another();
        await run(async () => undefined, other);
        await other.close();
        await expect(run(async () => 1, other)).rejects.toMatchObject({ code: "internal" });
      });
    });

    describe("documents", () => {
      test("a write is read back in and after its transaction, with revision and provenance", async () => {
        await run(async (tx) => {
          expect(await tx.documents.read(Counter)).toBeUndefined();
          const first = await tx.documents.write(Counter, { schema_version: 1, count: 1 });
          expect(first).toMatchObject({
            id: "counter",
            path: "state/counter.json",
            revision: 1,
            origin: "ours",
            value: { count: 1 },
          });
          expect(await tx.documents.revision(Counter)).toEqual(first);
          await tx.documents.write(Counter, { schema_version: 1, count: 2 });
        });
        expect(await run((tx) => tx.documents.revision(Counter))).toMatchObject({
          revision: 2,
          origin: "ours",
          value: { count: 2 },
        });
      });

      test("every write is in the ledger with hashes, reason and evidence", async () => {
        const first = await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
        const second = await run((tx) =>
          tx.documents.write(Counter, { schema_version: 1, count: 2 }, { reason: "why", evidence: { url: "u" } }),
        );
        const row = await run((tx) => tx.ledger.latest("document.write", Counter.path));
        expect(row).toMatchObject({
          before: first.hash,
          after: second.hash,
          reason: "why",
          evidence: { url: "u" },
          ...CAUSE,
        });
      });

      test("a value that does not fit is refused and nothing changes", async () => {
        await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
        const bad = run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1.5 }));
        expect(await bad.catch((error: unknown) => error)).toEqual(refused("invalid_arguments", /count/));
        expect(await run((tx) => tx.documents.read(Counter))).toEqual({ schema_version: 1, count: 1 });
      });

      test("history is newest first, and restore goes back and forth", async () => {
        const hashes: string[] = [];
        for (const count of [1, 2, 3])
          hashes.push((await run((tx) => tx.documents.write(Counter, { schema_version: 1, count }))).hash);
        const history = await run((tx) => tx.documents.history(Counter.path));
        expect(history.map(({ hash }) => hash)).toEqual(hashes.toReversed());
        expect(JSON.parse(history[2]?.content ?? "")).toEqual({ schema_version: 1, count: 1 });
        expect(await run((tx) => tx.documents.restore(Counter, hashes[0]))).toMatchObject({
          hash: hashes[0],
          value: { count: 1 },
          revision: 4,
          origin: "ours",
        });
        expect(await run((tx) => tx.documents.restore(Counter))).toMatchObject({ value: { count: 3 } });
        expect(
          await run((tx) => tx.documents.restore(Counter, "0".repeat(64))).catch((error: unknown) => error),
        ).toEqual(refused("not_found"));
      });

      test("a collection lists its members by id, in both formats", async () => {
        for (const id of ["b", "a", "c"])
          await run((tx) => tx.documents.write(Incidents.at(id), { schema_version: 1, title: id, open: true }));
        await run(async (tx) => {
          await tx.documents.write(Incidents.at("d"), { schema_version: 1, title: "d", open: false });
          const { readable, unreadable } = await tx.documents.list(Incidents);
          expect(readable.map(({ id, value }) => [id, value.title])).toEqual([
            ["a", "a"],
            ["b", "b"],
            ["c", "c"],
            ["d", "d"],
          ]);
          expect(unreadable).toEqual([]);
          expect(await tx.documents.list(Plans)).toEqual({ readable: [], unreadable: [] });
        });
      });

      test("200 concurrent creations give 200 members", async () => {
        await Promise.all(
          Array.from({ length: 200 }, (_, i) =>
            run((tx) => tx.documents.write(Incidents.at(`i-${i}`), { schema_version: 1, title: `${i}`, open: true })),
          ),
        );
        expect((await run((tx) => tx.documents.list(Incidents))).readable).toHaveLength(200);
      });

      test("20 concurrent additions to one document are all kept", async () => {
        const add = (asset: string) => async (tx: Transaction) => {
          const now = await tx.documents.read(Assets);
          await tx.documents.write(Assets, { schema_version: 1, assets: [...(now?.assets ?? []), asset] });
        };
        await Promise.all(Array.from({ length: 20 }, (_, i) => run(add(`asset-${i}`))));
        expect((await run((tx) => tx.documents.read(Assets)))?.assets).toHaveLength(20);
      });
    });

    describe("artifacts", () => {
      test("are written whole, read in and after the transaction, and listed", async () => {
        await run(async (tx) => {
          const written = await tx.artifacts.write("reports/weekly/2026-W05.md", "# Week 5\r\n…");
          expect(written).toMatchObject({
            path: "reports/weekly/2026-W05.md",
            hash: expect.stringMatching(/^[0-9a-f]{64}$/),
          });
          expect(await tx.artifacts.read("reports/weekly/2026-W05.md")).toBe("# Week 5\r\n…");
        });
        await run(async (tx) => {
          await tx.artifacts.write("reports/summary/s.md", "");
          expect(await tx.artifacts.read("reports/weekly/2026-W05.md")).toBe("# Week 5\r\n…");
          expect(await tx.artifacts.list("reports")).toEqual(["reports/summary/s.md", "reports/weekly/2026-W05.md"]);
          expect(await tx.artifacts.list("nowhere")).toEqual([]);
          expect(await tx.artifacts.read("reports/none.md")).toBeUndefined();
          expect(await tx.artifacts.exists("reports/summary/s.md")).toBe(true);
          expect(await tx.ledger.latest("artifact.write", "reports/summary/s.md")).toBeDefined();
        });
      });

      test.each([
        "",
        "/etc/x",
        "../x",
        "a/../b",
        "a//b",
        "a\\b",
        "a\u0000b",
        "./a",
        ".gitignore",
        "C:/x",
        "ohmymkt.db",
        "OHMYMKT.DB-wal",
        "a/b.",
        "x".repeat(1001),
      ])("refuse the path %j", async (path) => {
        expect(await run((tx) => tx.artifacts.write(path, "x")).catch((error: unknown) => error)).toEqual(
          refused("invalid_arguments", /expected a path inside/),
        );
      });

      test("do not replace a governed document", async () => {
        await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
        expect(await run((tx) => tx.artifacts.write(Counter.path, "x")).catch((error: unknown) => error)).toEqual(
          refused("invalid_arguments", /governed document/),
        );
      });
    });

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
            description: "",
            type: "task",
            ...given,
            id: "a",
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
        clock += HOUR;
        await run((tx) => tx.tasks.transition("a", "in_progress"));
        clock += HOUR;
        await run(async (tx) => {
          expect(await tx.tasks.transition("a", "completed", { result: "done", metadata: { k: 1 } })).toMatchObject({
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

    describe("observations", () => {
      test("are kept side by side, in order of the time observed and then of recording", async () => {
        const given = [
          observed("ctr", 3, "2026-01-03T00:00:00Z"),
          observed("ctr", 1, "2026-01-01T00:00:00Z"),
          observed("ctr", 2, "2026-01-01T00:00:00.000Z"),
          observed("cvr", 9, "2026-01-02T00:00:00Z"),
        ];
        const written = await run((tx) => tx.observations.append(given));
        expect(written[0]).toMatchObject({
          ...given[0],
          observed_at: "2026-01-03T00:00:00.000Z",
          recorded_at: at(0),
          actor: CAUSE.actor,
        });
        const values = async (filter: Parameters<Transaction["observations"]["list"]>[0]) =>
          (await run((tx) => tx.observations.list(filter))).map(({ value }) => value);
        expect(await values({ metric: "ctr" })).toEqual([1, 2, 3]);
        expect(await values({})).toEqual([1, 2, 9, 3]);
        expect(await values({ track: "visibility", from: "2026-01-02T00:00:00Z", to: "2026-01-03T00:00:00Z" })).toEqual(
          [9, 3],
        );
        expect(await values({ track: "quality" })).toEqual([]);
        expect(await run((tx) => tx.observations.list({ metric: "cvr" }))).toEqual(written.slice(3));
        await expect(run((tx) => tx.observations.list({ from: "soon" }))).rejects.toMatchObject({
          code: "invalid_arguments",
        });
      });
    });

    describe("approvals", () => {
      test("count for one subject and one use, and every step is in the ledger", async () => {
        const subjects = [
          { plan: "p", hash: "1" },
          { plan: "p", hash: "2" },
        ] as const;
        const asked = await run((tx) =>
          tx.approvals.request({ kind: "plan", subject: subjects[0], summary: "start p" }),
        );
        await run(async (tx) => {
          expect(
            await tx.approvals.request({ kind: "plan", subject: { hash: "1", plan: "p" }, summary: "again" }),
          ).toEqual(asked);
          expect(await tx.approvals.granted("plan", subjects[0])).toBeUndefined();
          expect(await tx.approvals.use(asked.id).catch((error: unknown) => error)).toEqual(
            refused("approval_required"),
          );
          await tx.approvals.decide(asked.id, { approved: true, how: "cli_prompt", reason: "fine" });
        });
        await run(async (tx) => {
          expect(await tx.approvals.granted("plan", subjects[1])).toBeUndefined();
          expect(await tx.approvals.granted("gate", subjects[0])).toBeUndefined();
          expect(await tx.approvals.granted("plan", subjects[0])).toMatchObject({
            id: asked.id,
            status: "approved",
            decided_how: "cli_prompt",
            reason: "fine",
          });
          expect(
            await tx.approvals
              .decide(asked.id, { approved: false, how: "cli_prompt" })
              .catch((error: unknown) => error),
          ).toEqual(refused("invalid_transition"));
          expect(await tx.approvals.use(asked.id)).toMatchObject({ status: "used" });
        });
        await run(async (tx) => {
          expect(await tx.approvals.use(asked.id).catch((error: unknown) => error)).toEqual(refused("stale", /used/));
          expect(await tx.approvals.granted("plan", subjects[0])).toBeUndefined();
          expect((await tx.ledger.list({ subject: asked.id })).map(({ kind }) => kind)).toEqual([
            "approval.used",
            "approval.approved",
            "approval.requested",
          ]);
          expect(await tx.ledger.latest("approval.approved", asked.id)).toMatchObject({
            reason: "fine",
            evidence: { kind: "plan", subject_hash: asked.subject_hash, summary: "start p", how: "cli_prompt" },
          });
        });
      });

      test("a rejected one cannot be used, and can be asked again", async () => {
        await run(async (tx) => {
          const { id } = await tx.approvals.request({ kind: "spend", subject: 1, summary: "s" });
          await tx.approvals.decide(id, { approved: false, how: "host_prompt", reason: "too dear" });
          expect(await tx.approvals.use(id).catch((error: unknown) => error)).toEqual(refused("approval_rejected"));
          expect((await tx.approvals.request({ kind: "spend", subject: 1, summary: "s" })).id).not.toBe(id);
          expect(await tx.approvals.use("apr-none").catch((error: unknown) => error)).toEqual(refused("not_found"));
        });
      });

      test.each([false, true])("lapse after 24 hours (approved: %j)", async (approve) => {
        const { id } = await run((tx) => tx.approvals.request({ kind: "gate", subject: 1, summary: "s" }));
        if (approve) await run((tx) => tx.approvals.decide(id, { approved: true, how: "cli_yes" }));
        clock += 24 * HOUR;
        expect(await run((tx) => tx.approvals.get(id))).toMatchObject({ status: approve ? "approved" : "pending" });
        clock += 1;
        expect(await run((tx) => tx.approvals.granted("gate", 1))).toBeUndefined();
        expect(await run((tx) => tx.approvals.list({ status: "lapsed" }))).toMatchObject([{ id }]);
        expect(await run((tx) => tx.approvals.use(id)).catch((error: unknown) => error)).toEqual(
          refused("stale", /lapsed/),
        );
        expect((await run((tx) => tx.approvals.request({ kind: "gate", subject: 1, summary: "s" }))).id).not.toBe(id);
      });
    });

    describe("the ledger", () => {
      test("chains rows, reads them back as appended, and verifies", async () => {
        const evidence = { text: "ü \u2028 🚀", list: [null, 1.5, { z: 1, a: undefined }], none: null };
        const first = await run((tx) =>
          tx.ledger.append({ kind: "gate.opened", subject: "strategy_gate", evidence, before: null, after: false }),
        );
        await run((tx) => tx.ledger.append({ kind: "gate.closed", subject: "strategy_gate", reason: "late" }));
        await run(async (tx) => {
          expect(await tx.ledger.latest("gate.opened", "strategy_gate")).toEqual(first);
          expect(first).toMatchObject({ seq: 1, at: at(0), before: null, after: false });
          const head = await tx.ledger.head();
          expect(head.seq).toBe(2);
          expect(await tx.ledger.verify()).toEqual({ ok: true, head: head.hash, rows: 2 });
          expect(await tx.ledger.verify({ seq: 1, hash: first.hash })).toMatchObject({ ok: true });
          expect(await tx.ledger.verify({ seq: 1, hash: head.hash })).toMatchObject({ ok: false, seq: 1 });
          expect(await tx.ledger.verify({ seq: 3, hash: head.hash })).toMatchObject({ ok: false, seq: 3 });
        });
      });

      test("lists by kind, prefix, subject and time, newest first", async () => {
        for (const [kind, about] of [
          ["gate.opened", "a"],
          ["gate.closed", "a"],
          ["gates.seeded", "b"],
          ["plan.written", "a"],
        ] as const) {
          await run((tx) => tx.ledger.append({ kind, subject: about }));
          clock += HOUR;
        }
        await run(async (tx) => {
          const kinds = async (filter: Parameters<Transaction["ledger"]["list"]>[0]) =>
            (await tx.ledger.list(filter)).map(({ kind }) => kind);
          expect(await kinds({})).toEqual(["plan.written", "gates.seeded", "gate.closed", "gate.opened"]);
          expect(await kinds({ kind: "gate.*" })).toEqual(["gate.closed", "gate.opened"]);
          expect(await kinds({ kind: "gate.opened" })).toEqual(["gate.opened"]);
          expect(await kinds({ subject: "a", limit: 1, offset: 1 })).toEqual(["gate.closed"]);
          expect(await kinds({ from: at(1), to: "2026-02-01T11:00:00Z" })).toEqual(["gates.seeded", "gate.closed"]);
        });
      });
    });

    function at(hours: number): string {
      return new Date(START + hours * HOUR).toISOString();
    }
  });
}

function task(id: string): NewTask {
  return { id, title: `Task ${id}`, objective: "o", owner: "content-ops", acceptance_criteria: ["it works"] };
}

function observed(metric: string, value: number, observed_at: string) {
  return { track: "visibility", metric, value, source: "search console", observed_at };
}
