import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { runStep, type Step } from "./run-step.ts";
import { makeWorkspace } from "./temp-workspace.ts";

const silent = (): void => undefined;

const program = (code: string, count: Step["count"], limit = 10_000): Step => ({
  title: "a step of the test",
  command: [process.execPath, "-e", code],
  env: { BUN_BE_BUN: "1" },
  limit,
  count,
});

/** False also for a zombie that nobody has reaped yet. */
function isAlive(pid: number): boolean {
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, "utf8"));
}

test.each<[string, Step, { passed: number; failed: number }]>([
  ["a good exit code", program("", "exit"), { passed: 1, failed: 0 }],
  ["a bad exit code", program("process.exit(3)", "exit"), { passed: 0, failed: 1 }],
  ["a tally", program("console.log('7 passed, 2 failed'); process.exit(1)", "tally"), { passed: 7, failed: 2 }],
  [
    "a tally that the exit code contradicts",
    program("console.log('7 passed, 0 failed'); process.exit(1)", "tally"),
    { passed: 7, failed: 1 },
  ],
  ["a program that says nothing", program("", "tally"), { passed: 0, failed: 1 }],
  ["a program that hangs", program("setInterval(() => {}, 1000)", "exit", 300), { passed: 0, failed: 1 }],
  ["tests that never ran", program("", "bun"), { passed: 0, failed: 1 }],
])("%s", async (_name, step, expected) => {
  expect(await runStep(step, silent)).toMatchObject(expected);
});

test("passed, failed, skipped and broken test files are counted", async () => {
  using folder = makeWorkspace({
    files: {
      "a.test.ts":
        'import { test } from "bun:test"; test("a", () => {}); test.skip("b", () => {}); test("c", () => { throw new Error("c") });',
      "b.test.ts": 'throw new Error("before any test");',
    },
  });
  const command = [process.execPath, "test", `${folder.directory}/a.test.ts`, `${folder.directory}/b.test.ts`];
  const step: Step = {
    title: "a step of the test",
    command,
    env: { BUN_BE_BUN: "1" },
    limit: 20_000,
    count: "bun",
    files: 2,
  };
  expect(await runStep(step, silent)).toEqual({ passed: 1, failed: 2, skipped: 1 });
  expect(await runStep({ ...step, files: 3 }, silent)).toEqual({ passed: 1, failed: 3, skipped: 1 });
});

test.if(existsSync("/proc/self/status"))("what a step leaves behind is ended", async () => {
  const code =
    "const { pid } = Bun.spawn(['sleep', '600'], { detached: true, stdio: ['ignore', 'ignore', 'ignore'] }); require('fs').writeFileSync(process.argv[1], String(pid)); process.exit(0)";
  using folder = makeWorkspace();
  const file = `${folder.directory}/pid`;
  await runStep({ ...program(code, "exit"), command: [process.execPath, "-e", code, file] }, silent);
  const pid = Number(await Bun.file(file).text());
  const end = Date.now() + 2000;
  while (isAlive(pid) && Date.now() < end) await Bun.sleep(10);
  expect(isAlive(pid)).toBe(false);
});
