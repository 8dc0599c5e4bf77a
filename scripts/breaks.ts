import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Break } from "./breaks/break.ts";
import { BREAKS } from "./breaks/list.ts";

const ROOT = join(import.meta.dir, "..");
const COPIED = ["src", "templates", "agents", "package.json", "tsconfig.json", "bunfig.toml"];
const LANES = 2;
const LIMIT_MS = 240_000;

/** A red run counts when a test made an assertion that did not hold. */
const ASSERTION =
  /error: expect\(|to be refused, got|(?:the outcome|the state|the ledger's chain) differs\b|Property failed after/;

interface Run {
  code: number;
  output: string;
}

function makeCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), "ohmymkt-breaks-"));
  for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  return copy;
}

async function bun(copy: string, ...args: string[]): Promise<Run> {
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: copy,
    env: { ...process.env, BUN_BE_BUN: "1", OHMYMKT_FULL: "0", NO_COLOR: "1" },
    stdout: "pipe",
    stderr: "pipe",
    timeout: LIMIT_MS,
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, output: `${out}\n${err}` };
}

/** The text with every edit made; undefined when one of them does not stand there exactly once. */
function edited(text: string, { edits }: Break): string | undefined {
  let result = text;
  for (const { find, replace } of edits) {
    const found = [...result.matchAll(flexible(find))];
    if (found.length !== 1) return undefined;
    result = result.replace(flexible(find), () => replace);
  }
  return result;
}

/** Formatting may break lines differently from one day to the next; everything else must be as written. */
function flexible(find: string): RegExp {
  const parts = find.match(/\w+|[^\w\s]/g) ?? [];
  const escaped = parts.map((part) => part.replaceAll(/[^\w]/g, String.raw`\$&`));
  return new RegExp(
    escaped.reduce((left, right) => left + (/^\\[)\]}]/.test(right) ? String.raw`\s*,?\s*` : String.raw`\s*`) + right),
    "g",
  );
}

/** "" when the break turned its tests red for the right reason, else what went wrong. */
async function tryBreak(copy: string, broken: Break): Promise<string> {
  const path = join(copy, broken.file);
  const whole = readFileSync(path, "utf8");
  const text = edited(whole, broken);
  if (text === undefined) return "no longer applies: its text must stand in the file exactly once";
  writeFileSync(path, text);
  try {
    const loads = await bun(copy, "-e", `await import(${JSON.stringify(path)})`);
    if (loads.code !== 0) return `the broken file does not load: ${lastLines(loads.output)}`;
    const { code, output } = await bun(copy, ...testRun(broken));
    if (code === 0) return "survived: no test noticed";
    return ASSERTION.test(output) ? "" : `red without an assertion: ${lastLines(output)}`;
  } finally {
    writeFileSync(path, whole);
  }
}

function testRun({ tests, only: name }: Pick<Break, "tests" | "only">): string[] {
  return ["test", "--bail", "--timeout=60000", ...(name ? ["-t", name] : []), ...tests.map((test) => `./${test}`)];
}

function lastLines(output: string): string {
  return output.trim().split("\n").slice(-6).join(" | ");
}

/** Works through the items, one copy of the tree a lane. */
async function inLanes<T>(
  copies: readonly string[],
  items: readonly T[],
  work: (copy: string, item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async (copy: string): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(copy, item);
  };
  await Promise.all(copies.map(lane));
}

async function main(): Promise<number> {
  const copies = Array.from({ length: LANES }, makeCopy);
  try {
    const runs = new Map(
      BREAKS.flatMap(({ tests, only: name }) =>
        tests.map((test) => [
          `${test} ${name ?? ""}`.trim(),
          testRun({ tests: [test], ...(name ? { only: name } : {}) }),
        ]),
      ),
    );
    const red: string[] = [];
    await inLanes(copies, [...runs], async (copy, [name, args]) => {
      const { code, output } = await bun(copy, ...args);
      if (code !== 0) red.push(`${name}: ${lastLines(output)}`);
    });
    if (red.length > 0) {
      console.log(
        `These tests are red before anything is broken; mend them first:\n${red.join("\n")}\n0 passed, ${red.length} failed`,
      );
      return 1;
    }
    const problems = new Map<string, string>();
    await inLanes(copies, BREAKS, async (copy, broken) => void problems.set(broken.name, await tryBreak(copy, broken)));
    const width = Math.max(...BREAKS.map((broken) => broken.name.length));
    for (const { name, file, tests: named } of BREAKS) {
      const problem = problems.get(name);
      console.log(
        `${problem ? "FAIL" : "ok  "} ${name.padEnd(width)}  ${file} → ${problem || `red in ${named.join(", ")}`}`,
      );
    }
    const failed = [...problems.values()].filter(Boolean).length;
    console.log(`${BREAKS.length - failed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true, force: true });
  }
}

process.exitCode = await main();
