import { afterEach, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { storeConformance } from "../conformance.ts";
import { openStore } from "../open.ts";
import { journalMode } from "./database.ts";
import { Assets, CAUSE, Counter, makeProject, type Project } from "./testing/fixtures.ts";

storeConformance("local", async ({ now }) => {
  const { directory, remove } = makeProject();
  const open = () => openStore({ directory, now, sync: "off", busyTimeoutMs: 5000 });
  const store = open();
  return {
    store,
    another: open,
    dispose: async () => {
      await store.close();
      remove();
    },
  };
});

const projects: Project[] = [];
afterEach(() => projects.splice(0).forEach((project) => project.remove()));
const project = (): Project => {
  const made = makeProject();
  projects.push(made);
  return made;
};

test("opening and asking whether there is state touches nothing", async () => {
  const { directory } = project();
  const store = openStore({ directory });
  expect(await store.exists()).toBe(false);
  expect(readdirSync(directory)).toEqual([]);
  await store.close();
  expect(readdirSync(directory)).toEqual([]);
});

test("the state folder keeps its database out of version control and leaves a changed ignore file alone", async () => {
  const { directory, text, put } = project();
  const store = openStore({ directory, sync: "off" });
  await store.transaction(CAUSE, async () => undefined);
  expect(text(".gitignore")).toBe("ohmymkt.db*\n.tmp/\n");
  put(".gitignore", "mine\n");
  const other = openStore({ directory, sync: "off" });
  await other.transaction(CAUSE, async () => undefined);
  expect(text(".gitignore")).toBe("mine\n");
  await Promise.all([store.close(), other.close()]);
});

test("files of a fresh clone without the database are adopted as imported", async () => {
  const { directory, put, path } = project();
  put(Counter.path, '{"schema_version": 1, "count": 7}');
  const store = openStore({ directory, sync: "off" });
  expect(await store.transaction(CAUSE, (tx) => tx.documents.revision(Counter))).toMatchObject({
    origin: "imported",
    revision: 1,
    value: { count: 7 },
  });
  expect(await store.transaction(CAUSE, (tx) => tx.ledger.latest("document.imported", Counter.path))).toMatchObject({
    subject: Counter.path,
  });
  expect(existsSync(path("ohmymkt.db"))).toBe(true);
  await store.transaction(CAUSE, (tx) => tx.documents.write(Counter, { schema_version: 1, count: 8 }));
  expect(await store.transaction(CAUSE, (tx) => tx.documents.revision(Counter))).toMatchObject({
    origin: "ours",
    revision: 2,
  });
  await store.close();
});

test("a state folder that was deleted under an open store is made again, not written into the void", async () => {
  const { directory, path, text } = project();
  const store = openStore({ directory, sync: "off" });
  await store.transaction(CAUSE, (tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
  rmSync(path("."), { recursive: true });
  await store.transaction(CAUSE, (tx) => tx.documents.write(Counter, { schema_version: 1, count: 2 }));
  await store.close();
  expect(JSON.parse(text(Counter.path))).toEqual({ schema_version: 1, count: 2 });
  const again = openStore({ directory, sync: "off" });
  expect(await again.transaction(CAUSE, (tx) => tx.documents.revision(Counter))).toMatchObject({
    origin: "ours",
    value: { count: 2 },
  });
  await again.close();
});

test("a lock that another holder keeps gives busy, without blocking the event loop", async () => {
  const { directory } = project();
  const [holder, waiter] = [
    openStore({ directory, sync: "off" }),
    openStore({ directory, sync: "off", busyTimeoutMs: 1000 }),
  ];
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 10);
  let release = (): void => undefined;
  let started = (): void => undefined;
  const entered = new Promise<void>((resolve) => (started = resolve));
  const holding = holder.transaction(CAUSE, () => {
    started();
    return new Promise<void>((resolve) => (release = resolve));
  });
  await entered;
  expect(await waiter.transaction(CAUSE, async () => 1).catch((error: unknown) => error)).toMatchObject({
    code: "busy",
    message: expect.stringContaining("1000 ms"),
  });
  clearInterval(timer);
  release();
  await holding;
  expect(ticks).toBeGreaterThan(4);
  expect(await waiter.transaction(CAUSE, async () => 1)).toBe(1);
  await Promise.all([holder.close(), waiter.close()]);
});

test.each([
  ["3.51.2", "DELETE"],
  ["3.51.3", "WAL"],
  ["3.53.0", "WAL"],
  ["3.43.2", "DELETE"],
  ["4.0.0", "WAL"],
] as const)("SQLite %s uses journal mode %s", (version, mode) => {
  expect(journalMode(version)).toBe(mode);
});

test("the write-ahead log is moved into the database as it grows", async () => {
  const { directory, path } = project();
  const store = openStore({ directory, sync: "off" });
  const logged: number[] = [];
  for (let n = 0; n < 12; n += 1) {
    await store.transaction(CAUSE, (tx) =>
      tx.documents.write(Assets, { schema_version: 1, assets: [`${n}`.padEnd(3_000_000, "x")] }),
    );
    logged.push(statSync(path("ohmymkt.db-wal")).size);
  }
  expect(Math.max(...logged)).toBeLessThan(4 * (logged[0] ?? 0));
  await store.close();
});
