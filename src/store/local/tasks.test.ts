import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { openStore } from "../open.ts";
import { CAUSE, makeProject } from "./testing/fixtures.ts";

const task = (id: string, ...blocked_by: string[]) => ({
  id,
  title: id,
  objective: "o",
  owner: "x",
  acceptance_criteria: [],
  blocked_by,
});

test("a task counts its open blockers, and completing one frees those who waited for it", async () => {
  const { directory, path, remove } = makeProject();
  const store = openStore({ directory, sync: "off" });
  const blockers = (): Record<string, number> => {
    const database = new Database(path("ohmymkt.db"), { readonly: true });
    const rows = database
      .query<{ id: string; blockers: number }, []>("SELECT id, blockers FROM tasks ORDER BY seq")
      .all();
    database.close();
    return Object.fromEntries(rows.map(({ id, blockers: count }) => [id, count]));
  };
  await store.transaction(CAUSE, async (tx) => {
    await tx.tasks.create([task("c", "a", "b", "a"), task("b", "a"), task("a")]);
  });
  expect(blockers()).toEqual({ c: 2, b: 1, a: 0 });
  await store.transaction(CAUSE, async (tx) => {
    await tx.tasks.transition("a", "in_progress");
    await tx.tasks.transition("a", "completed");
    await tx.tasks.create([task("d", "a", "b")]);
  });
  expect(blockers()).toEqual({ c: 1, b: 0, a: 0, d: 1 });
  await store.transaction(CAUSE, (tx) => tx.tasks.transition("b", "cancelled"));
  expect(blockers()).toEqual({ c: 1, b: 0, a: 0, d: 1 });
  await store.close();
  remove();
});
