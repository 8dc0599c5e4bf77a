import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GroundKind } from "../../testing/histories/ground.ts";
import { addTallies, runHistories, type Tally } from "../../testing/histories/run.ts";

const FULL = process.env["OHMYMKT_FULL"] === "1";
/** 20,000 is the run to quote. */
const COUNT = Number(process.env["OHMYMKT_HISTORIES"] ?? 20_000);
const SEED = Number(process.env["OHMYMKT_SEED"] ?? (FULL ? Math.floor(Math.random() * 2 ** 31) : 20_260_302));
const HISTORIES = join(import.meta.dir, "../../testing/histories");
const WORKER = join(HISTORIES, "worker.ts");
const CHUNK = 500;
const SHARE = 0.05;

/** Every rule of the five invariants; each must fire in at least one history of twenty. */
const RULES = [
  ...["p0", "visibility_only", "both_up", "otherwise"].map((rule) => `decision rule: ${rule}`),
  ...["up", "down", "flat", "unknown"].map((trend) => `track ${trend}`),
  ...["fail", "expired", "unconfirmed", "stale_plan", "other_plan", "open P0", "unreadable incident"].map(
    (why) => `start blocked: ${why}`,
  ),
  ...["gates", "no active campaign", "open P0", "rollback"].map((why) => `scale blocked: ${why}`),
  ...["remediation scheduled", "scale modules paused, recovery tasks made", "not repeated", "P0 pauses at once"].map(
    (what) => `effect: ${what}`,
  ),
  ...["active", "paused", "rolled_back", "ended"].map((state) => `campaign ${state}`),
  ...["value", "trend"].map((kind) => `conflict preserved: ${kind}`),
  ...["recovered", "not_recovered", "unknown"].map((verdict) => `recovery: ${verdict}`),
  ...["stale", "refused", "nobody there", "incomplete plan"].map((what) => `approval: ${what}`),
  ...["gates.json", "metrics.json", "board, remove", "board, blank"].map((what) => `hand edit: ${what}`),
  ...["pass", "fail", "expired", "unconfirmed", "stale_plan", "other_plan"].map((status) => `gate field: ${status}`),
  ...["board fails", "incidents fails", "cadence overdue"].map((what) => `health: ${what}`),
  "board item not executable",
  "decision on an unreadable incident",
  "P0 older than the window, unresolved",
  "P0 without postmortem kept open",
  "P0 resolved",
  "incident raised to P0",
  "started",
  "scale open",
  "gate update refused",
  "observation refused",
];

const RUNS: { kind: GroundKind; count: number }[] = [
  { kind: "memory", count: FULL ? COUNT : 400 },
  { kind: "local", count: FULL ? Math.ceil(COUNT / 50) : 40 },
];

test.each(RUNS)(
  "$count random histories on the $kind store keep the invariants",
  async ({ kind, count }) => {
    const began = performance.now();
    const tally = FULL ? await inProcesses(kind, count) : await runHistories(kind, SEED, 0, count);
    const seconds = (performance.now() - began) / 1000;
    console.log(
      `seed ${SEED}, ${kind} store: ${tally.histories} histories, ${tally.steps} steps, ${(tally.histories / seconds).toFixed(0)} histories a second`,
    );
    expect(tally.histories).toBe(count);
    expect(tally.steps).toBeGreaterThanOrEqual(20 * count);
    if (kind !== "memory") return;
    console.log(table(tally));
    // A small run scatters around the share that a large one shows.
    const least = count >= 20_000 ? SHARE : SHARE / 2;
    expect(RULES.filter((rule) => (tally.fired[rule] ?? 0) < least * count)).toEqual([]);
  },
  FULL ? 1_800_000 : 120_000,
);

test("the oracle shares no code with the rules that it judges", () => {
  const files = readdirSync(HISTORIES).filter((name) => name.startsWith("oracle"));
  expect(files.length).toBeGreaterThan(3);
  for (const name of [...files, "steps.ts"]) {
    const imports = [...readFileSync(join(HISTORIES, name), "utf8").matchAll(/from "([^"]+)"/g)].map(
      (found) => found[1],
    );
    expect(imports.filter((from) => !from?.startsWith("./oracle") && from !== "./steps.ts")).toEqual([]);
  }
});

/** Splits a large run over one process a core; a difference in any of them fails the run. */
async function inProcesses(kind: GroundKind, count: number): Promise<Tally> {
  const starts = Array.from({ length: Math.ceil(count / CHUNK) }, (_, chunk) => chunk * CHUNK);
  let sum: Tally = { histories: 0, steps: 0, fired: {} };
  const work = async (): Promise<void> => {
    for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
      const args = [kind, SEED, from, Math.min(CHUNK, count - from)].map(String);
      const child = Bun.spawn([process.execPath, WORKER, ...args], {
        env: { ...process.env, BUN_BE_BUN: "1", TZ: "UTC" },
        stdout: "pipe",
        stderr: "pipe",
      });
      const [out, problem, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      if (code !== 0) throw new Error(problem);
      sum = addTallies(sum, JSON.parse(out) as Tally);
    }
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, work));
  return sum;
}

function table({ fired, histories }: Tally): string {
  const share = (times: number): string => `${((100 * times) / histories).toFixed(1)} %`.padStart(8);
  const rows = Object.entries(fired).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return rows
    .map(([rule, times]) => `${share(times)}  ${rule}${RULES.includes(rule) ? "" : " (not counted)"}`)
    .join("\n");
}
