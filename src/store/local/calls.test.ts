import { expect, test } from "bun:test";
import { Calls } from "./calls.ts";
import { caught } from "./testing/fixtures.ts";

const noun = { name: "noun", double: async (n: number) => n * 2 };

test("methods work while the transaction is open, and members that are no methods pass through", async () => {
  const watched = new Calls(() => true).watch(noun);
  expect(await watched.double(2)).toBe(4);
  expect(watched.name).toBe("noun");
});

test("a call after the end is a defect of the caller", async () => {
  const calls = new Calls(() => true);
  await calls.end();
  expect(await caught(calls.watch(noun).double(2))).toMatchObject({ code: "internal" });
});

test("a call after the database gave the transaction up is refused, so that nothing is written outside it", async () => {
  expect(await caught(new Calls(() => false).watch(noun).double(2))).toMatchObject({ code: "storage" });
});

test("the end waits for calls that nobody awaited, also when they fail", async () => {
  const seen: string[] = [];
  const calls = new Calls(() => true);
  const slow = calls.watch({
    ok: () => Bun.sleep(5).then(() => seen.push("ok")),
    bad: () => Bun.sleep(5).then(() => Promise.reject(new Error("late"))),
  });
  void slow.ok();
  slow.bad().catch((error: unknown) => seen.push(String(error)));
  await calls.end();
  expect(seen.toSorted()).toEqual(["Error: late", "ok"]);
});
