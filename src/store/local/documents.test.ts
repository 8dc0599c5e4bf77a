import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { defineDocument } from "../../lib/documents.ts";
import { openStore } from "../open.ts";
import type { Store, Transaction } from "../store.ts";
import { MAX_FILE_BYTES } from "./files.ts";
import { CAUSE, Counter, Incidents, makeProject, Plans, type Project } from "./testing/fixtures.ts";

let project: Project;
let store: Store;
const run = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => store.transaction(CAUSE, work);
const failure = (work: (tx: Transaction) => Promise<unknown>): Promise<unknown> =>
  run(work).catch((error: unknown) => error);
const GOOD = '{\n  "schema_version": 1,\n  "count": 1\n}\n';

beforeEach(async () => {
  project = makeProject();
  store = openStore({ directory: project.directory, sync: "off" });
  await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
});
afterEach(async () => {
  await store.close();
  project.remove();
});

const BROKEN: [string, string | Uint8Array, string, RegExp][] = [
  [
    "truncated",
    GOOD.slice(0, 25),
    "corrupt_document",
    /counter\.json:3:3: .*expected .* got the end of the file|counter\.json:3:\d+: .*expected/,
  ],
  ["empty", "", "corrupt_document", /counter\.json:1:1: expected JSON, got an empty file/],
  ["only spaces", " \n ", "corrupt_document", /got an empty file/],
  ["not JSON", "count: 1\n", "corrupt_document", /counter\.json:1:1: is not JSON: expected a value, got "c"/],
  [
    "a trailing comma",
    '{"schema_version": 1,\n "count": 1,\n}',
    "corrupt_document",
    /counter\.json:3:1: is not JSON: expected a name in double quotes, got "}"/,
  ],
  ["a comment", '{"schema_version": 1, // one\n "count": 1}', "corrupt_document", /counter\.json:1:23: .*got "\/"/],
  ["two values", "{} {}", "corrupt_document", /counter\.json:1:4: .*expected the end of the file/],
  [
    "a wrong type",
    '{\n  "schema_version": 1,\n  "count": "one"\n}',
    "corrupt_document",
    /counter\.json:3:12: count: .*expected (int|number), received string/,
  ],
  [
    "a word too many",
    '{"schema_version": 1,\n"count": 1, "mode": "fast"}',
    "corrupt_document",
    /counter\.json:2:21: mode: .*one of "slow"\|"steady", got "fast"/,
  ],
  [
    "wrong below a union",
    '{"schema_version": 1,\n"count": 1, "limit": {"max": "ten"}}',
    "corrupt_document",
    /counter\.json:2:30: limit\.max: .*expected number, received string/,
  ],
  ["a missing member", '\n{ "schema_version": 1 }', "corrupt_document", /counter\.json:2:1: count: /],
  [
    "an unknown member",
    '{ "schema_version": 1, "count": 1,\n  "cuont": 2 }',
    "corrupt_document",
    /counter\.json:2:12: cuont: .*nrecognized key/,
  ],
  [
    "a nested wrong type",
    '{ "schema_version": 1, "count": 1,\n  "by": { "a": 1,\n "b": null } }',
    "corrupt_document",
    /counter\.json:3:7: by\.b: /,
  ],
  ["a list", "[]", "corrupt_document", /counter\.json:1:1: expected an object with schema_version 1, got a list/],
  [
    "no schema_version",
    '{ "count": 1 }',
    "corrupt_document",
    /counter\.json:1:1: schema_version: expected 1, got none/,
  ],
  [
    "a newer version",
    '{ "schema_version": 2, "count": 1, "new": true }',
    "newer_version",
    /counter\.json has schema_version 2; this ohmymkt knows up to 1/,
  ],
  ["other bytes", new Uint8Array([0x7b, 0x0a, 0xff, 0xfe]), "corrupt_document", /counter\.json:2:1: expected UTF-8/],
  ["endless nesting", "[".repeat(200_000), "corrupt_document", /at most 500 levels/],
];

describe.each(BROKEN)("a file that is %s", (_what, content, code, message) => {
  beforeEach(() => project.put(Counter.path, content));

  test("is named with its place, never overwritten, and can be restored", async () => {
    const expected = expect.objectContaining({ code, message: expect.stringMatching(message) });
    expect(await failure((tx) => tx.documents.read(Counter))).toEqual(expected);
    expect(await failure((tx) => tx.documents.write(Counter, { schema_version: 1, count: 9 }))).toEqual(expected);
    expect(Buffer.from(project.text(Counter.path))).toEqual(
      Buffer.from(typeof content === "string" ? content : new TextDecoder().decode(content)),
    );
    expect(await run((tx) => tx.documents.restore(Counter))).toMatchObject({ value: { count: 1 }, origin: "ours" });
    expect(project.text(Counter.path)).toBe(GOOD);
    const history = await run((tx) => tx.documents.history(Counter.path));
    expect(history[1]?.content).toBe(typeof content === "string" ? content : new TextDecoder().decode(content));
    expect((await run((tx) => tx.ledger.verify())).ok).toBe(true);
  });
});

