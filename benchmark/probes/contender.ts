import { Database } from "bun:sqlite";
import { claimTexts } from "../../src/store/local/pool/claim.ts";
import { TaskPool } from "../../src/store/task-pool.ts";

/**
 * One of several processes on one pool: `contender.ts <ours|busy-timeout> <file> <name> <start at, epoch ms> <milliseconds> <mean think time ms> <complete|claim-only>`.
 * It claims, thinks for a random time, completes (or leaves it), and so on until the time is over; prints how many tasks it did and how long each claim took.
 */
const [subject = "", file = "", name = "", startAt = "0", lasts = "0", think = "0", completes = "complete"] =
  process.argv.slice(2);

interface Worker {
  claim(): string | undefined;
  complete(id: string): void;
  close(): void;
}

const worker = subject === "ours" ? ours() : busyTimeout();
const latencies: number[] = [];
let busy = 0;
await Bun.sleep(Math.max(0, Number(startAt) - Date.now()));
const end = performance.now() + Number(lasts);
while (performance.now() < end) {
  const before = performance.now();
  try {
    const id = worker.claim();
    latencies.push(performance.now() - before);
    if (id === undefined) break;
    await work();
    if (completes === "complete") worker.complete(id);
  } catch {
    busy += 1;
  }
}
console.log(JSON.stringify({ done: latencies.length, busy, latencies: latencies.map((ms) => Number(ms.toFixed(4))) }));
worker.close();

/** Takes a random time, exponential with the given mean. */
async function work(): Promise<void> {
  const mean = Number(think);
  if (mean > 0) await Bun.sleep(-Math.log(1 - Math.random()) * mean);
}

function ours(): Worker {
  const pool = new TaskPool(file);
  return {
    claim: () => pool.claimTask(name)?.id,
    complete: (id) => void pool.updateTask(id, { status: "completed" }),
    close: () => pool.close(),
  };
}

/** The same tables and the same one-statement claim, with SQLite's own waiting in place of the gate. */
function busyTimeout(): Worker {
  const database = new Database(file, { strict: true });
  database.run("PRAGMA busy_timeout = 5000");
  database.run("PRAGMA synchronous = NORMAL");
  const claim = database.prepare<{ id: string }, [string, number, number, number]>(claimTexts("id").any);
  const complete = database.prepare(
    "UPDATE tasks SET status = 'completed', completed_at = ?, updated_at = ?, lease_until = NULL WHERE id = ?",
  );
  return {
    claim: () => claim.get(name, Date.now() + 60_000, Date.now(), Date.now())?.id,
    complete: (id) => void complete.run(Date.now(), Date.now(), id),
    close: () => database.close(),
  };
}
