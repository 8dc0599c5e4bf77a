import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { sha256 } from "../../lib/canonical.ts";
import { openStore } from "../open.ts";
import type { Store, Transaction } from "../store.ts";
import { CAUSE, Counter, makeProject, type Project } from "./testing/fixtures.ts";

let project: Project;
let store: Store;
const open = () => openStore({ directory: project.directory, sync: "off" });
const run = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => store.transaction(CAUSE, work);
const text = (count: number): string => `${JSON.stringify({ schema_version: 1, count }, null, 2)}\n`;

beforeEach(async () => {
  project = makeProject();
  store = open();
  for (const count of [1, 2]) await run((tx) => tx.documents.write(Counter, { schema_version: 1, count }));
});
afterEach(async () => {
  await store.close();
  project.remove();
});

/** The state that a writer leaves when it dies between its commit and the replacement of the file. */
async function dieBeforeReplacing(base: string | null): Promise<void> {
  await store.close();
  const database = new Database(project.path("ohmymkt.db"));
  database.run("UPDATE document SET state = 'pending', base_hash = ?", [base]);
  database.close();
  store = open();
}

test.each<[string, (path: string) => void]>([
  ["still holds the content before", () => project.put(Counter.path, text(1))],
  ["holds the new content already", () => project.put(Counter.path, text(2))],
  ["is gone", (path) => rmSync(path)],
])("a dead writer's commit is finished when the file %s", async (_what, arrange) => {
  await dieBeforeReplacing(sha256(text(1)));
  arrange(project.path(Counter.path));
  const head = await run(async (tx) => tx.ledger.head());
  expect(project.text(Counter.path)).toBe(text(2));
  expect(await run((tx) => tx.documents.revision(Counter))).toMatchObject({
    value: { count: 2 },
    revision: 2,
    origin: "ours",
  });
  expect(await run((tx) => tx.ledger.head())).toEqual(head);
  expect(head.seq).toBe(2);
});

test("the first write of a file that a dead writer never put on disk is finished", async () => {
  await dieBeforeReplacing(null);
  rmSync(project.path("state"), { recursive: true });
  await run(async () => undefined);
  expect(project.text(Counter.path)).toBe(text(2));
});

test("what a person saved before a dead writer's file arrived is kept, also when the next work fails", async () => {
  await dieBeforeReplacing(sha256(text(1)));
  project.put(Counter.path, text(77));
  await run(() => Promise.reject(new Error("work failed"))).catch(() => undefined);
  expect(project.text(Counter.path)).toBe(text(2));
  const rows = await run((tx) => tx.ledger.list({ kind: "document.superseded" }));
  expect(rows).toMatchObject([{ subject: Counter.path, before: sha256(text(77)), after: sha256(text(2)) }]);
  expect((await run((tx) => tx.documents.history(Counter.path)))[0]?.content).toBe(text(77));
  expect(await run((tx) => tx.documents.restore(Counter, sha256(text(77))))).toMatchObject({
    value: { count: 77 },
    origin: "hand_edited",
  });
});

test("an edit that lands between the look at a file and its replacement is kept", async () => {
  await run(async (tx) => {
    await tx.documents.write(Counter, { schema_version: 1, count: 3 });
    project.put(Counter.path, text(77));
    await tx.documents.write(Counter, { schema_version: 1, count: 4 });
  });
  expect(project.text(Counter.path)).toBe(text(4));
  expect((await run((tx) => tx.documents.history(Counter.path))).map(({ content }) => content)).toContain(text(77));
  expect(await run((tx) => tx.ledger.list({ kind: "document.hand_edit" }))).toEqual([]);
});

test("several writes of one file in one transaction are one replacement, and none is taken for an edit", async () => {
  await run(async (tx) => {
    for (const count of [3, 4, 5]) await tx.documents.write(Counter, { schema_version: 1, count });
  });
  expect(project.text(Counter.path)).toBe(text(5));
  expect((await run((tx) => tx.ledger.list({ limit: 3 }))).map(({ kind }) => kind)).toEqual([
    "document.write",
    "document.write",
    "document.write",
  ]);
  expect(await run((tx) => tx.ledger.list({ kind: "document.superseded" }))).toEqual([]);
});

test("a file that cannot be replaced after the commit does not undo it; the next call says why, and finishes it later", async () => {
  await run(async (tx) => {
    await tx.documents.write(Counter, { schema_version: 1, count: 3 });
    rmSync(project.path(Counter.path));
    mkdirSync(project.path(Counter.path));
  });
  const next: unknown = await run((tx) => tx.documents.read(Counter)).catch((error: unknown) => error);
  expect(next).toMatchObject({ code: "storage", message: expect.stringContaining("counter.json") });
  rmdirSync(project.path(Counter.path));
  expect(await run((tx) => tx.documents.read(Counter))).toMatchObject({ count: 3 });
  expect(project.text(Counter.path)).toBe(text(3));
});

test("what dead writers staged is swept at the next opening, and nothing is staged after a failure", async () => {
  project.put(".tmp/doc-1-1-x", "left over");
  await run(async () => undefined);
  expect(existsSync(project.path(".tmp/doc-1-1-x"))).toBe(true);
  await store.close();
  store = open();
  await run(async (tx) => {
    await tx.artifacts.write("reports/weekly/a.md", "x");
    throw new Error("stop");
  }).catch(() => undefined);
  expect(readdirSync(project.path(".tmp"))).toEqual([]);
});

test("two first openings at the same moment make one database", async () => {
  const fresh = makeProject();
  const stores = Array.from({ length: 8 }, () => openStore({ directory: fresh.directory, sync: "off" }));
  await Promise.all(
    stores.map((each, i) =>
      each.transaction(CAUSE, (tx) => tx.ledger.append({ kind: "test.opened", subject: `${i}` })),
    ),
  );
  expect(await stores[0]?.transaction(CAUSE, (tx) => tx.ledger.verify())).toMatchObject({ ok: true, rows: 8 });
  await Promise.all(stores.map((each) => each.close()));
  fresh.remove();
});
