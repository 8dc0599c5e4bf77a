import { afterEach, beforeEach, expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TaskPool } from "../../task-pool.ts";

const FULL = process.env["OHMYMKT_FULL"] === "1";
const PROCESSES = FULL ? 16 : 6;
const TASKS = FULL ? 160_000 : 6_000;
const KILLS = FULL ? 120 : 20;
/** Milliseconds; long beside what a busy machine keeps a process waiting. */
const HEARTBEAT = 1000;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ohmymkt-pool-"));
  path = join(folder, "tasks.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const spawn = (...args: string[]) =>
  Bun.spawn([process.execPath, join(import.meta.dir, "../testing/pool-worker.ts"), path, ...args], {
    env: { ...process.env, BUN_BE_BUN: "1" },
    stdout: "pipe",
    stderr: "pipe",
  });

function fill(count: number, more: { maxAttempts?: number } = {}): void {
  const pool = new TaskPool(path);
  for (let from = 0; from < count; from += 5000) {
    pool.createTasks(
      Array.from({ length: Math.min(5000, count - from) }, (_, n) => ({
        title: `task ${from + n}`,
        priority: ((from + n) % 4) as 0,
        ...more,
      })),
    );
  }
  pool.close();
}

test.each(["drain", "plain"])(
  `${PROCESSES} processes on ${TASKS} tasks (%s): each task goes to one of them, and none sees a busy database`,
  async (mode) => {
    fill(TASKS);
    const workers = Array.from({ length: PROCESSES }, (_, n) => spawn(mode, `w${n}`));
    const all: string[] = [];
    for (const worker of workers) {
      const [out, errors, code] = await Promise.all([worker.stdout.text(), worker.stderr.text(), worker.exited]);
      expect({ code, errors }).toEqual({ code: 0, errors: "" });
      all.push(...(JSON.parse(out) as string[]));
    }
    expect(all).toHaveLength(TASKS);
    expect(new Set(all).size).toBe(TASKS);
    const database = new Database(path, { readonly: true });
    expect(
      database
        .query(
          "SELECT count(*) AS n, min(attempt) AS least, max(attempt) AS most FROM tasks WHERE status = 'completed' AND result = assigned_agent",
        )
        .get(),
    ).toEqual({ n: TASKS, least: 1, most: 1 });
    database.close();
  },
  600_000,
);

/** What a killed or living worker wrote, line by line. */
interface Claim {
  id: string;
  attempt: number;
  at: number;
  worker: string;
}

test(`${KILLS} workers killed at random: every task comes back within two heartbeats, attempts are counted, nothing is lost`, async () => {
  fill(KILLS * 200, { maxAttempts: 100 });
  const claims: Claim[] = [];
  const completed: Claim[] = [];
  const problems: string[] = [];
  const killedAt = new Map<string, number>();
  let born = 0;
  const start = () => {
    const name = `w${(born += 1)}`;
    const child = spawn("hold", name, String(HEARTBEAT));
    const reading = read(child.stdout, name, claims, completed, problems);
    const errors = child.stderr.text();
    return {
      name,
      kill: async () => {
        child.kill("SIGKILL");
        killedAt.set(name, Date.now());
        await reading;
        expect(await errors).toBe("");
      },
    };
  };
  const workers = [start(), start(), start()];
  for (let kill = 0; kill < KILLS; kill += 1) {
    // Who has claimed nothing yet has nothing to lose, and can take nothing back; a busy machine takes its time to start one.
    const isAtWork = (name: string): boolean => claims.some(({ worker }) => worker === name);
    for (let waited = 0; waited < 3000 && !workers.every(({ name }) => isAtWork(name)); waited += 5) await Bun.sleep(5);
    await Bun.sleep(60 + Math.random() * 120);
    const victim = workers.shift();
    await victim?.kill();
    workers.push(start());
  }
  const dead = new Map(killedAt);
  await Bun.sleep(HEARTBEAT * 3);
  for (const worker of workers) await worker.kill();

  expect(problems).toEqual([]);
  const finished = new Set(completed.map(({ id, attempt }) => `${id} ${attempt}`));
  const left = claims.filter(({ id, attempt, worker }) => dead.has(worker) && !finished.has(`${id} ${attempt}`));
  const pool = new TaskPool(path);
  const late: string[] = [];
  for (const { id, attempt, worker } of left) {
    const died = dead.get(worker) ?? 0;
    const again = claims.find((claim) => claim.id === id && claim.attempt === attempt + 1);
    const task = pool.getTask(id);
    // Killed between the commit and the line that tells of it.
    if (task?.status === "completed" && task.attempts === attempt) continue;
    if (task?.status === "pending" && task.attempts === attempt) continue;
    if (again === undefined || again.at - died > 2 * HEARTBEAT + 500)
      late.push(`${id} attempt ${attempt} of ${worker}: ${again === undefined ? "never" : again.at - died} ms`);
  }
  expect(left.length).toBeGreaterThan(KILLS / 4);
  expect(late).toEqual([]);
  // Every claim has its own number: no attempt was given out twice, none is missing.
  expect(new Set(claims.map(({ id, attempt }) => `${id} ${attempt}`)).size).toBe(claims.length);
  for (const { id, attempt } of completed)
    expect(pool.getTask(id)).toMatchObject({ status: "completed", attempts: attempt });
  expect(pool.db.query("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  pool.close();
}, 300_000);

async function read(
  stream: ReadableStream<Uint8Array>,
  worker: string,
  claims: Claim[],
  completed: Claim[],
  problems: string[],
): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [what, id = "", attempt = "", at = ""] = line.split(" ");
      const entry = { id, attempt: Number(attempt), at: Number(at), worker };
      if (what === "claimed") claims.push(entry);
      else if (what === "completed") completed.push(entry);
      // A worker that lives keeps its leases, so none of its own writes may be refused.
      else problems.push(`${worker}: ${line}`);
    }
  }
}
