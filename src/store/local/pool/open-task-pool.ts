import type { Database } from "bun:sqlite";
import { OhmymktError } from "../../../errors.ts";
import { Where } from "../where.ts";
import { archiveTasks, removeTask } from "./archive.ts";
import { openPool, type PoolDatabase } from "./open.ts";
import type { PoolFilter, PoolTaskStats, TaskPoolOptions } from "./pool-options.ts";
import { bad, checkPriority, POOL_TASK_COLUMNS, type PoolTask, poolTask, type StoredPoolTask } from "./pool-task.ts";
import { poolStats } from "./stats.ts";
import { nextDue, sweep } from "./sweep.ts";
import { checkStatus } from "./update.ts";
import { Upkeep } from "./upkeep.ts";

const DAY_MS = 24 * 3_600_000;
const SELECT = `SELECT ${POOL_TASK_COLUMNS} FROM tasks`;
export const SELECT_ONE = `${SELECT} WHERE id = ?`;

/** The part of a task pool that gives no task away: opening, looking, keeping in order, closing. */
export class OpenTaskPool {
  /** The open database, for queries of your own; the table is `tasks`. */
  readonly db: Database;
  protected readonly pool: PoolDatabase;
  protected readonly upkeep: Upkeep;
  protected readonly now: () => number;
  protected readonly makeId: () => string;
  readonly #listeners = new Set<() => void>();
  #closed = false;

  constructor(dbPath = ":memory:", options: TaskPoolOptions = {}) {
    const {
      heartbeatMs = 30_000,
      durable = false,
      busyTimeoutMs = 30_000,
      fair,
      now = Date.now,
      newId = Bun.randomUUIDv7,
    } = options;
    this.pool = openPool({ path: dbPath, durable, busyTimeoutMs, fair });
    this.db = this.pool.database;
    this.now = now;
    this.makeId = () => newId();
    this.upkeep = new Upkeep(this.pool, heartbeatMs, now);
  }

  getTask(id: string): PoolTask | null {
    const row = this.open.sql.get<StoredPoolTask>(SELECT_ONE, id);
    return row === undefined ? null : poolTask(row);
  }

  /** By priority, highest first, then by age. */
  getTasks(filter: PoolFilter = {}): PoolTask[] {
    if (filter.status !== undefined) checkStatus(filter.status);
    if (filter.priority !== undefined) checkPriority(filter.priority);
    const where = new Where();
    where.equal("status", filter.status);
    where.equal("assigned_agent", filter.assignedAgent);
    where.equal("priority", filter.priority);
    where.equal("owner", filter.owner);
    return this.open.sql
      .all<StoredPoolTask>(
        `${SELECT} ${where.text} ORDER BY priority DESC, seq LIMIT ?`,
        ...where.params,
        filter.limit ?? -1,
      )
      .map(poolTask);
  }

  getStats(): PoolTaskStats {
    const { counts, total, ready, blocked, delayed } = poolStats(this.open.sql);
    const { pending, claimed, in_progress: inProgress, completed, failed, cancelled } = counts;
    return { total, pending, claimed, inProgress, completed, failed, cancelled, ready, blocked, delayed };
  }

  /** False without such a task. Throws `invalid_transition` while an unfinished task waits for it. */
  deleteTask(id: string): boolean {
    const { sql, turns } = this.open;
    if (this.getTask(id) === null) return false;
    turns.all(() => removeTask(sql, id));
    this.upkeep.held.drop(id);
    return true;
  }

  /** Deletes every task, archived ones included. */
  clearAll(): void {
    const { sql, turns } = this.open;
    turns.all(() => sql.script("DELETE FROM tasks; DELETE FROM tasks_archive"));
    this.upkeep.held.keepOnly([]);
  }

  /** Moves tasks that were finished more than so many days ago to the table `tasks_archive`, except those that unfinished ones wait for; how many. */
  archive(days = 7): number {
    if (!(days >= 0)) throw bad("days", "a number from 0 on", days);
    const { sql, turns } = this.open;
    const now = this.now();
    return turns.all(() => archiveTasks(sql, now - days * DAY_MS, now));
  }

  /** Returns the tasks of dead workers and due retries to the pool; every claim that finds nothing does so by itself. */
  reap(): { returned: string[]; failed: string[] } {
    const { sql, turns } = this.open;
    const now = this.now();
    this.upkeep.keepUp(now);
    return turns.all(() => sweep(sql, now));
  }

  /** Milliseconds until a lease or a retry's pause ends; undefined while there is none. */
  msUntilDue(): number | undefined {
    const due = nextDue(this.open.sql);
    return due === undefined ? undefined : Math.max(0, due - this.now());
  }

  /** A fresh id, for tasks that have to name each other before they exist. */
  newId(): string {
    return this.makeId();
  }

  /** Calls back after a write of this instance that may have made a task ready; returns how to stop. */
  onWork(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends the heartbeats and closes the file: what this pool still holds goes back when its leases expire. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.upkeep.held.stop();
    this.pool.close();
  }

  protected get open(): PoolDatabase {
    if (!this.#closed) return this.pool;
    throw new OhmymktError("storage", "the task pool is closed", {
      hint: "open the file again with new TaskPool(dbPath)",
    });
  }

  protected existing(id: string): PoolTask {
    const task = this.getTask(id);
    if (task !== null) return task;
    throw new OhmymktError("not_found", `there is no task ${JSON.stringify(id)}`, {
      hint: "list the tasks to see their ids",
    });
  }

  protected tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
