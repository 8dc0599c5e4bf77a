import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { scripts } from "../package.json" with { type: "json" };
import { findImports } from "../src/testing/imports.ts";
import { opencodeBinary } from "../src/testing/host-process.ts";

/** One process whose outcome counts: a group of test files, a program with its own tally, or one check. */
interface Step {
  title: string;
  command: string[];
  env?: Record<string, string>;
  /** Milliseconds after which the step is ended and counts as failed. */
  limit: number;
  /** How its output is counted: bun's summary, a last line `N passed, N failed`, or the exit code as one test. */
  count: "bun" | "tally" | "exit";
  /** Test files that have to run, for "bun". */
  files?: number;
}

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const MINUTE = 60_000;
const MODES = ["core", "beyond", "full"] as const;
type Mode = (typeof MODES)[number];

const root = join(import.meta.dir, "..");
const mode = MODES.find((name) => name === (process.argv[2] ?? "core"));
if (!mode) {
  console.error(`expected one of ${MODES.join(", ")}, got ${process.argv[2]}. Next: bun scripts/test.ts core`);
  process.exit(2);
}
const running = new Set<number>();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    for (const pid of running) killGroup(pid);
    process.exit(signal === "SIGINT" ? 130 : 143);
  });
}
process.exitCode = await main(mode);

