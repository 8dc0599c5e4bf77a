import { expect, test } from "bun:test";
import { runDrawing } from "./drawing-process.ts";

test("a job that nobody knows is an error, and an abort is its reason", async () => {
  await expect(runDrawing({ job: { kind: "other" } })).rejects.toMatchObject({ kind: "defect" });
  const signal = AbortSignal.abort(new Error("stop"));
  await expect(runDrawing({ job: { kind: "film" }, signal })).rejects.toThrow("stop");
});
