import { join } from "node:path";
import type { PoolTask } from "../store/local/pool/pool-task.ts";
import { TaskPool } from "../store/task-pool.ts";
import { makeWorkspace } from "./temp-workspace.ts";

/** Milliseconds between two heartbeats of a bench's pools. */
export const HEARTBEAT = 1000;

/** A task pool in memory, with a clock that the test turns and a throw-away folder for pools in files. */
export interface PoolBench {
  readonly pool: TaskPool;
  readonly folder: string;
  /** The time of all its pools, in epoch milliseconds. */
  now: number;
  /** Another pool; in memory without a path. */
  open(path?: string): TaskPool;
  /** The path of a pool's file in the folder. */
  file(name?: string): string;
  /** Claims as this agent; throws when nothing is ready. */
  claimed(agent?: string, from?: TaskPool): PoolTask;
  dispose(): void;
}

export function poolBench(): PoolBench {
  const { directory: folder, dispose } = makeWorkspace();
  const at = { now: 1_700_000_000_000 };
  const open = (path = ":memory:"): TaskPool => new TaskPool(path, { now: () => at.now, heartbeatMs: HEARTBEAT });
  const pool = open();
  return Object.assign(at, {
    pool,
    folder,
    open,
    file: (name = "tasks.db") => join(folder, name),
    claimed(agent = "worker", from = pool) {
      const task = from.claimTask(agent);
      if (task === null) throw new Error("expected a task");
      return task;
    },
    dispose() {
      pool.close();
      dispose();
    },
  });
}

/** What the call throws; undefined when it is not refused. */
export function refusal(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