async function main(wanted: Mode): Promise<number> {
  const files = testFiles();
  const steps = { core: coreSteps(files, false), beyond: beyondSteps(files, true), full: [...coreSteps(files, true), ...beyondSteps(files, false)] };
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const step of steps[wanted]) {
    const tally = await runStep(step);
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
  }
  console.log("");
  if (wanted === "core") {
    const long = files.filter((file) => file.long).length;
    console.log(
      `Not run here, because they take minutes: the long versions of ${long} test file(s), the tests on the host's own Bun, ` +
        "the checks (types, lint, unused code, build, package, docs), the rules broken on purpose and the token budgets. Next: bun run test:full",
    );
  }
  if (total.skipped > 0) console.log(`${total.skipped} tests were skipped by the tests themselves; their names are above.`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

interface TestFile {
  path: string;
  group: "rules" | "store" | "host";
  /** Has a longer version that runs with OHMYMKT_FULL=1. */
  long: boolean;
}

function testFiles(): TestFile[] {
  const paths = [...new Bun.Glob("src/**/*.test.ts").scanSync({ cwd: root })].toSorted();
  return paths.map((path) => {
    const source = readFileSync(join(root, path), "utf8");
    const usesHost = findImports(source).some(({ specifier, kind }) => kind !== "type" && /\/(?:opencode-host|pack)\.ts$/.test(specifier));
    const group = usesHost ? "host" : path.startsWith("src/store/") ? "store" : "rules";
    return { path, group, long: source.includes("OHMYMKT_FULL") };
  });
}

function coreSteps(files: TestFile[], long: boolean): Step[] {
  const bun = [process.execPath, "test", "--only-failures"];
  return [
    bunTest("rules, tools and agents", bun, files.filter(({ group }) => group === "rules"), { long, limit: 3 * MINUTE }),
    bunTest(long ? "store, long version" : "store", bun, files.filter(({ group }) => group === "store"), { long, limit: 6 * MINUTE }),
    bunTest("real host", bun, files.filter(({ group }) => group === "host"), { long, limit: 8 * MINUTE }),
  ].filter((step) => step.files !== 0);
}

/** What the full suite adds to the core one; `long` when the long versions have not run already. */
function beyondSteps(files: TestFile[], long: boolean): Step[] {
  const hostBun = [opencodeBinary(), "test", "--only-failures"];
  const onHostBun = files.filter(({ group }) => group !== "host");
  return [
    ...(long ? [bunTest("long versions", [process.execPath, "test", "--only-failures"], files.filter((file) => file.long), { long: true, limit: 6 * MINUTE })] : []),
    bunTest("rules and store on the host's own Bun", hostBun, onHostBun, { long: false, limit: 6 * MINUTE, env: { BUN_BE_BUN: "1" } }),
    ...checks(),
    { title: "rules broken on purpose", command: [process.execPath, "scripts/breaks.ts"], limit: 8 * MINUTE, count: "tally" as const },
    { title: "token budgets", command: [process.execPath, "scripts/tokens.ts", "--check"], limit: 3 * MINUTE, count: "exit" as const },
  ].filter((step) => step.files !== 0);
}

/** The members of package.json's `check`, one test each. */
function checks(): Step[] {
  return scripts.check.split(" && ").map((line) => {
    const [program = "", ...args] = line.split(" ");
    return { title: line, command: [program === "bun" ? process.execPath : program, ...args], limit: 3 * MINUTE, count: "exit" };
  });
}

function bunTest(title: string, command: string[], files: TestFile[], options: { long: boolean; limit: number; env?: Record<string, string> }): Step {
  const paths = files.map(({ path }) => `./${path}`);
  const env = { ...options.env, OHMYMKT_FULL: options.long ? "1" : "0" };
  return { title, command: [...command, ...paths], env, limit: options.limit, count: "bun", files: files.length };
}

/** Runs one step in a temporary folder of its own, by which everything that it leaves behind is found and ended. */
async function runStep(step: Step): Promise<Tally> {
  const started = performance.now();
  console.log(`\n=== ${step.title}`);
  const folder = mkdtempSync(join(tmpdir(), "omk-"));
  const path = [join(root, "node_modules/.bin"), process.env["PATH"] ?? ""].join(delimiter);
  const child = Bun.spawn(step.command, {
    cwd: root,
    env: { ...process.env, PATH: path, FORCE_COLOR: "0", TMPDIR: folder, ...step.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  running.add(child.pid);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    killGroup(child.pid);
  }, step.limit);
  const reading = Promise.all([relay(child.stdout), relay(child.stderr)]);
  const code = await child.exited;
  clearTimeout(timer);
  killGroup(child.pid);
  running.delete(child.pid);
  const left = endStragglers(folder);
  const output = (await reading).join("\n");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  const tally = late ? { passed: 0, failed: 1, skipped: 0 } : judge(step, code, output);
  const problem = late ? `ended after ${step.limit / 1000} s` : left > 0 ? `ended ${left} process(es) left behind` : "";
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`--- ${step.title}: ${tally.passed} passed, ${tally.failed} failed, ${seconds} s${problem && `, ${problem}`}`);
  return tally;
}

/** Prints a stream line by line as it comes, and returns all of it. */
async function relay(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let all = "";
  let shown = 0;
  for await (const chunk of stream) {
    all += decoder.decode(chunk, { stream: true });
    const end = all.lastIndexOf("\n");
    if (end < shown) continue;
    console.log(all.slice(shown, end));
    shown = end + 1;
  }
  if (shown < all.length) console.log(all.slice(shown));
  return all;
}

function judge(step: Step, code: number, output: string): Tally {
  if (step.count === "exit") return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  const tally = step.count === "bun" ? readBun(output, step.files ?? 0) : readTally(output);
  // A crash, an output that says nothing, or a failure that no test owns is one failure more, never none.
  if (!tally) return { passed: 0, failed: 1, skipped: 0 };
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

function readTally(output: string): Tally | undefined {
  const line = /^(\d+) passed, (\d+) failed$/.exec(output.trimEnd().split("\n").at(-1) ?? "");
  return line ? { passed: Number(line[1]), failed: Number(line[2]), skipped: 0 } : undefined;
}

/** Reads the summary that `bun test` ends with; undefined when there is none. */
function readBun(output: string, files: number): Tally | undefined {
  const end = [...output.matchAll(/^Ran \d+ tests? across (\d+) files?\./gm)].at(-1);
  if (!end) return undefined;
  const summary = output.slice(0, end.index);
  const last = (word: string): number => Number([...summary.matchAll(new RegExp(`^ *(\\d+) ${word}$`, "gm"))].at(-1)?.[1] ?? 0);
  const missing = Math.max(0, files - Number(end[1]));
  if (missing > 0) console.log(`${missing} test file(s) did not run`);
  return { passed: last("pass"), failed: last("fail") + missing, skipped: last("skip") + last("todo") };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Ends every process that still has the step's temporary folder in its environment; returns how many there were. */
function endStragglers(folder: string): number {
  if (!existsSync("/proc/self/environ")) return 0;
  const left = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && environment(name).includes(`TMPDIR=${folder}\0`));
  for (const pid of left) process.kill(Number(pid), "SIGKILL");
  return left.length;
}

/** Empty for a process that is gone or not ours. */
function environment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && ["ENOENT", "EACCES", "ESRCH", "EPERM"].includes(String(error.code))) return "";
    throw error;
  }
}
