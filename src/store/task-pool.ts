import type { Database } from "bun:sqlite";
import { OhmymktError } from "../errors.ts";
import { DEFAULT_MAX_ATTEMPTS, retryDelayMs } from "../lib/task-lease.ts";
import { archiveTasks, removeTask } from "./local/pool/archive.ts";
import { claimById, claimNext, type ClaimRequest, claimTexts } from "./local/pool/claim.ts";
import { addBlockers, removeBlockers } from "./local/pool/edges.ts";
import { complete, completeAlone, completeAloneText, fail, requeue } from "./local/pool/finish.ts";
import { heartbeat } from "./local/pool/heartbeat.ts";
import { insertLoose, insertTasks, type NewRow } from "./local/pool/insert.ts";
import { moveTask } from "./local/pool/move.ts";
import { openPool, type PoolDatabase } from "./local/pool/open.ts";
import type { ClaimOptions, FailOptions, HandOffOptions, PoolFilter, PoolTaskStats, TaskPoolOptions } from "./local/pool/pool-options.ts";
import { bad, checkPriority, type CreateTaskInput, createdTask, newPoolRow, POOL_TASK_COLUMNS, type PoolTask, poolTask, type StoredPoolTask } from "./local/pool/pool-task.ts";
import { poolStats } from "./local/pool/stats.ts";
import { nextDue, sweep } from "./local/pool/sweep.ts";
import { applyUpdate, checkStatus, checkUpdate, completion, isPlainCompletion, type UpdateTaskInput } from "./local/pool/update.ts";
import { Upkeep } from "./local/pool/upkeep.ts";
import { Where } from "./local/where.ts";

const DAY_MS = 24 * 3_600_000;
const CLAIM = claimTexts(POOL_TASK_COLUMNS);
const COMPLETE_ALONE = completeAloneText(POOL_TASK_COLUMNS);
const SELECT = `SELECT ${POOL_TASK_COLUMNS} FROM tasks`;
const SELECT_ONE = `${SELECT} WHERE id = ?`;

/** A task pool in one SQLite file that several processes may share, or in memory. Every refusal is an `OhmymktError` and changes nothing. */
export class TaskPool {
  /** The open database, for queries of your own; the table is `tasks`. */
  readonly db: Database;
  readonly #pool: PoolDatabase;
  readonly #upkeep: Upkeep;
  readonly #now: () => number;
  readonly #newId: () => string;
  readonly #listeners = new Set<() => void>();
  #closed = false;

  constructor(dbPath = ":memory:", options: TaskPoolOptions = {}) {
    const { heartbeatMs = 30_000, durable = false, busyTimeoutMs = 30_000, fair, now = Date.now, newId = Bun.randomUUIDv7 } = options;
    this.#pool = openPool({ path: dbPath, durable, busyTimeoutMs, fair });
    this.db = this.#pool.database;
    this.#now = now;
    this.#newId = () => newId();
    this.#upkeep = new Upkeep(this.#pool, heartbeatMs, now);
  }

