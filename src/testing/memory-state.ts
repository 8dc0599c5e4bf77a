import { Database } from "bun:sqlite";
import type { Approval } from "../lib/approvals.ts";
import type { Job } from "../lib/jobs.ts";
import type { LedgerEvent, LedgerRow } from "../lib/ledger.ts";
import { OBSERVATION_SCHEMA } from "../store/local/observations/schema.ts";
import { OUTBOX_SCHEMA } from "../store/local/outbox-schema.ts";
import { POOL_SCHEMA } from "../store/local/pool/schema.ts";
import { Sql } from "../store/local/sql.ts";
import type { Cause, Revision } from "../store/store.ts";

/** What is recorded about a file; `bytes` is its content as the last tool left it. */
export interface MemoryRow {
  kind: "document" | "artifact";
  bytes: Uint8Array;
  hash: string;
  revision: number;
  origin: Revision<unknown>["origin"];
}

/** Everything that a project keeps beside its tasks and observations; `files` may be changed from outside, as a person edits files. */
export class MemoryState {
  files = new Map<string, Uint8Array>();
  rows = new Map<string, MemoryRow>();
  blobs = new Map<string, Uint8Array>();
  jobs = new Map<string, Job>();
  approvals = new Map<string, Approval>();
  ledger: LedgerRow[] = [];

  /** A copy to go back to; the values themselves are never changed in place. */
  copy(): MemoryState {
    const { files, rows, blobs, jobs, approvals, ledger } = this;
    return Object.assign(new MemoryState(), {
      files: new Map(files),
      rows: new Map(rows),
      blobs: new Map(blobs),
      jobs: new Map(jobs),
      approvals: new Map(approvals),
      ledger: [...ledger],
    });
  }
}

/** A project in memory; several stores may stand on one. */
export class MemoryProject {
  state = new MemoryState();
  touched = false;
  queue: Promise<unknown> = Promise.resolve();
  readonly parsed = new Map<string, unknown>();
  /** The database of the task pool, of observations, of the outbox and of paid calls. */
  readonly sql = new Sql(new Database(":memory:", { strict: true }));

  constructor() {
    this.sql.script("PRAGMA foreign_keys = ON");
    this.sql.script(POOL_SCHEMA);
    this.sql.script(OBSERVATION_SCHEMA);
    this.sql.script(OUTBOX_SCHEMA);
  }
}

/** What the parts of one open transaction share. */
export interface Scene {
  readonly state: MemoryState;
  readonly sql: Sql;
  readonly parsed: Map<string, unknown>;
  readonly cause: Cause;
  readonly now: string;
  readonly nowMs: number;
  readonly randomId: () => string;
  append(event: LedgerEvent): LedgerRow;
}
