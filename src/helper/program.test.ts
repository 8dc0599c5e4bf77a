import { expect, test } from "bun:test";
import { runProgram } from "./program.ts";

test("a job that nobody knows is an error, and an abort is its reason", async () => {
  await expect(runProgram("draw", { job: { kind: "other" } })).rejects.toMatchObject({ kind: "defect" });
  const signal = AbortSignal.abort(new Error("stop"));
  await expect(runProgram("draw", { job: { kind: "film" }, signal })).rejects.toThrow("stop");
});
