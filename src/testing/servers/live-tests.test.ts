import { expect, test } from "bun:test";
import { join } from "node:path";
import { LIVE_TESTS } from "./live-tests.ts";

test("every test of a real server is listed, so that none is left out unseen", () => {
  const root = join(import.meta.dir, "../../..");
  const files = [...new Bun.Glob("src/**/*.live.test.ts").scanSync({ cwd: root })].toSorted();
  expect(LIVE_TESTS.map(({ path }) => path).toSorted()).toEqual(files);
});
