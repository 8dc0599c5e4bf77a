import { DEFAULT_MAX_ATTEMPTS, retryDelayMs } from "../lib/task-lease.ts";
import { claimById, claimNext, type ClaimRequest, claimTexts } from "./local/pool/claim.ts";
import { addBlockers, removeBlockers } from "./local/pool/edges.ts";
import { complete, completeAlone, completeAloneText, fail, requeue } from "./local/pool/finish.ts";
import { heartbeat } from "./local/pool/heartbeat.ts";
import { insertLoose, insertTasks, type NewRow } from "./local/pool/insert.ts";
import { moveTask } from "./local/pool/move.ts";
import type { PoolDatabase } from "./local/pool/open.ts";
import { OpenTaskPool, SELECT_ONE } from "./local/pool/open-task-pool.ts";
import type { ClaimOptions, FailOptions, HandOffOptions } from "./local/pool/pool-options.ts";
import {
  bad,
  type CreateTaskInput,
  createdTask,
  newPoolRow,
  POOL_TASK_COLUMNS,
  type PoolTask,
  poolTask,
  type StoredPoolTask,
} from "./local/pool/pool-task.ts";
import { applyUpdate, checkUpdate, completion, isPlainCompletion, type UpdateTaskInput } from "./local/pool/update.ts";

const CLAIM = claimTexts(POOL_TASK_COLUMNS);
const COMPLETE_ALONE = completeAloneText(POOL_TASK_COLUMNS);

/** A task pool in one SQLite file that several processes may share, or in memory. Every refusal is an `OhmymktError` and changes nothing. */
export class TaskPool extends OpenTaskPool {
  createTask(input: CreateTaskInput): PoolTask {
    const row = newPoolRow(input, this.makeId);
    if (!row.fresh || row.blockedBy.length > 0) return this.#create([{ row, input }])[0] ?? this.existing(row.id);
    const now = this.now();
    this.open.turns.single(() => insertLoose(this.pool.sql, row, now));
    this.tell();
    return createdTask(row, input, now);
  }

  /** Creates all or none; they may name each other in `blockedBy`, in any order. Throws `invalid_arguments` for a circle. */
  createTasks(inputs: readonly CreateTaskInput[]): PoolTask[] {
    return this.#create(inputs.map((input) => ({ row: newPoolRow(input, this.makeId), input })));
  }

