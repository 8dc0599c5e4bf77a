import { writeSync } from "node:fs";
import { OhmymktError } from "../../../errors.ts";
import { TaskPool } from "../../task-pool.ts";

/**
 * A process that works on a pool: `pool-worker.ts <file> <drain|plain|hold> <name> <heartbeat ms>`.
 * `drain` works the pool empty by handing over, `plain` by single calls; `hold` claims, works for a while, and writes a line for each step until it is killed.
 */
const [path = "", mode = "", name = "", heartbeat = "30000"] = process.argv.slice(2);
const pool = new TaskPool(path, { heartbeatMs: Number(heartbeat) });
const ids: string[] = [];

if (mode === "drain") {
  for (let task = pool.claimTask(name); task !== null; task = pool.completeAndClaim(task.id, name, name))
    ids.push(task.id);
} else if (mode === "plain") {
  for (let task = pool.claimTask(name); task !== null; task = pool.claimTask(name)) {
    ids.push(task.id);
    pool.updateTask(task.id, { status: "completed", result: name });
  }
} else {
  for (;;) {
    const task = pool.claimTask(name);
    if (task !== null) await work(task.id, task.attempts);
    await Bun.sleep(Math.random() * 4);
  }
}
writeSync(1, `${JSON.stringify(ids)}\n`);
pool.close();

async function work(id: string, attempt: number): Promise<void> {
  writeSync(1, `claimed ${id} ${attempt} ${Date.now()}\n`);
  await Bun.sleep(Math.random() * 30);
  try {
    pool.updateTask(id, { status: "completed", result: name });
    writeSync(1, `completed ${id} ${attempt} ${Date.now()}\n`);
  } catch (error) {
    if (!(error instanceof OhmymktError)) throw error;
    writeSync(1, `refused ${id} ${attempt} ${error.code}\n`);
  }
}
