import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { claimTexts } from "./claim.ts";
import { POOL_SCHEMA } from "./schema.ts";

const database = new Database(":memory:");
database.run(POOL_SCHEMA);
afterAll(() => database.close());

const texts = claimTexts("id");

/** The steps that the engine takes, without the scan of a parameter's own list. */
function planOf(sql: string): string[] {
  return database
    .query<{ detail: string }, string[]>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...Array.from(sql.matchAll(/\?/g), () => "1"))
    .map(({ detail }) => detail)
    .filter((detail) => !/json_each|SUBQUERY|BLOOM FILTER/.test(detail));
}

test.each<[keyof typeof texts, string[]]>([
  ["any", ["SEARCH tasks USING INTEGER PRIMARY KEY (rowid=?)", "SCAN tasks USING INDEX tasks_ready"]],
  ["anyUnpaused", ["SEARCH tasks USING INTEGER PRIMARY KEY (rowid=?)", "SCAN tasks USING INDEX tasks_ready"]],
  [
    "owned",
    ["SEARCH tasks USING INTEGER PRIMARY KEY (rowid=?)", "SEARCH tasks USING INDEX tasks_ready_owner (owner=?)"],
  ],
  [
    "ownedUnpaused",
    ["SEARCH tasks USING INTEGER PRIMARY KEY (rowid=?)", "SEARCH tasks USING INDEX tasks_ready_owner (owner=?)"],
  ],
  ["byId", ["SEARCH tasks USING INDEX sqlite_autoindex_tasks_1 (id=?)"]],
])("the claim %s reads the head of its index, sorts nothing and never walks the table", (name, plan) => {
  expect(planOf(texts[name])).toEqual(plan);
});

test("the plan stays the same when the planner has statistics of a pool in which most is blocked", () => {
  for (let n = 0; n < 2000; n += 1)
    database.run(
      `INSERT INTO tasks(id, title, blockers, priority, owner, created_at, updated_at) VALUES(?,?,?,?,?,0,0)`,
      [`t${n}`, "t", n % 50 === 0 ? 0 : 2, n % 4, "o"],
    );
  database.run("ANALYZE");
  expect(planOf(texts.any)).toEqual([
    "SEARCH tasks USING INTEGER PRIMARY KEY (rowid=?)",
    "SCAN tasks USING INDEX tasks_ready",
  ]);
  expect(planOf(texts.owned)).toEqual([
    "SEARCH tasks USING INTEGER PRIMARY KEY (rowid=?)",
    "SEARCH tasks USING INDEX tasks_ready_owner (owner=?)",
  ]);
});
