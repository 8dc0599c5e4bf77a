import { Database } from "bun:sqlite";
import { createRequire } from "node:module";
import { TaskPool } from "../../src/store/task-pool.ts";

/** Creates tasks and works them off: `pool.ts <plain|handoff|durable|dag|plainjob|plainjob-read> <folder of the peers> <file> <tasks> <workers>`; prints milliseconds. */
const [subject = "", peers = "", file = "", tasks = "0", workers = "1"] = process.argv.slice(2);

interface Times {
  create: number;
  claim: number;
  complete: number;
}

interface Queue {
  add(type: string, data: unknown): { id: number };
  getAndMarkJobAsProcessing(type: string): { id: number } | undefined;
  getJobById(id: number): unknown;
  markJobAsDone(id: number): void;
  close(): void;
}

interface Plainjob {
  bun(database: Database): unknown;
  defineQueue(options: { connection: unknown; logger: Record<string, () => void> }): Queue;
}

const run = subject.startsWith("plainjob") ? await plainjob(subject === "plainjob-read") : ours;
run(`${file}.warm`, 2000, 1);
console.log(JSON.stringify(run(file, Number(tasks), Number(workers))));

function ours(path: string, count: number, agents: number): Times {
  const pool = new TaskPool(path, { durable: subject === "durable" });
  const start = performance.now();
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    // In the graph every tenth task waits for the one before it.
    const blockedBy = subject === "dag" && n % 10 === 9 ? [ids[n - 1] ?? ""] : [];
    ids.push(
      pool.createTask({ title: `Task ${n}`, description: "Some work to do", priority: (n % 4) as 0, blockedBy }).id,
    );
  }
  const created = performance.now();
  const times = subject === "handoff" || subject === "durable" ? handOff(pool, agents) : plain(pool, agents);
  const { completed } = pool.getStats();
  if (completed !== count) throw new Error(`expected ${count} completed tasks, got ${completed}`);
  pool.close();
  return { create: created - start, ...times };
}

/** Each of the agents claims one task, then each completes it. */
function plain(pool: TaskPool, agents: number): Omit<Times, "create"> {
  let claim = 0;
  let complete = 0;
  for (;;) {
    const held: string[] = [];
    const before = performance.now();
    for (let agent = 0; agent < agents; agent += 1) {
      const task = pool.claimTask(`agent-${agent}`);
      if (task !== null) held.push(task.id);
    }
    const between = performance.now();
    for (const id of held) pool.updateTask(id, { status: "completed", result: "done" });
    claim += between - before;
    complete += performance.now() - between;
    if (held.length === 0) return { claim, complete };
  }
}

/** Completing and claiming next are one call, so all of it stands under complete. */
function handOff(pool: TaskPool, agents: number): Omit<Times, "create"> {
  const before = performance.now();
  const held = Array.from({ length: agents }, (_, agent) => pool.claimTask(`agent-${agent}`));
  for (let left = true; left;) {
    left = false;
    for (let agent = 0; agent < agents; agent += 1) {
      const task = held[agent];
      if (task === null || task === undefined) continue;
      held[agent] = pool.completeAndClaim(task.id, "done", `agent-${agent}`);
      left = true;
    }
  }
  return { claim: 0, complete: performance.now() - before };
}

async function plainjob(read: boolean): Promise<(path: string, count: number, agents: number) => Times> {
  const module = (await import(createRequire(`${peers}/package.json`).resolve("plainjob"))) as Plainjob;
  const silent = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined };
  return (path, count, agents) => {
    const queue = module.defineQueue({ connection: module.bun(new Database(path, { strict: true })), logger: silent });
    const start = performance.now();
    for (let n = 0; n < count; n += 1)
      queue.add("work", { title: `Task ${n}`, description: "Some work to do", priority: n % 4 });
    const created = performance.now();
    let claim = 0;
    let complete = 0;
    for (;;) {
      const held: number[] = [];
      const before = performance.now();
      for (let agent = 0; agent < agents; agent += 1) {
        const job = queue.getAndMarkJobAsProcessing("work");
        if (job === undefined || job === null) continue;
        if (read) queue.getJobById(job.id);
        held.push(job.id);
      }
      const between = performance.now();
      for (const id of held) queue.markJobAsDone(id);
      claim += between - before;
      complete += performance.now() - between;
      if (held.length === 0) break;
    }
    queue.close();
    return { create: created - start, claim, complete };
  };
}
