import { expect, test } from "bun:test";
import { hostResult } from "./tools.ts";

test("a picture that cannot be made does not take the answer with it", async () => {
  const attach = (): Promise<never> => Promise.reject(new Error("no memory for the rasterizer"));
  expect(await hostResult({ value: {}, text: "Growth report (complete)", attach })).toBe(
    "Growth report (complete)\nThe picture could not be made: no memory for the rasterizer",
  );
});