test("the hint names the command that restores, where there is something to restore", async () => {
  project.put(Counter.path, "{");
  expect(await failure((tx) => tx.documents.read(Counter))).toMatchObject({
    hint: expect.stringContaining("`ohmymkt restore state/counter.json`"),
  });
  project.put("incidents/new.json", "{");
  expect(await failure((tx) => tx.documents.read(Incidents.at("new")))).toMatchObject({
    code: "corrupt_document",
    hint: expect.stringContaining("no earlier revision"),
  });
});

test("a file that was removed is an error, not a fresh start", async () => {
  rmSync(project.path(Counter.path));
  const expected = expect.objectContaining({
    code: "corrupt_document",
    message: expect.stringContaining("state/counter.json: was removed outside the tools"),
  });
  expect(await failure((tx) => tx.documents.read(Counter))).toEqual(expected);
  expect(await failure((tx) => tx.documents.write(Counter, { schema_version: 1, count: 9 }))).toEqual(expected);
  expect(await run((tx) => tx.documents.restore(Counter))).toMatchObject({ value: { count: 1 } });
  expect(project.text(Counter.path)).toBe(GOOD);
});

test("a folder in its place is left alone, by reads, writes and restores", async () => {
  rmSync(project.path(Counter.path));
  mkdirSync(project.path(Counter.path));
  for (const work of [
    (tx: Transaction) => tx.documents.read(Counter),
    (tx: Transaction) => tx.documents.write(Counter, { schema_version: 1, count: 9 }),
    (tx: Transaction) => tx.documents.restore(Counter),
  ]) {
    expect(await failure(work)).toMatchObject({
      code: "corrupt_document",
      message: expect.stringContaining("is a folder where a file was expected"),
    });
  }
  expect(statSync(project.path(Counter.path)).isDirectory()).toBe(true);
});

test("a byte order mark is tolerated as the hand edit that it is", async () => {
  project.put(Counter.path, `\uFEFF${GOOD}`);
  expect(await run((tx) => tx.documents.revision(Counter))).toMatchObject({
    value: { count: 1 },
    origin: "hand_edited",
  });
});

test("a valid hand edit is read, recorded once, and confirmed by the next write", async () => {
  const before = await run((tx) => tx.documents.revision(Counter));
  project.put(Counter.path, '{"schema_version":1,"count":5}');
  const edited = await run((tx) => tx.documents.revision(Counter));
  expect(edited).toMatchObject({ value: { count: 5 }, origin: "hand_edited", revision: 2 });
  await run((tx) => tx.documents.read(Counter));
  const rows = await run((tx) => tx.ledger.list({ kind: "document.hand_edit" }));
  expect(rows).toMatchObject([
    { subject: Counter.path, before: before?.hash, after: edited?.hash, reason: "changed outside the tools" },
  ]);
  expect(rows[0]).not.toHaveProperty("evidence");
  expect(await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 6 }))).toMatchObject({
    origin: "ours",
    revision: 3,
  });
  expect(await run((tx) => tx.documents.restore(Counter, edited?.hash))).toMatchObject({
    origin: "hand_edited",
    value: { count: 5 },
  });
});

test("a hand edit that only a write meets is kept in the history", async () => {
  project.put(Counter.path, '{"schema_version":1,"count":5}');
  await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 6 }));
  expect(
    (await run((tx) => tx.documents.history(Counter.path))).map(
      ({ content }) => Counter.schema.parse(JSON.parse(content)).count,
    ),
  ).toEqual([6, 5, 1]);
});

test("the permissions of a file survive a write", async () => {
  rmSync(project.path(Counter.path));
  writeFileSync(project.path(Counter.path), GOOD, { mode: 0o600 });
  await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 2 }));
  expect(statSync(project.path(Counter.path)).mode & 0o777).toBe(0o600);
});

test("a listing shows everything that it cannot read", async () => {
  for (const id of ["good", "gone", "torn"])
    await run((tx) => tx.documents.write(Incidents.at(id), { schema_version: 1, title: id, open: true }));
  rmSync(project.path("incidents/gone.json"));
  project.put("incidents/torn.json", "{");
  project.put("incidents/bad id.json", "{}");
  project.put("incidents/large.json", new Uint8Array(MAX_FILE_BYTES + 1));
  mkdirSync(project.path("incidents/folder.json"));
  project.put("incidents/.hidden.json", "{");
  project.put("incidents/good.json~", "{");
  project.put("incidents/notes.txt", "x");
  symlinkSync("/etc/hostname", project.path("incidents/link.json"));
  const { readable, unreadable } = await run((tx) => tx.documents.list(Incidents));
  expect(readable.map(({ id }) => id)).toEqual(["good"]);
  expect(unreadable.map(({ id, error }) => [id, error.code])).toEqual([
    ["bad id", "invalid_id"],
    ["folder", "corrupt_document"],
    ["gone", "corrupt_document"],
    ["large", "corrupt_document"],
    ["link", "corrupt_document"],
    ["torn", "corrupt_document"],
  ]);
  expect(unreadable.map(({ path }) => path)[0]).toBe("incidents/bad id.json");
});

