import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { openStore } from "../../open.ts";
import type { Store } from "../../store.ts";
import { CAUSE, makeProject, type Project } from "../testing/fixtures.ts";

let project: Project;
let store: Store;

beforeEach(async () => {
  project = makeProject();
  store = openStore({ directory: project.directory, sync: "off" });
  const row = { track: "visibility_track", metric: "clicks", unit: "count" };
  await store.transaction(CAUSE, async (tx) => {
    const file = { file: "a.csv", sha256: "a".repeat(64), format: "csv", source: "gsc" };
    await tx.observations.importBatch(file, [
      { ...row, day: "2026-03-01", value: 1 },
      { ...row, day: "2026-03-02", value: 2 },
      { ...row, day: "2026-03-03", value: 3, scope: "query=a" },
    ]);
    await tx.observations.append([{ ...row, source: "ann", value: 4, observed_at: "2026-03-04T00:00:00Z" }]);
  });
});
afterEach(async () => {
  await store.close();
  project.remove();
});

const UNLOCK = ["series", "batch", "observation", "ledger"].flatMap((table) =>
  ["update", "delete"].map((change) => `DROP TRIGGER ${table}_no_${change}`),
);

test.each<[string, string[], object]>([
  [
    "a changed value",
    ["UPDATE observation SET value = 9 WHERE seq = 2"],
    { batch: "batch-1", observation: /-2$/, problem: /row 2 does not match/ },
  ],
  [
    "a value made provisional",
    ["UPDATE observation SET final = 0 WHERE seq = 1"],
    { observation: /-1$/, problem: /row 1 does not match/ },
  ],
  [
    "a changed day",
    ["UPDATE observation SET observed_at = observed_at + 86400000 WHERE seq = 2"],
    { problem: /row 2 does not match/ },
  ],
  ["a missing row", ["DELETE FROM observation WHERE seq = 2"], { batch: "batch-1", problem: /row 2 is missing/ }],
  ["a missing last row", ["DELETE FROM observation WHERE seq = 4"], { batch: "batch-2", problem: /row 4 is missing/ }],
  [
    "a renamed series",
    ["UPDATE series SET source = 'ga4' WHERE id = 2"],
    { observation: /-3$/, problem: /row 3 does not match/ },
  ],
  ["a removed series", ["DELETE FROM series WHERE id = 2"], { problem: /row 3 does not match/ }],
  [
    "a row without a hash",
    ["UPDATE observation SET value = 9, row_hash = NULL WHERE seq = 2"],
    { problem: /row 2 does not match/ },
  ],
  [
    "two rows in each other's place",
    [
      "UPDATE observation SET seq = 9 WHERE seq = 1",
      "UPDATE observation SET seq = 1 WHERE seq = 2",
      "UPDATE observation SET seq = 2 WHERE seq = 9",
    ],
    { problem: /rows do not match/ },
  ],
  [
    "a row that was added",
    ["INSERT INTO observation SELECT series, observed_at, 5, 7, NULL, 1, 2, 0 FROM observation WHERE seq = 4"],
    { problem: /was added without a batch/ },
  ],
  [
    "a rewritten batch",
    [
      "DELETE FROM observation WHERE seq = 4",
      "UPDATE batch SET last_seq = 3, hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' WHERE id = 2",
    ],
    { batch: "batch-2", problem: /not the batch that the ledger/ },
  ],
  [
    "a batch without a hash",
    ["UPDATE batch SET hash = NULL WHERE id = 2", "UPDATE observation SET value = 9, row_hash = NULL WHERE seq = 4"],
    { batch: "batch-2" },
  ],
  [
    "a batch removed with its rows",
    ["DELETE FROM observation WHERE seq = 4", "DELETE FROM batch WHERE id = 2"],
    { batch: "batch-2", problem: /is missing/ },
  ],
  [
    "a batch that the ledger does not know",
    ["DELETE FROM ledger WHERE subject = 'batch-2'"],
    { batch: "batch-2", problem: /the ledger has no row/ },
  ],
])("%s is found and named", async (_what, statements, found) => {
  const verify = () => store.transaction(CAUSE, (tx) => tx.observations.verify());
  expect(await verify()).toEqual({ ok: true, rows: 4, batches: 2, unsealed: 0 });
  const database = new Database(project.path("ohmymkt.db"));
  for (const statement of [...UNLOCK, ...statements]) database.run(statement);
  database.close();
  const check = await verify();
  expect(check).toMatchObject({ ok: false });
  for (const [member, expected] of Object.entries(found))
    expect(Object.entries(check).find(([name]) => name === member)?.[1]).toEqual(
      expected instanceof RegExp ? expect.stringMatching(expected) : expected,
    );
});

test.each(["series", "batch", "observation"])("the database itself refuses to change or delete %s rows", (table) => {
  const database = new Database(project.path("ohmymkt.db"));
  expect(() => database.run(`UPDATE ${table} SET ${table === "observation" ? "value" : "id"} = 0`)).toThrow(
    "never overwritten",
  );
  expect(() => database.run(`DELETE FROM ${table}`)).toThrow("never overwritten");
  database.close();
});
