import { expect, test } from "bun:test";
import { eventually, processesWith, zombies } from "../testing/process-list.ts";
import { HelperFailure, lastLines, runHelper, type Helper } from "./helper-process.ts";

const helper = (code: string, more: Partial<Helper> = {}): Promise<unknown> =>
  runHelper({
    command: [process.execPath, "-e", code],
    env: { BUN_BE_BUN: "1" },
    cwd: import.meta.dir,
    job: { word: "hello" },
    ...more,
  });
const say = (what: unknown): string => `console.log("@ohmymkt " + ${JSON.stringify(JSON.stringify(what))});`;
const failure = async (work: Promise<unknown>): Promise<HelperFailure> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HelperFailure) return error;
  throw new Error(`expected a HelperFailure, got ${String(error)}`);
};

test("the job and its files arrive whole, what is no answer is noise, and progress is heard", async () => {
  const file = new Uint8Array(3_000_000).map((_, index) => index % 251);
  const heard: number[] = [];
  const reader = JSON.stringify(`${import.meta.dir}/job-reader.ts`);
  const code = `
    const { readJob } = await import(${reader});
    const { job, files } = await readJob(Bun.stdin.stream());
    console.log("noise"); ${say({ type: "progress", done: 1, of: 2 })}
    console.log("@ohmymkt " + JSON.stringify({ type: "result", value: { word: job.word, hashes: files.map((one) => Bun.hash(one).toString()) } }));`;
  const result = await helper(code, { files: [file, new Uint8Array()], progress: (done) => heard.push(done) });
  expect(result).toEqual({ word: "hello", hashes: [Bun.hash(file).toString(), Bun.hash(new Uint8Array()).toString()] });
  expect(heard).toEqual([1]);
});

test("a failure keeps its kind; an end without an answer tells the last lines", async () => {
  expect(await failure(helper(say({ type: "failure", kind: "rejected", message: "no such thing" })))).toMatchObject({
    kind: "rejected",
    message: "no such thing",
  });
  const ended = await failure(helper(`console.error("\\x1b[31mfirst\\x1b[0m\\nlast\\u0007"); process.exit(7)`));
  expect(ended).toMatchObject({ kind: "ended", message: "ended with code 7: first\nlast\ufffd" });
});

test("silence is not waited for, and nothing is left of a helper that does not listen", async () => {
  const mark = `stalled-${process.pid}-${Bun.hash(import.meta.path)}`;
  const code = `process.title; "${mark}"; Bun.spawn(["sleep", "100"]); setInterval(() => {}, 1000);`;
  expect(await failure(helper(code, { silenceMs: 300 }))).toMatchObject({ kind: "stalled" });
  expect(processesWith(mark)).toEqual([]);
  expect(zombies()).toEqual([]);
}, 10_000);

test("an abort ends the helper and what it started, and throws the reason", async () => {
  const mark = `30.0${process.pid}`;
  const abort = new AbortController();
  const code = `Bun.spawn(["sleep", "${mark}"]); ${say({ type: "progress", done: 0, of: 1 })} for await (const _ of Bun.stdin.stream()); setInterval(() => {}, 1000);`;
  const reason = new Error("not wanted any more");
  const work = helper(code, { signal: abort.signal, progress: () => abort.abort(reason) });
  expect(await work.catch((error: unknown) => error)).toBe(reason);
  expect(await eventually(() => processesWith(mark).length === 0)).toBe(true);
  expect(zombies()).toEqual([]);
}, 10_000);

test("what was aborted before is not started", async () => {
  const reason = new Error("too late");
  expect(await helper("", { signal: AbortSignal.abort(reason) }).catch((error: unknown) => error)).toBe(reason);
});

test("the environment of this process is not handed on", async () => {
  const code = `console.log("@ohmymkt " + JSON.stringify({ type: "result", value: Object.keys(process.env).filter((name) => /PATH|HOME|KEY/.test(name)) }))`;
  expect(await helper(code)).toEqual([]);
});

test("last lines are few, short and free of colours and control characters", () => {
  expect(lastLines(`${"x".repeat(900)}\r\n\u001b[1;31merror\u001b[0m\n\n a\u0000b \n`, 2)).toBe("error\na\ufffdb");
});