  createTask(input: CreateTaskInput): PoolTask {
    const row = newPoolRow(input, this.#newId);
    if (!row.fresh || row.blockedBy.length > 0) return this.#create([{ row, input }])[0] ?? this.#existing(row.id);
    const now = this.#now();
    this.#open.turns.single(() => insertLoose(this.#pool.sql, row, now));
    this.#tell();
    return createdTask(row, input, now);
  }

  /** Creates all or none; they may name each other in `blockedBy`, in any order. Throws `invalid_arguments` for a circle. */
  createTasks(inputs: readonly CreateTaskInput[]): PoolTask[] {
    return this.#create(inputs.map((input) => ({ row: newPoolRow(input, this.#newId), input })));
  }

  /** As `createTasks`; those that wait for nothing are claimed for their agent at once, so that no other worker can take them. */
  createClaimed(inputs: readonly (CreateTaskInput & { agentName: string })[]): PoolTask[] {
    const given = inputs.map(({ agentName, ...input }) => ({ row: newPoolRow(input, this.#newId), request: this.#request(agentName, {}) }));
    const { sql, turns } = this.#open;
    const now = this.#now();
    const rows = turns.all(() => {
      this.#insert(given.map(({ row }) => row), now);
      return given.map(({ row, request }) =>
        row.blockedBy.length === 0 ? claimById<StoredPoolTask>(sql, CLAIM, row.id, request, now) : sql.get<StoredPoolTask>(SELECT_ONE, row.id),
      );
    });
    return rows.flatMap((row) => {
      if (row === undefined) return [];
      return row.status === "claimed" && row.assigned_agent !== null ? this.#taken(row, row.assigned_agent) : poolTask(row);
    });
  }

  /** The ready task of highest priority, the oldest of these, or null; with `id` that one, or a refusal with the reason. */
  claimTask(agentName: string, options: ClaimOptions = {}): PoolTask | null {
    const request = this.#request(agentName, options);
    const { sql, turns } = this.#open;
    const now = this.#now();
    this.#upkeep.keepUp(now);
    const { id } = options;
    if (id !== undefined) return this.#taken(turns.all(() => claimById<StoredPoolTask>(sql, CLAIM, id, request, now)), agentName);
    const next = (): StoredPoolTask | undefined => claimNext<StoredPoolTask>(sql, CLAIM, request, now);
    const row = turns.single(next) ?? (this.#upkeep.sweep(now) ? turns.single(next) : undefined);
    return row === undefined ? null : this.#taken(row, agentName);
  }

  getTask(id: string): PoolTask | null {
    const row = this.#open.sql.get<StoredPoolTask>(SELECT_ONE, id);
    return row === undefined ? null : poolTask(row);
  }

  /** Null without such a task. Throws `invalid_transition`, and `stale` when somebody else works on the task. */
  updateTask(id: string, update: UpdateTaskInput): PoolTask | null {
    checkUpdate(update);
    const { sql, turns } = this.#open;
    const now = this.#now();
    const lease = this.#upkeep.held.find(id);
    if (lease !== undefined && isPlainCompletion(update)) {
      const done = turns.single(() => completeAlone<StoredPoolTask>(sql, COMPLETE_ALONE, lease, completion(update), now));
      if (done !== undefined) return this.#done(done);
    }
    let ready: string[] | undefined = [];
    const row = turns.all(() => {
      ready = applyUpdate(sql, id, update, lease, this.#upkeep.leaseMs, now);
      return sql.get<StoredPoolTask>(SELECT_ONE, id);
    });
    if (ready === undefined || row === undefined) return null;
    if (row.status !== "claimed" && row.status !== "in_progress") this.#upkeep.held.drop(id);
    else if (row.assigned_agent !== null && (lease !== undefined || update.status !== undefined)) this.#upkeep.take(id, row.attempt, row.assigned_agent);
    if (ready.length > 0 || row.status === "pending") this.#tell();
    return poolTask(row);
  }

  /** Completes a task of this pool and claims the next one in the same transaction: the fastest way to work through a pool. */
  completeAndClaim(id: string, result: string | undefined, agentName: string, options: HandOffOptions = {}): PoolTask | null {
    const request = this.#request(agentName, options);
    const { sql, turns } = this.#open;
    const lease = this.#upkeep.held.get(id);
    const now = this.#now();
    this.#upkeep.keepUp(now);
    let ready: string[] = [];
    const row = turns.all(() => {
      ready = complete(sql, lease, { result, results: options.results }, now);
      return options.id === undefined ? claimNext<StoredPoolTask>(sql, CLAIM, request, now) : claimById<StoredPoolTask>(sql, CLAIM, options.id, request, now);
    });
    this.#upkeep.held.drop(id);
    if (ready.length > 0) this.#tell();
    if (row !== undefined) return this.#taken(row, agentName);
    return this.#upkeep.sweep(now) ? this.claimTask(agentName, options) : null;
  }

  /** Fails a task of this pool; while attempts are left it comes back after a growing pause. */
  failTask(id: string, error: string, { retry = true, maxAttempts = DEFAULT_MAX_ATTEMPTS, backoff }: FailOptions = {}): PoolTask {
    const lease = this.#upkeep.held.get(id);
    const policy = { maxAttempts, delayMs: (attempts: number) => retryDelayMs(attempts, backoff) };
    return this.#finished(id, (sql, now) => fail(sql, lease, error, retry ? policy : undefined, now));
  }

  /** Gives a task of this pool back at once. */
  requeueTask(id: string, { reason = "given back", countAttempt = true }: { reason?: string; countAttempt?: boolean } = {}): PoolTask {
    const lease = this.#upkeep.held.get(id);
    return this.#finished(id, (sql, now) => requeue(sql, lease, { reason, fault: countAttempt }, now));
  }

  /** Cancels an unfinished task, whoever works on it: that worker's next write is refused. */
  cancelTask(id: string, reason?: string): PoolTask {
    return this.#finished(id, (sql, now) => void moveTask(sql, id, "cancelled", { error: reason }, now));
  }

  /** Extends the lease of a task of this pool now. Throws `stale` when it is lost. */
  heartbeat(id: string, beat: { checkpoint?: string; waitingFor?: string | null } = {}): void {
    const lease = this.#upkeep.held.get(id);
    const { sql, turns } = this.#open;
    turns.all(() => heartbeat(sql, lease, { leaseMs: this.#upkeep.leaseMs, ...beat }, this.#now()));
  }

  /** Makes a pending task wait for more tasks. Throws `invalid_arguments` for a circle. */
  addBlockers(id: string, blockers: readonly string[]): PoolTask {
    const { sql, turns } = this.#open;
    turns.all(() => addBlockers(sql, id, blockers, this.#now()));
    return this.#existing(id);
  }

  removeBlockers(id: string, blockers: readonly string[]): PoolTask {
    return this.#finished(id, (sql, now) => removeBlockers(sql, id, blockers, now));
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
    return this.#open.sql.all<StoredPoolTask>(`${SELECT} ${where.text} ORDER BY priority DESC, seq LIMIT ?`, ...where.params, filter.limit ?? -1).map(poolTask);
  }

  getStats(): PoolTaskStats {
    const { counts, total, ready, blocked, delayed } = poolStats(this.#open.sql);
    const { pending, claimed, in_progress: inProgress, completed, failed, cancelled } = counts;
    return { total, pending, claimed, inProgress, completed, failed, cancelled, ready, blocked, delayed };
  }

  /** False without such a task. Throws `invalid_transition` while an unfinished task waits for it. */
  deleteTask(id: string): boolean {
    const { sql, turns } = this.#open;
    if (this.getTask(id) === null) return false;
    turns.all(() => removeTask(sql, id));
    this.#upkeep.held.drop(id);
    return true;
  }

  /** Deletes every task, archived ones included. */
  clearAll(): void {
    const { sql, turns } = this.#open;
    turns.all(() => sql.script("DELETE FROM tasks; DELETE FROM tasks_archive"));
    this.#upkeep.held.keepOnly([]);
  }

  /** Moves tasks that were finished more than so many days ago to the table `tasks_archive`, except those that unfinished ones wait for; how many. */
  archive(days = 7): number {
    if (!(days >= 0)) throw bad("days", "a number from 0 on", days);
    const { sql, turns } = this.#open;
    const now = this.#now();
    return turns.all(() => archiveTasks(sql, now - days * DAY_MS, now));
  }

  /** Returns the tasks of dead workers and due retries to the pool; every claim that finds nothing does so by itself. */
  reap(): { returned: string[]; failed: string[] } {
    const { sql, turns } = this.#open;
    const now = this.#now();
    this.#upkeep.keepUp(now);
    return turns.all(() => sweep(sql, now));
  }

  /** Milliseconds until a lease or a retry's pause ends; undefined while there is none. */
  msUntilDue(): number | undefined {
    const due = nextDue(this.#open.sql);
    return due === undefined ? undefined : Math.max(0, due - this.#now());
  }

  /** A fresh id, for tasks that have to name each other before they exist. */
  newId(): string {
    return this.#newId();
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
    this.#upkeep.held.stop();
    this.#pool.close();
  }

  get #open(): PoolDatabase {
    if (!this.#closed) return this.#pool;
    throw new OhmymktError("storage", "the task pool is closed", { hint: "open the file again with new TaskPool(dbPath)" });
  }

  #create(given: readonly { row: NewRow; input: CreateTaskInput }[]): PoolTask[] {
    const now = this.#now();
    this.#open.turns.all(() => this.#insert(given.map(({ row }) => row), now), given.length);
    this.#tell();
    return given.map(({ row, input }) => createdTask(row, input, now));
  }

  /** Inside a transaction. Throws `invalid_arguments` for an id that is taken. */
  #insert(rows: readonly NewRow[], now: number): void {
    const created = new Set(insertTasks(this.#pool.sql, rows, now));
    const known = rows.find((row) => !created.has(row));
    if (known !== undefined) throw bad("id", "the id of no other task, archived ones included", known.id);
  }

  #request(agentName: string, { owner, pausedModules }: ClaimOptions): ClaimRequest {
    if (typeof agentName !== "string" || agentName.trim() === "") throw bad("agentName", "the name of who claims", agentName);
    return { agent: agentName, leaseMs: this.#upkeep.leaseMs, owner, pausedModules };
  }

  #taken(row: StoredPoolTask, agent: string): PoolTask {
    this.#upkeep.take(row.id, row.attempt, agent);
    return poolTask(row);
  }

  #done(row: StoredPoolTask): PoolTask {
    this.#upkeep.held.drop(row.id);
    return poolTask(row);
  }

  #finished(id: string, work: (sql: PoolDatabase["sql"], now: number) => unknown): PoolTask {
    const { sql, turns } = this.#open;
    turns.all(() => work(sql, this.#now()));
    this.#upkeep.held.drop(id);
    this.#tell();
    return this.#existing(id);
  }

  #existing(id: string): PoolTask {
    const task = this.getTask(id);
    if (task !== null) return task;
    throw new OhmymktError("not_found", `there is no task ${JSON.stringify(id)}`, { hint: "list the tasks to see their ids" });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
