import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** One process whose outcome counts: a group of test files, a program with its own tally, or one check. */
export interface Step {
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

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const root = join(import.meta.dir, "../..");
const running = new Set<number>();

/** Ends the processes of every step that still runs. */
export function endSteps(): void {
  for (const pid of running) killGroup(pid);
}

/**
 * Runs one step in a temporary folder of its own, by which everything that it leaves behind is found and ended.
 * What it prints goes to `print` as it comes, whole lines at a time.
 */
export async function runStep(step: Step, print: (lines: string) => void = console.log): Promise<Tally> {
  const started = performance.now();
  print(`\n=== ${step.title}`);
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
  const reading = Promise.all([relay(child.stdout, print), relay(child.stderr, print)]);
  const code = await child.exited;
  clearTimeout(timer);
  killGroup(child.pid);
  running.delete(child.pid);
  const left = endStragglers(folder);
  const [out, errors] = await reading;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  const tally = late ? { passed: 0, failed: 1, skipped: 0 } : judge(step, code, out, errors);
  const problem = late ? `ended after ${step.limit / 1000} s` : left > 0 ? `ended ${left} process(es) left behind` : "";
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  print(`--- ${step.title}: ${tally.passed} passed, ${tally.failed} failed, ${seconds} s${problem && `, ${problem}`}`);
  return tally;
}

/** Prints a stream line by line as it comes, and returns all of it. */
async function relay(stream: ReadableStream<Uint8Array>, print: (lines: string) => void): Promise<string> {
  const decoder = new TextDecoder();
  let all = "";
  let shown = 0;
  for await (const chunk of stream) {
    all += decoder.decode(chunk, { stream: true });
    const end = all.lastIndexOf("\n");
    if (end < shown) continue;
    print(all.slice(shown, end));
    shown = end + 1;
  }
  if (shown < all.length) print(all.slice(shown));
  return all;
}

function judge(step: Step, code: number, out: string, errors: string): Tally {
  if (step.count === "exit")
    return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  const tally = step.count === "bun" ? readBun(`${out}\n${errors}`, step.files ?? 0) : readTally(out);
  // A crash, an output that says nothing, or a failure that no test owns is one failure more, never none.
  if (!tally) return { passed: 0, failed: 1, skipped: 0 };
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

function readTally(output: string): Tally | undefined {
  const line = /^(\d+) passed, (\d+) failed$/.exec(output.trimEnd().split("\n").at(-1) ?? "");
  return line ? { passed: Number(line[1]), failed: Number(line[2]), skipped: 0 } : undefined;
}

/**
 * Reads the block of numbers that `bun test` ends with; undefined when there is none. A file that did not run counts as
 * failed. What a test itself prints may look like such a block, so only the last one counts.
 */
function readBun(output: string, files: number): Tally | undefined {
  const lines = output.split("\n");
  const end = lines.findLastIndex((line) => /^Ran \d+ tests? across/.test(line));
  if (end === -1) return undefined;
  const counts = new Map<string, number>();
  for (let at = end - 1; at >= 0; at -= 1) {
    const [, count, word] = /^ *(\d+) (.+)$/.exec(lines[at] ?? "") ?? [];
    if (word === undefined) break;
    counts.set(word, Number(count));
  }
  const of = (word: string): number => counts.get(word) ?? 0;
  const ran = Number(/across (\d+) files?/.exec(lines[end] ?? "")?.[1]);
  return { passed: of("pass"), failed: of("fail") + Math.max(0, files - ran), skipped: of("skip") + of("todo") };
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
  const left = readdirSync("/proc").filter(
    (name) => /^\d+$/.test(name) && environment(name).includes(`TMPDIR=${folder}\0`),
  );
  for (const pid of left) process.kill(Number(pid), "SIGKILL");
  return left.length;
}

/** Empty for a process that is gone or not ours. */
function environment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch (error) {
    if (
      error instanceof Error &&
      "code" in error &&
      ["ENOENT", "EACCES", "ESRCH", "EPERM"].includes(String(error.code))
    )
      return "";
    throw error;
  }
}
