import type { Actor } from "../lib/actor.ts";
import type { Approval, ApprovalKind, DecidedHow } from "../lib/approvals.ts";
import type { Collection, Document } from "../lib/documents.ts";
import type { Job, JobEnd, JobOwner, JobState, NewJob } from "../lib/jobs.ts";
import type { ChainCheck, LedgerEvent, LedgerRow } from "../lib/ledger.ts";
import type { Observation } from "../lib/observations.ts";
import type { NewTask, Task, TaskStatus } from "../lib/tasks.ts";
import type { OhmymktError } from "../errors.ts";

/** Who opened the transaction and with what; every ledger row of the transaction carries it. */
export interface Cause {
  actor: Actor;
  tool: string;
  reason?: string | undefined;
}

/** A document with its provenance; `hash` is the SHA-256 of the file's bytes. */
export interface Revision<T> {
  id: string;
  path: string;
  value: T;
  hash: string;
  revision: number;
  /** `ours` was written by a tool; `hand_edited` and `imported` were not, and count as unconfirmed. */
  origin: "ours" | "hand_edited" | "imported";
}

/** A member of a collection that could not be read; it never disappears from a listing. */
export interface Unreadable {
  id: string;
  path: string;
  error: OhmymktError;
}

export interface Documents {
  /** The validated value, or undefined when the file never existed. Throws `corrupt_document` or `newer_version`. */
  read<T>(document: Document<T>): Promise<T | undefined>;
  /** As `read`, with hash, revision and origin. */
  revision<T>(document: Document<T>): Promise<Revision<T> | undefined>;
  /** Validates and replaces the file; the old revision stays in the ledger. Refuses to replace an unreadable file. */
  write<T>(document: Document<T>, value: T, note?: { reason?: string; evidence?: unknown }): Promise<Revision<T>>;
  /** Every member, readable or not, including files that vanished; sorted by id. */
  list<T>(collection: Collection<T>): Promise<{ readable: Revision<T>[]; unreadable: Unreadable[] }>;
  /** Earlier contents of a path, newest first. */
  history(path: string): Promise<{ hash: string; at: string; seq: number; content: string }[]>;
  /** Puts an earlier content back (default: the last valid one), whatever the file holds now. */
  restore<T>(document: Document<T>, hash?: string): Promise<Revision<T>>;
}

export interface Artifacts {
  read(path: string): Promise<string | undefined>;
  /** Writes a whole text file atomically, path relative to `.ohmymkt/`; its hash and content go to the ledger. */
  write(path: string, content: string): Promise<{ path: string; hash: string }>;
  exists(path: string): Promise<boolean>;
  list(folder: string): Promise<string[]>;
}

export interface Tasks {
  /** Creates rows; an id that exists already is left as it is and not counted (effects are idempotent by id). */
  create(tasks: readonly NewTask[]): Promise<Task[]>;
  get(id: string): Promise<Task | undefined>;
  list(filter?: { status?: readonly TaskStatus[]; owner?: string; module?: string; limit?: number; offset?: number }): Promise<Task[]>;
  count(): Promise<Record<TaskStatus, number>>;
  /** Moves a task along the transition table; throws `not_found` or `invalid_transition`. */
  transition(id: string, to: TaskStatus, fields?: { result?: string; error?: string; metadata?: Record<string, unknown> }): Promise<Task>;
}

export interface Jobs {
  /** A queued row with a fresh id. */
  create(job: NewJob): Promise<Job>;
  get(id: string): Promise<Job | undefined>;
  /** Oldest first. `session` finds jobs started in it or below it; `untold` and `unread` find ended ones only. */
  list(filter?: { state?: readonly JobState[]; session?: string; child?: string; untold?: boolean; unread?: boolean; limit?: number; offset?: number }): Promise<Job[]>;
  /** Moves a job along the transition table; throws `not_found` or `invalid_transition`. */
  transition(id: string, to: JobState, end?: JobEnd): Promise<Job>;
  /** Writes down who looks after it, or which session it runs in. */
  assign(id: string, change: { owner?: JobOwner; child_session?: string }): Promise<Job>;
  /** Writes down that its end was told or read; the first time stays. Throws `invalid_transition` before its end. */
  mark(id: string, what: "notified" | "read"): Promise<Job>;
}

export interface Observations {
  append(observations: readonly Omit<Observation, "id" | "recorded_at" | "actor">[]): Promise<Observation[]>;
  /** In order of `observed_at`, then of recording. Bounds are ISO instants, both inclusive. */
  list(filter: { track?: string; metric?: string; from?: string; to?: string }): Promise<Observation[]>;
}

export interface Approvals {
  /** The pending row for this subject, made when there is none. */
  request(request: { kind: ApprovalKind; subject: unknown; summary: string }): Promise<Approval>;
  /** The approved, unused, unlapsed row for exactly this subject. */
  granted(kind: ApprovalKind, subject: unknown): Promise<Approval | undefined>;
  decide(id: string, decision: { approved: boolean; how: DecidedHow; reason?: string }): Promise<Approval>;
  /** Spends an approved row; throws `stale` when it was used or has lapsed. */
  use(id: string): Promise<Approval>;
  list(filter?: { status?: Approval["status"] }): Promise<Approval[]>;
  get(id: string): Promise<Approval | undefined>;
}

export interface Ledger {
  append(event: LedgerEvent): Promise<LedgerRow>;
  /** The newest row of this kind and subject. */
  latest(kind: string, subject: string): Promise<LedgerRow | undefined>;
  /** Newest first; `kind` may end in `*`. */
  list(filter?: { kind?: string; subject?: string; from?: string; to?: string; limit?: number; offset?: number }): Promise<LedgerRow[]>;
  head(): Promise<{ seq: number; hash: string }>;
  /** Walks the whole chain; `expected` is a head that was kept elsewhere and must still be part of it. */
  verify(expected?: { seq: number; hash: string }): Promise<ChainCheck>;
}

/** One atomic unit of work: either all of it is durable when `Store.transaction` returns, or nothing happened. */
export interface Transaction {
  /** The transaction's time, ISO 8601 UTC with milliseconds. */
  readonly now: string;
  documents: Documents;
  artifacts: Artifacts;
  tasks: Tasks;
  jobs: Jobs;
  observations: Observations;
  approvals: Approvals;
  ledger: Ledger;
}

export interface Store {
  /** Whether this project has any state yet; reads nothing else and writes nothing. */
  exists(): Promise<boolean>;
  /** Runs `work` under the project's lock. `work` awaits only the transaction: never a person, a network or another transaction. */
  transaction<T>(cause: Cause, work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
