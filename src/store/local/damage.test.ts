import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { openStore } from "../open.ts";
import type { Store } from "../store.ts";
import { CAUSE, Counter, makeProject, type Project, caught } from "./testing/fixtures.ts";

let project: Project;
let store: Store;
let head: { seq: number; hash: string };

beforeEach(async () => {
  project = makeProject();
  store = openStore({ directory: project.directory, sync: "off" });
  for (const count of [1, 2, 3, 4])
    await store.transaction(CAUSE, (tx) =>
      tx.documents.write(Counter, { schema_version: 1, count }, { reason: `step ${count}` }),
    );
  head = await store.transaction(CAUSE, (tx) => tx.ledger.head());
});
afterEach(async () => {
  await store.close();
  project.remove();
});

/** What somebody with the file in hand can do. */
function tamper(...statements: string[]): void {
  const database = new Database(project.path("ohmymkt.db"));
  for (const statement of [
    "DROP TRIGGER IF EXISTS ledger_no_update",
    "DROP TRIGGER IF EXISTS ledger_no_delete",
    ...statements,
  ])
    database.run(statement);
  database.close();
}

const verify = (expected?: { seq: number; hash: string }[]) =>
  store.transaction(CAUSE, (tx) => tx.ledger.verify(expected));

test.each<[string, string[], number, RegExp]>([
  ["one changed byte", ["UPDATE ledger SET reason = 'step 9' WHERE seq = 2"], 2, /content does not match its hash/],
  ["a changed actor", [`UPDATE ledger SET actor = '{"host":"mcp"}' WHERE seq = 3`], 3, /content does not match/],
  ["unreadable JSON", ["UPDATE ledger SET after = '{' WHERE seq = 3"], 3, /content does not match/],
  ["a missing row", ["DELETE FROM ledger WHERE seq = 2"], 2, /row 2 is missing/],
  ["a missing tail", ["DELETE FROM ledger WHERE seq > 2"], 3, /row 3 is missing: 4 rows were expected/],
  [
    "a rewritten hash",
    ["UPDATE ledger SET hash = lower(hex(randomblob(32))) WHERE seq = 4"],
    4,
    /content does not match/,
  ],
  [
    "two rows in each other's place",
    [
      "UPDATE ledger SET seq = 9 WHERE seq = 2",
      "UPDATE ledger SET seq = 2 WHERE seq = 3",
      "UPDATE ledger SET seq = 3 WHERE seq = 9",
    ],
    2,
    /does not continue/,
  ],
])("the ledger names %s", async (_what, statements, seq, problem) => {
  expect(await verify([head])).toEqual({ ok: true, head: head.hash, rows: 4 });
  tamper(...statements);
  expect(await verify()).toEqual({ ok: false, seq, problem: expect.stringMatching(problem) });
});

test("a tail that was cut off together with the recorded head is found with a head kept elsewhere", async () => {
  tamper(
    "DELETE FROM ledger WHERE seq > 2",
    "UPDATE ledger_head SET seq = 2, hash = (SELECT hash FROM ledger WHERE seq = 2)",
  );
  expect(await verify()).toMatchObject({ ok: true, rows: 2 });
  expect(await verify([head])).toEqual({ ok: false, seq: 3, problem: expect.stringContaining("row 3 is missing") });
});

test("a row that was added without the recorded head is found", async () => {
  tamper("UPDATE ledger_head SET seq = 3, hash = (SELECT hash FROM ledger WHERE seq = 3)");
  expect(await verify()).toMatchObject({ ok: false, seq: 4 });
});

test("the database itself refuses to change or delete ledger rows and observations", () => {
  const database = new Database(project.path("ohmymkt.db"));
  expect(() => database.run("UPDATE ledger SET reason = 'x'")).toThrow("append-only");
  expect(() => database.run("DELETE FROM ledger")).toThrow("append-only");
  database.close();
});

test.each<[string, (path: string) => void, RegExp]>([
  ["not a database", (path) => writeFileSync(path, "hello ".repeat(2000)), /is not a database or is damaged/],
  ["cut short", (path) => truncateSync(path, 10_000), /is not a database or is damaged/],
  ["empty", (path) => truncateSync(path, 0), /is empty/],
])("a database that is %s is named and left alone", async (_what, damage, message) => {
  await store.close();
  const path = project.path("ohmymkt.db");
  for (const end of ["-wal", "-shm"]) rmSync(path + end, { force: true });
  damage(path);
  const before = readFileSync(path);
  store = openStore({ directory: project.directory, sync: "off" });
  const error: unknown = await store
    .transaction(CAUSE, (tx) => tx.documents.read(Counter))
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: "corrupt_document",
    message: expect.stringMatching(message),
    hint: expect.stringContaining("nothing was overwritten"),
  });
  expect(readFileSync(path)).toEqual(before);
  expect(JSON.parse(project.text(Counter.path))).toEqual({ schema_version: 1, count: 4 });
});

test("a database of another program is named and left alone", async () => {
  await store.close();
  const path = project.path("ohmymkt.db");
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
  const foreign = new Database(path);
  foreign.run("CREATE TABLE theirs(a)");
  foreign.run("PRAGMA user_version = 1");
  foreign.close();
  const before = readFileSync(path);
  store = openStore({ directory: project.directory, sync: "off" });
  expect(await caught(store.transaction(CAUSE, async () => 1))).toMatchObject({
    code: "corrupt_document",
    message: expect.stringContaining("of another program"),
  });
  expect(readFileSync(path)).toEqual(before);
});

test.each(["ohmymkt.db", ".tmp"])("a link in the place of %s is not followed", async (name) => {
  await store.close();
  const elsewhere = makeProject();
  elsewhere.put(name === ".tmp" ? "doc-1" : "x", "theirs");
  rmSync(project.path(name), { recursive: true });
  symlinkSync(name === ".tmp" ? elsewhere.path(".") : elsewhere.path("x"), project.path(name));
  store = openStore({ directory: project.directory, sync: "off" });
  expect(await caught(store.transaction(CAUSE, async () => 1))).toMatchObject({
    code: "corrupt_document",
    message: expect.stringContaining(`${name} is a link`),
  });
  expect(elsewhere.text(name === ".tmp" ? "doc-1" : "x")).toBe("theirs");
  elsewhere.remove();
});

test("a log without its database is not silently paired with a new one", async () => {
  await store.close();
  rmSync(project.path("ohmymkt.db"));
  project.put("ohmymkt.db-wal", "old log");
  store = openStore({ directory: project.directory, sync: "off" });
  expect(await caught(store.transaction(CAUSE, async () => 1))).toMatchObject({
    code: "corrupt_document",
    message: expect.stringContaining("is missing, but its log"),
  });
});

test("a database of a newer ohmymkt is left as it is", async () => {
  await store.close();
  tamper("PRAGMA user_version = 99");
  store = openStore({ directory: project.directory, sync: "off" });
  expect(await store.transaction(CAUSE, async () => 1).catch((error: unknown) => error)).toMatchObject({
    code: "newer_version",
    message: expect.stringContaining("99"),
  });
});
