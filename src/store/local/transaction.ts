import type { LedgerEvent } from "../../lib/ledger.ts";
import type { Cause, Transaction } from "../store.ts";
import { createApprovals } from "./approvals.ts";
import { createArtifacts } from "./artifacts.ts";
import type { Context } from "./context.ts";
import { createDocuments } from "./documents.ts";
import { OhmymktError } from "../../errors.ts";
import { Calls } from "./calls.ts";
import { asStorageError } from "./failures.ts";
import type { Files, Staged } from "./files.ts";
import { createJobs } from "./jobs.ts";
import { appendLedger, createLedger, observationSeals } from "./ledger.ts";
import { whenFree } from "./lock.ts";
import { createObservations } from "./observations.ts";
import { createOutbox } from "./outbox.ts";
import { createPaidCalls } from "./paid-calls.ts";
import { applyPending, keepSuperseded, keptContent, pendingRows, stagedKey } from "./projections.ts";
import type { Sql } from "./sql.ts";
import { createTasks } from "./tasks.ts";

/** Everything one unit of work needs from its store. */
export interface Unit {
  sql: Sql;
  files: Files;
  cause: Cause;
  now: () => Date;
  randomId: () => string;
  busyTimeoutMs: number;
}

/**
 * Runs `work` between BEGIN IMMEDIATE and COMMIT, then brings the files up to date in a second step.
 * The first commit is what counts: whoever takes the lock next repeats the second step if it did not happen.
 */
export async function runUnit<T>(unit: Unit, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const { sql, files } = unit;
  await begin(unit);
  const staged = new Map<string, Staged>();
  const calls = new Calls(() => sql.inTransaction);
  let result: T;
  try {
    try {
      result = await work(transactionOf(contextOf(unit), calls));
    } finally {
      await calls.end();
    }
    for (const row of pendingRows(sql)) staged.set(stagedKey(row), files.stage(row.path, keptContent(sql, row.hash)));
    await whenFree(unit.busyTimeoutMs, () => sql.script("COMMIT"));
  } catch (error) {
    rollBack(sql);
    files.discard(staged.values());
    throw asStorageError(error, "save to .ohmymkt");
  }
  if (staged.size > 0) await finish(unit, staged);
  return result;
}

/** Takes the lock; files that an earlier writer left behind are brought up to date first, in transactions of their own. */
async function begin(unit: Unit): Promise<void> {
  try {
    for (;;) {
      await whenFree(unit.busyTimeoutMs, () => unit.sql.script("BEGIN IMMEDIATE"));
      if (pendingRows(unit.sql).length === 0) return unit.files.sweepOnce();
      await catchUp(unit, new Map());
    }
  } catch (error) {
    rollBack(unit.sql);
    throw asStorageError(error, "bring .ohmymkt up to date");
  }
}

/** Inside a transaction: keeps what would be lost, or replaces the files; commits either way. */
async function catchUp(unit: Unit, staged: ReadonlyMap<string, Staged>): Promise<void> {
  if (!keepSuperseded(contextOf(unit))) applyPending(unit.sql, unit.files, staged);
  await whenFree(unit.busyTimeoutMs, () => unit.sql.script("COMMIT"));
}

/** The work is committed already, so a disk that refuses now is not the caller's failure: the rows stay pending, and the next transaction repeats the step or says why it cannot. */
async function finish(unit: Unit, staged: ReadonlyMap<string, Staged>): Promise<void> {
  const { sql, files } = unit;
  try {
    while ((await whenFree(unit.busyTimeoutMs, () => pendingRows(sql))).length > 0) {
      await whenFree(unit.busyTimeoutMs, () => sql.script("BEGIN IMMEDIATE"));
      await catchUp(unit, staged);
    }
  } catch (error) {
    const known = asStorageError(error, "replace files in .ohmymkt");
    if (!(known instanceof OhmymktError) || (known.code !== "storage" && known.code !== "busy")) throw known;
  } finally {
    rollBack(sql);
    files.discard(staged.values());
  }
}

/** Runs `work` while no other process holds the project's lock, without touching the database. */
export async function whileLocked<T>(sql: Sql, busyTimeoutMs: number, work: () => Promise<T>): Promise<T> {
  await whenFree(busyTimeoutMs, () => sql.script("BEGIN IMMEDIATE"));
  try {
    return await work();
  } finally {
    rollBack(sql);
  }
}

function rollBack(sql: Sql): void {
  if (sql.inTransaction) sql.script("ROLLBACK");
}

function contextOf({ sql, files, cause, now, randomId }: Unit): Context {
  const at = now();
  return { sql, files, cause, randomId, now: at.toISOString(), nowMs: at.getTime() };
}

function transactionOf(context: Context, calls: Calls): Transaction {
  const recording = { ...context, appendLedger: (event: LedgerEvent) => appendLedger(context, event) };
  return {
    now: context.now,
    documents: calls.watch(createDocuments(context)),
    artifacts: calls.watch(createArtifacts(context)),
    tasks: calls.watch(createTasks(context)),
    jobs: calls.watch(createJobs(context)),
    observations: calls.watch(
      createObservations({
        ...recording,
        seals: () => observationSeals(context.sql),
      }),
    ),
    approvals: calls.watch(createApprovals(context)),
    outbox: calls.watch(createOutbox(recording)),
    paidCalls: calls.watch(createPaidCalls(recording)),
    ledger: calls.watch(createLedger(context)),
  };
}