  /** As `createTasks`; those that wait for nothing are claimed for their agent at once, so that no other worker can take them. */
  createClaimed(inputs: readonly (CreateTaskInput & { agentName: string })[]): PoolTask[] {
    const given = inputs.map(({ agentName, ...input }) => ({
      row: newPoolRow(input, this.makeId),
      request: this.#request(agentName, {}),
    }));
    const { sql, turns } = this.open;
    const now = this.now();
    const rows = turns.all(() => {
      this.#insert(
        given.map(({ row }) => row),
        now,
      );
      return given.map(({ row, request }) =>
        row.blockedBy.length === 0
          ? claimById<StoredPoolTask>(sql, CLAIM, row.id, request, now)
          : sql.get<StoredPoolTask>(SELECT_ONE, row.id),
      );
    });
    return rows.flatMap((row) => {
      if (row === undefined) return [];
      return row.status === "claimed" && row.assigned_agent !== null
        ? this.#taken(row, row.assigned_agent)
        : poolTask(row);
    });
  }

  /** The ready task of highest priority, the oldest of these, or null; with `id` that one, or a refusal with the reason. */
  claimTask(agentName: string, options: ClaimOptions = {}): PoolTask | null {
    const request = this.#request(agentName, options);
    const { sql, turns } = this.open;
    const now = this.now();
    this.upkeep.keepUp(now);
    const { id } = options;
    if (id !== undefined)
      return this.#taken(
        turns.all(() => claimById<StoredPoolTask>(sql, CLAIM, id, request, now)),
        agentName,
      );
    const next = (): StoredPoolTask | undefined => claimNext<StoredPoolTask>(sql, CLAIM, request, now);
    const row = turns.single(next) ?? (this.upkeep.sweep(now) ? turns.single(next) : undefined);
    return row === undefined ? null : this.#taken(row, agentName);
  }

  /** Null without such a task. Throws `invalid_transition`, and `stale` when somebody else works on the task. */
  updateTask(id: string, update: UpdateTaskInput): PoolTask | null {
    checkUpdate(update);
    const { sql, turns } = this.open;
    const now = this.now();
    const lease = this.upkeep.held.find(id);
    if (lease !== undefined && isPlainCompletion(update)) {
      const done = turns.single(() =>
        completeAlone<StoredPoolTask>(sql, COMPLETE_ALONE, lease, completion(update), now),
      );
      if (done !== undefined) return this.#done(done);
    }
    let ready: string[] | undefined = [];
    const row = turns.all(() => {
      ready = applyUpdate(sql, id, update, lease, this.upkeep.leaseMs, now);
      return sql.get<StoredPoolTask>(SELECT_ONE, id);
    });
    if (ready === undefined || row === undefined) return null;
    if (row.status !== "claimed" && row.status !== "in_progress") this.upkeep.held.drop(id);
    else if (row.assigned_agent !== null && (lease !== undefined || update.status !== undefined))
      this.upkeep.take(id, row.attempt, row.assigned_agent);
    if (ready.length > 0 || row.status === "pending") this.tell();
    return poolTask(row);
  }

  /** Completes a task of this pool and claims the next one in the same transaction: the fastest way to work through a pool. */
  completeAndClaim(
    id: string,
    result: string | undefined,
    agentName: string,
    options: HandOffOptions = {},
  ): PoolTask | null {
    const request = this.#request(agentName, options);
    const { sql, turns } = this.open;
    const lease = this.upkeep.held.get(id);
    const now = this.now();
    this.upkeep.keepUp(now);
    let ready: string[] = [];
    const row = turns.all(() => {
      ready = complete(sql, lease, { result, results: options.results }, now);
      return options.id === undefined
        ? claimNext<StoredPoolTask>(sql, CLAIM, request, now)
        : claimById<StoredPoolTask>(sql, CLAIM, options.id, request, now);
    });
    this.upkeep.held.drop(id);
    if (ready.length > 0) this.tell();
    if (row !== undefined) return this.#taken(row, agentName);
    return this.upkeep.sweep(now) ? this.claimTask(agentName, options) : null;
  }

  /** Fails a task of this pool; while attempts are left it comes back after a growing pause. */
  failTask(
    id: string,
    error: string,
    { retry = true, maxAttempts = DEFAULT_MAX_ATTEMPTS, backoff }: FailOptions = {},
  ): PoolTask {
    const lease = this.upkeep.held.get(id);
    const policy = { maxAttempts, delayMs: (attempts: number) => retryDelayMs(attempts, backoff) };
    return this.#finished(id, (sql, now) => fail(sql, lease, error, retry ? policy : undefined, now));
  }

  /** Gives a task of this pool back at once. */
  requeueTask(
    id: string,
    { reason = "given back", countAttempt = true }: { reason?: string; countAttempt?: boolean } = {},
  ): PoolTask {
    const lease = this.upkeep.held.get(id);
    return this.#finished(id, (sql, now) => requeue(sql, lease, { reason, fault: countAttempt }, now));
  }

  /** Cancels an unfinished task, whoever works on it: that worker's next write is refused. */
  cancelTask(id: string, reason?: string): PoolTask {
    return this.#finished(id, (sql, now) => void moveTask(sql, id, "cancelled", { error: reason }, now));
  }

  /** Extends the lease of a task of this pool now. Throws `stale` when it is lost. */
  heartbeat(id: string, beat: { checkpoint?: string; waitingFor?: string | null } = {}): void {
    const lease = this.upkeep.held.get(id);
    const { sql, turns } = this.open;
    turns.all(() => heartbeat(sql, lease, { leaseMs: this.upkeep.leaseMs, ...beat }, this.now()));
  }

  /** Makes a pending task wait for more tasks. Throws `invalid_arguments` for a circle. */
  addBlockers(id: string, blockers: readonly string[]): PoolTask {
    const { sql, turns } = this.open;
    turns.all(() => addBlockers(sql, id, blockers, this.now()));
    return this.existing(id);
  }

  removeBlockers(id: string, blockers: readonly string[]): PoolTask {
    return this.#finished(id, (sql, now) => removeBlockers(sql, id, blockers, now));
  }

  #create(given: readonly { row: NewRow; input: CreateTaskInput }[]): PoolTask[] {
    const now = this.now();
    const rows = given.map(({ row }) => row);
    this.open.turns.all(() => this.#insert(rows, now), given.length);
    this.tell();
    return given.map(({ row, input }) => createdTask(row, input, now));
  }

  /** Inside a transaction. Throws `invalid_arguments` for an id that is taken. */
  #insert(rows: readonly NewRow[], now: number): void {
    const created = new Set(insertTasks(this.pool.sql, rows, now));
    const known = rows.find((row) => !created.has(row));
    if (known !== undefined) throw bad("id", "the id of no other task, archived ones included", known.id);
  }

  #request(agentName: string, { owner, pausedModules }: ClaimOptions): ClaimRequest {
    if (typeof agentName !== "string" || agentName.trim() === "")
      throw bad("agentName", "the name of who claims", agentName);
    return { agent: agentName, leaseMs: this.upkeep.leaseMs, owner, pausedModules };
  }

  #taken(row: StoredPoolTask, agent: string): PoolTask {
    this.upkeep.take(row.id, row.attempt, agent);
    return poolTask(row);
  }

  #done(row: StoredPoolTask): PoolTask {
    this.upkeep.held.drop(row.id);
    return poolTask(row);
  }

  #finished(id: string, work: (sql: PoolDatabase["sql"], now: number) => unknown): PoolTask {
    const { sql, turns } = this.open;
    turns.all(() => work(sql, this.now()));
    this.upkeep.held.drop(id);
    this.tell();
    return this.existing(id);
  }
}