test("an artifact that was removed is no missing member of a collection", async () => {
  await run((tx) => tx.artifacts.write("plans/notes.md", "x"));
  rmSync(project.path("plans/notes.md"));
  expect(await run((tx) => tx.documents.list(Plans))).toEqual({ readable: [], unreadable: [] });
});

test("links that lead outside are never followed, for reading, writing or listing", async () => {
  const outside = join(tmpdir(), `ohmymkt-outside-${process.pid}`);
  mkdirSync(outside, { recursive: true });
  try {
    writeFileSync(join(outside, "x.json"), GOOD);
    symlinkSync(outside, project.path("incidents"));
    symlinkSync(outside, project.path("reports"));
    symlinkSync(join(outside, "new.md"), project.path("dangling.md"));
    const refused = expect.objectContaining({
      code: "corrupt_document",
      message: expect.stringMatching(/a link that leads (outside|nowhere)/),
    });
    expect(await failure((tx) => tx.documents.read(Incidents.at("x")))).toEqual(refused);
    expect(
      await failure((tx) => tx.documents.write(Incidents.at("y"), { schema_version: 1, title: "t", open: true })),
    ).toEqual(refused);
    expect(await failure((tx) => tx.documents.list(Incidents))).toEqual(refused);
    expect(await failure((tx) => tx.artifacts.write("reports/weekly/r.md", "x"))).toEqual(refused);
    expect(await failure((tx) => tx.artifacts.write("dangling.md", "x"))).toEqual(refused);
    expect(readdirSync(outside)).toEqual(["x.json"]);
  } finally {
    rmSync(outside, { recursive: true });
  }
});

test("an older version is migrated on reading and written back only by the next write", async () => {
  const Newer = defineDocument({
    name: "counter",
    path: Counter.path,
    version: 3,
    schema: z.strictObject({ schema_version: z.literal(3), total: z.int(), unit: z.string() }),
    migrations: {
      1: ({ count, ...rest }) => ({ ...rest, schema_version: 2, total: count }),
      2: (old) => ({ ...old, schema_version: 3, unit: "posts" }),
    },
  });
  expect(await run((tx) => tx.documents.revision(Newer))).toMatchObject({
    value: { schema_version: 3, total: 1, unit: "posts" },
    origin: "ours",
    revision: 1,
  });
  expect(project.text(Counter.path)).toBe(GOOD);
  await run((tx) => tx.documents.write(Newer, { schema_version: 3, total: 2, unit: "posts" }));
  expect(JSON.parse(project.text(Counter.path))).toEqual({ schema_version: 3, total: 2, unit: "posts" });
});

const PLAN_FAULTS: [string, string, RegExp][] = [
  ["no front matter", "# Plan\n", /plans\/p\.md:1:1: expected YAML front matter/],
  ["an open front matter", "---\ntitle: x\n", /plans\/p\.md:3:1: expected a line "---"/],
  ["bad YAML", "---\nschema_version: 1\ntitle: [x\n---\nbody", /plans\/p\.md:\d+:\d+: is not YAML/],
  ["a wrong type", "---\nschema_version: 1\ntitle: 5\n---\nbody", /plans\/p\.md:3:1: title: /],
  [
    "a nested wrong type",
    "---\nschema_version: 1\ntitle: t\nsteps:\n  - owner: a\n  - owner: 7\n---\nbody",
    /plans\/p\.md:6:5: steps\.1\.owner: /,
  ],
  ["a body member", "---\nschema_version: 1\ntitle: t\nbody: b\n---\nbody", /body: expected below the front matter/],
];

test.each(PLAN_FAULTS)("a Markdown document with %s is named with its place", async (_what, content, message) => {
  project.put("plans/p.md", content);
  expect(await failure((tx) => tx.documents.read(Plans.at("p")))).toMatchObject({
    code: "corrupt_document",
    message: expect.stringMatching(message),
  });
});

test("an artifact that a person changed keeps both contents", async () => {
  await run((tx) => tx.artifacts.write("notepads/p/learnings.md", "one"));
  project.put("notepads/p/learnings.md", "one, by hand");
  expect(await run((tx) => tx.artifacts.read("notepads/p/learnings.md"))).toBe("one, by hand");
  await run((tx) => tx.artifacts.write("notepads/p/learnings.md", "two"));
  expect((await run((tx) => tx.documents.history("notepads/p/learnings.md"))).map(({ content }) => content)).toEqual([
    "two",
    "one, by hand",
    "one",
  ]);
});
