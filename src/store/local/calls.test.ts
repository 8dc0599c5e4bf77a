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

test("the event loop turns while many calls take long, and they run in the order in which they were made", async () => {
  const seen: number[] = [];
  const watched = new Calls(() => true).watch({
    compute: async (n: number) => {
      const end = performance.now() + 4;
      while (performance.now() < end);
      seen.push(n);
    },
  });
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  await Promise.all(Array.from({ length: 20 }, (_, n) => watched.compute(n)));
  for (let n = 20; n < 40; n += 1) await watched.compute(n);
  clearInterval(timer);
  expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => n));
  expect(turns).toBeGreaterThan(5);
});
