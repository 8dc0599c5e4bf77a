import type { Approval } from "../lib/approvals.ts";
import type { LedgerEvent, LedgerRow } from "../lib/ledger.ts";
import type { Observation } from "../lib/observations.ts";
import type { Job } from "../lib/jobs.ts";
import type { Task } from "../lib/tasks.ts";
import type { Cause, Revision } from "../store/store.ts";

/** What is recorded about a file; `bytes` is its content as the last tool left it. */
export interface MemoryRow {
  kind: "document" | "artifact";
  bytes: Uint8Array;
  hash: string;
  revision: number;
  origin: Revision<unknown>["origin"];
}

/** Everything that a project keeps; `files` may be changed from outside, as a person edits files. */
export class MemoryState {
  files = new Map<string, Uint8Array>();
  rows = new Map<string, MemoryRow>();
  blobs = new Map<string, Uint8Array>();
  tasks = new Map<string, Task>();
  jobs = new Map<string, Job>();
  approvals = new Map<string, Approval>();
  observations: Observation[] = [];
  ledger: LedgerRow[] = [];

  /** A copy to go back to; the values themselves are never changed in place. */
  copy(): MemoryState {
    const { files, rows, blobs, tasks, jobs, approvals, observations, ledger } = this;
    return Object.assign(new MemoryState(), {
      files: new Map(files),
      rows: new Map(rows),
      blobs: new Map(blobs),
      tasks: new Map(tasks),
      jobs: new Map(jobs),
      approvals: new Map(approvals),
      observations: [...observations],
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
}

/** What the parts of one open transaction share. */
export interface Scene {
  readonly state: MemoryState;
  readonly parsed: Map<string, unknown>;
  readonly cause: Cause;
  readonly now: string;
  readonly nowMs: number;
  readonly randomId: () => string;
  append(event: LedgerEvent): LedgerRow;
}
