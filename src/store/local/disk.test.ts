import { afterEach, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../open.ts";
import { CAUSE, Counter, makeProject } from "./testing/fixtures.ts";

const cleanups: (() => void)[] = [];
afterEach(() =>
  cleanups
    .splice(0)
    .toReversed()
    .forEach((cleanup) => cleanup()),
);

/** A file system of its own in memory; undefined, with a line that says so, where this user may not mount one. */
function smallDisk(what: string): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), "ohmymkt-disk-"));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  if (!mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", directory)) {
    console.log(`not run: ${what} (mounting a small file system needs root on Linux)`);
    return undefined;
  }
  cleanups.push(() => void Bun.spawnSync(["umount", "--lazy", directory]));
  return directory;
}

function mount(...args: string[]): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  return Bun.spawnSync(["mount", ...args], { stderr: "ignore" }).success;
}

/** Fills the disk up to `spare` bytes; the function empties it again. */
function fill(directory: string, spare = 0): () => void {
  const path = join(directory, "filler");
  for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
    try {
      writeFileSync(path, new Uint8Array(size), { flag: "a" });
    } catch {
      // Expected: the next smaller piece may still fit.
    }
  }
  truncateSync(path, statSync(path).size - spare);
  return () => rmSync(path);
}

test("a full disk gives a storage error and leaves the state as it was", async () => {
  const directory = smallDisk("full disk");
  if (directory === undefined) return;
  const { path, text } = makeProject(directory);
  const store = openStore({ directory });
  cleanups.push(() => void store.close());
  await store.transaction(CAUSE, (tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
  const before = text(Counter.path);
  const head = await store.transaction(CAUSE, (tx) => tx.ledger.head());

  for (const [spare, content] of [
    [0, "small"],
    [200_000, "large ".repeat(100_000)],
  ] as const) {
    const empty = fill(directory, spare);
    const error: unknown = await store
      .transaction(CAUSE, async (tx) => {
        await tx.documents.write(Counter, { schema_version: 1, count: 2 });
        await tx.artifacts.write("zz/after-the-counter.md", content);
      })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "storage",
      message: expect.stringMatching(/ENOSPC|SQLITE_FULL|SQLITE_IOERR/),
      hint: expect.stringMatching(/disk/),
    });
    expect(text(Counter.path)).toBe(before);
    expect(readdirSync(path(".tmp"))).toEqual([]);
    empty();
  }
  const empty = fill(directory);
  const swallowed: unknown = await store
    .transaction(CAUSE, async (tx) => {
      await tx.artifacts.write("zz/huge.md", "x".repeat(6_000_000)).catch(() => "the work goes on regardless");
      await tx.ledger.append({ kind: "test.after", subject: "the database gave up" });
    })
    .catch((reason: unknown) => reason);
  expect(swallowed).toMatchObject({ code: "storage" });
  empty();

  await store.transaction(CAUSE, async (tx) => {
    expect(await tx.documents.read(Counter)).toEqual({ schema_version: 1, count: 1 });
    expect(await tx.artifacts.exists("zz/after-the-counter.md")).toBe(false);
    expect(await tx.ledger.head()).toEqual(head);
    await tx.documents.write(Counter, { schema_version: 1, count: 3 });
  });
  expect(JSON.parse(text(Counter.path))).toEqual({ schema_version: 1, count: 3 });
  await store.close();
});

test("a file that does not fit on the disk gives a storage error and leaves nothing", async () => {
  const directory = smallDisk("a generated file on a full disk");
  if (directory === undefined) return;
  const { path } = makeProject(directory);
  const store = openStore({ directory });
  cleanups.push(() => void store.close());
  const large = new Uint8Array(2 * 1024 * 1024).fill(1);
  for (const content of [large, async (at: string) => writeFileSync(at, large)]) {
    const error: unknown = await store.saveMedia("images", "a", "png", content).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "storage", hint: expect.stringMatching(/disk is full/) });
    expect(readdirSync(path("assets/images"))).toEqual([]);
  }
  expect(await store.saveMedia("images", "a", "png", new Uint8Array([1]))).toMatchObject({ size: 1 });
});

test("a project on a full disk cannot be started, and says so", async () => {
  const directory = smallDisk("first start on a full disk");
  if (directory === undefined) return;
  fill(directory);
  const store = openStore({ directory });
  const error: unknown = await store.transaction(CAUSE, async () => 1).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "storage", hint: expect.stringMatching(/disk/) });
  await store.close();
});

test("a read-only directory gives a storage error and changes nothing", async () => {
  const isRoot = process.getuid?.() === 0;
  const directory = isRoot ? smallDisk("read-only directory") : mkdtempSync(join(tmpdir(), "ohmymkt-readonly-"));
  if (directory === undefined) return;
  const first = openStore({ directory });
  await first.transaction(CAUSE, (tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
  await first.close();
  const { path, text } = makeProject(directory);
  const before = text(Counter.path);
  if (isRoot) expect(mount("-o", "remount,ro", directory)).toBe(true);
  else
    for (const each of [path("ohmymkt.db"), path("."), directory])
      chmodSync(each, each.endsWith(".db") ? 0o444 : 0o555);

  const store = openStore({ directory });
  expect(await store.exists()).toBe(true);
  const error: unknown = await store
    .transaction(CAUSE, (tx) => tx.documents.write(Counter, { schema_version: 1, count: 2 }))
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "storage", hint: expect.stringMatching(/read-only|permissions|folder/) });
  const saving: unknown = await store
    .saveMedia("images", "a", "png", new Uint8Array([1]))
    .catch((reason: unknown) => reason);
  expect(saving).toMatchObject({ code: "storage", hint: expect.stringMatching(/read-only|permissions|folder/) });
  expect(text(Counter.path)).toBe(before);
  await store.close();
  if (!isRoot) {
    for (const each of [directory, path(".")]) chmodSync(each, 0o755);
    rmSync(directory, { recursive: true });
  }
});

test("a file where the state folder should be gives a storage error", async () => {
  const { directory, remove } = makeProject();
  cleanups.push(remove);
  writeFileSync(join(directory, ".ohmymkt"), "mine");
  const store = openStore({ directory });
  expect(await store.transaction(CAUSE, async () => 1).catch((reason: unknown) => reason)).toMatchObject({
    code: "storage",
    hint: expect.stringContaining(".ohmymkt is a folder"),
  });
  await store.close();
});
