import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Database } from "bun:sqlite";
import { poolBench, refusal, type PoolBench } from "../testing/pool-bench.ts";
import { openStore } from "./open.ts";
import type { TaskPool } from "./task-pool.ts";

let bench: PoolBench;
let pool: TaskPool;

beforeEach(() => {
  bench = poolBench();
  ({ pool } = bench);
});
afterEach(() => bench.dispose());

describe("bad input is refused with what to do, and changes nothing", () => {
  const cases: [string, (p: TaskPool) => unknown, string, RegExp][] = [
    ["no title", (p) => p.createTask({ title: " " }), "invalid_arguments", /title: expected a text/],
    [
      "a misspelt field",
      (p) => p.createTask(JSON.parse('{"title":"t","blocked_by":["a"]}')),
      "invalid_arguments",
      /blocked_by/,
    ],
    [
      "a priority beyond the scale",
      (p) => p.createTask({ title: "t", priority: JSON.parse("7") }),
      "invalid_arguments",
      /LOW 0.*got 7/,
    ],
    ["no attempts", (p) => p.createTask({ title: "t", maxAttempts: 0 }), "invalid_arguments", /maxAttempts/],
    [
      "metadata that JSON cannot hold",
      (p) => p.createTask({ title: "t", metadata: { n: 1n } }),
      "invalid_arguments",
      /metadata/,
    ],
    ["an unknown blocker", (p) => p.createTask({ title: "t", blockedBy: ["ghost"] }), "invalid_arguments", /ghost/],
    [
      "itself as a blocker",
      (p) => p.createTask({ title: "t", id: "t", blockedBy: ["t"] }),
      "invalid_arguments",
      /itself/,
    ],
    [
      "a circle in a batch",
      (p) =>
        p.createTasks([
          { title: "x", id: "x", blockedBy: ["y"] },
          { title: "y", id: "y", blockedBy: ["x"] },
          { title: "free" },
        ]),
      "invalid_arguments",
      /circle: x, y$/,
    ],
    [
      "an id that is taken",
      (p) => p.createTasks([{ title: "new" }, { title: "t", id: "known" }]),
      "invalid_arguments",
      /known/,
    ],
    [
      "an id twice",
      (p) =>
        p.createTasks([
          { title: "x", id: "x" },
          { title: "y", id: "x" },
        ]),
      "invalid_arguments",
      /"x"/,
    ],
    ["a claim by nobody", (p) => p.claimTask(""), "invalid_arguments", /agentName/],
    ["a claim of an unknown task", (p) => p.claimTask("w", { id: "ghost" }), "not_found", /ghost/],
    ["a claim of a blocked task", (p) => p.claimTask("w", { id: "waits" }), "invalid_transition", /waits for known/],
    [
      "an early start of a blocked task",
      (p) => p.updateTask("waits", { status: "in_progress" }),
      "invalid_transition",
      /waits for known/,
    ],
    [
      "an unknown status",
      (p) => p.updateTask("known", { status: JSON.parse('"done"') }),
      "invalid_arguments",
      /pending, claimed/,
    ],
    [
      "an unknown status in a filter",
      (p) => p.getTasks({ status: JSON.parse('"done"') }),
      "invalid_arguments",
      /status/,
    ],
    [
      "an unknown field in an update",
      (p) => p.updateTask("known", JSON.parse('{"state":"completed"}')),
      "invalid_arguments",
      /state/,
    ],
    [
      "a completion of what nobody claimed",
      (p) => p.updateTask("known", { status: "completed" }),
      "invalid_transition",
      /pending/,
    ],
    ["a finish of what this pool does not hold", (p) => p.completeAndClaim("known", "r", "w"), "stale", /not held/],
    ["a late blocker that is unknown", (p) => p.addBlockers("known", ["ghost"]), "invalid_arguments", /ghost/],
    ["a late circle", (p) => p.addBlockers("known", ["waits"]), "invalid_arguments", /circle/],
    ["a cancellation of an unknown task", (p) => p.cancelTask("ghost"), "not_found", /ghost/],
  ];
  test.each(cases)("%s", (_what, call, code, message) => {
    pool.createTasks([
      { title: "known", id: "known" },
      { title: "waits", id: "waits", blockedBy: ["known"] },
    ]);
    const before = pool.db.query("SELECT * FROM tasks").all();
    const error = refusal(() => call(pool));
    expect(error).toMatchObject({
      name: "OhmymktError",
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/\w/),
    });
    expect(pool.db.query("SELECT * FROM tasks").all()).toEqual(before);
  });

  test("a completion without the result of a criterion", () => {
    pool.createTask({ title: "t", id: "t", acceptanceCriteria: ["loads in 2 s", "has a headline"] });
    bench.claimed();
    const results = [{ criterion: "loads in 2 s", evidence: "1.4 s in the lab" }];
    expect(refusal(() => pool.updateTask("t", { status: "completed", results }))).toMatchObject({
      code: "invalid_arguments",
      message: expect.stringContaining('"has a headline"'),
    });
    expect(refusal(() => pool.completeAndClaim("t", "r", "w"))).toMatchObject({ code: "invalid_arguments" });
    expect(pool.getTask("t")).toMatchObject({ status: "claimed" });
    const all = [...results, { criterion: "has a headline", evidence: "see page" }];
    expect(pool.updateTask("t", { status: "completed", results: all })).toMatchObject({
      status: "completed",
      results: all,
    });
  });
});

describe("files", () => {
  test("tasks survive the end of a pool", () => {
    const first = bench.open(bench.file());
    first.createTask({ title: "kept", metadata: { a: 1 } });
    first.close();
    first.close();
    expect(refusal(() => first.getStats())).toMatchObject({
      code: "storage",
      message: expect.stringContaining("closed"),
    });
    const second = bench.open(bench.file());
    expect(second.getTasks()).toMatchObject([{ title: "kept", metadata: { a: 1 } }]);
    second.close();
  });

  test("a database of another program, a newer one, a folder that is not there", () => {
    const other = new Database(bench.file("other.db"));
    other.run("CREATE TABLE tasks(x)");
    other.close();
    expect(refusal(() => bench.open(bench.file("other.db")))).toMatchObject({ code: "corrupt_document" });
    bench.open(bench.file()).close();
    const newer = new Database(bench.file());
    newer.run("PRAGMA user_version = 99");
    newer.close();
    expect(refusal(() => bench.open(bench.file()))).toMatchObject({ code: "newer_version" });
    expect(refusal(() => bench.open(bench.file("no/such/tasks.db")))).toMatchObject({ code: "storage" });
  });

  test("the pool of a project is the same as the store's", async () => {
    const store = openStore({ directory: bench.folder, sync: "off", now: () => new Date(bench.now) });
    const cause = { actor: { host: "cli" as const }, tool: "test" };
    await store.transaction(cause, (tx) =>
      tx.tasks.create([{ id: "a", title: "A", objective: "o", owner: "ann", acceptance_criteria: [] }]),
    );
    const shared = bench.open(join(bench.folder, ".ohmymkt/ohmymkt.db"));
    expect(shared.claimTask("w")).toMatchObject({ id: "a", owner: "ann" });
    expect(await store.transaction(cause, (tx) => tx.tasks.get("a"))).toMatchObject({
      status: "claimed",
      assigned_agent: "w",
    });
    shared.updateTask("a", { status: "completed" });
    expect(await store.transaction(cause, (tx) => tx.tasks.count())).toMatchObject({ completed: 1 });
    shared.close();
    await store.close();
  });
});
