import type { Actor } from "../lib/actor.ts";
import type { Approval, ApprovalKind, DecidedHow } from "../lib/approvals.ts";
import type { Collection, Document } from "../lib/documents.ts";
import type { Job, JobEnd, JobOwner, JobState, NewJob } from "../lib/jobs.ts";
import type { ChainCheck, LedgerEvent, LedgerHead, LedgerRow } from "../lib/ledger.ts";
import type { Attention, AttentionLimits } from "../lib/task-attention.ts";
import type { Backoff } from "../lib/task-lease.ts";
import type { CriterionResult, NewTask, Task, TaskStatus } from "../lib/tasks.ts";
import type { OhmymktError } from "../errors.ts";
import type { Observations } from "./observations.ts";
import type { Outbox, PaidCalls } from "./outbox.ts";
import type { ProjectFile } from "./project-file.ts";

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

/** Which tasks to list; in order of creation, or with `ready` in the order in which they would be claimed. */
export interface TaskFilter {
  status?: readonly TaskStatus[] | undefined;
  owner?: string | undefined;
  module?: string | undefined;
  campaign?: string | undefined;
  agent?: string | undefined;
  /** Only pending tasks that nothing blocks or delays. */
  ready?: boolean | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
}

/** A claim: the next ready task, or with `id` that one. The lease lasts `leaseMs` after each heartbeat. */
export interface ClaimRequest {
  agent: string;
  leaseMs: number;
  owner?: string | undefined;
  id?: string | undefined;
  pausedModules?: readonly string[] | undefined;
}

/** A task and the token that every later write of its worker needs. */
export interface ClaimedTask {
  task: Task;
  token: string;
}

/** A sign of life; what is left out stays as it is. */
export interface Heartbeat {
  leaseMs: number;
  /** The work has begun: claimed becomes in_progress. */
  start?: boolean | undefined;
  checkpoint?: string | undefined;
  /** What the task waits for, so that nobody takes it for stuck; null when the wait is over. Give it a lease as long as the wait may last. */
  waitingFor?: string | null | undefined;
  metadata?: Record<string, unknown> | undefined;
}

/** How a claim ended; with `next` the same transaction claims again. */
export type Outcome =
  | {
      status: "completed";
      result?: string | undefined;
      /** One for each acceptance criterion. */
      results?: readonly CriterionResult[] | undefined;
      metadata?: Record<string, unknown> | undefined;
      next?: ClaimRequest | undefined;
    }
  | {
      status: "failed";
      error: string;
      /** Tries again after a growing pause while attempts are left: the task's own `max_attempts`, else `maxAttempts`, else 3. Left out: final at once. */
      retry?: { maxAttempts?: number | undefined; backoff?: Backoff | undefined } | undefined;
      next?: ClaimRequest | undefined;
    };

export interface Finished {
  /** As it stands now; after a failure with attempts left it is pending. */
  task: Task;
  /** Ids of the tasks that became ready. */
  ready: string[];
  /** Ids of the tasks that wait for this one, which failed for good. */
  stuck: string[];
  next?: ClaimedTask;
}

/** How many tasks there are in each state; `ready`, `blocked` and `delayed` (a retry's pause) divide the pending ones. */
export interface TaskStats {
  counts: Record<TaskStatus, number>;
  total: number;
  ready: number;
  blocked: number;
  delayed: number;
}

/** The task pool. Every refusal changes nothing. */
export interface Tasks {
  /** Creates rows in this order; an id that exists already, archived ones included, is left as it is and not returned (effects are idempotent by id). Throws `invalid_arguments`, also for unknown blockers and circles. */
  create(tasks: readonly NewTask[]): Promise<Task[]>;
  /** Archived tasks included. */
  get(id: string): Promise<Task | undefined>;
  list(filter?: TaskFilter): Promise<Task[]>;
  count(): Promise<Record<TaskStatus, number>>;
  stats(): Promise<TaskStats>;
  /**
   * Moves a task along the transition table without a token: for rules and people, not for workers. Back to pending counts no attempt;
   * pending → claimed or in_progress is a claim (without `leaseMs` it never expires). Throws `not_found`, `invalid_transition`, or `invalid_arguments` when a completion lacks the result of a criterion.
   */
  transition(
    id: string,
    to: TaskStatus,
    fields?: {
      agent?: string;
      leaseMs?: number;
      result?: string;
      results?: readonly CriterionResult[];
      error?: string;
      metadata?: Record<string, unknown>;
    },
  ): Promise<Task>;
  /** Replaces the metadata, whoever holds the task. */
  annotate(id: string, metadata: Record<string, unknown>): Promise<Task>;
  /** Undefined when nothing is ready. With an `id` throws `not_found`, `invalid_transition` or `not_allowed` with the reason. */
  claim(request: ClaimRequest): Promise<ClaimedTask | undefined>;
  /** Throws `stale` when the claim no longer holds the task. */
  heartbeat(id: string, token: string, beat: Heartbeat): Promise<Task>;
  /** Throws `stale`, or `invalid_arguments` when a criterion has no result. */
  finish(id: string, token: string, outcome: Outcome): Promise<Finished>;
  /** Gives a claim back at once; an attempt is counted unless `countAttempt` is false, and the last one fails. Throws `stale`. */
  requeue(id: string, token: string, given: { reason: string; countAttempt?: boolean }): Promise<Task>;
  /** Makes a pending task wait for more tasks. Throws `invalid_arguments` for a circle or an unknown id, `invalid_transition` when it is not pending. */
  addBlockers(id: string, blockers: readonly string[]): Promise<Task>;
  removeBlockers(id: string, blockers: readonly string[]): Promise<Task>;
  /** Throws `not_found`, or `invalid_transition` while an unfinished task waits for it. */
  remove(id: string): Promise<void>;
  /** Returns expired leases and due retries to the pool; every claim does so first. */
  reap(): Promise<{ returned: string[]; failed: string[] }>;
  /** Moves tasks that were finished before this ISO time out of the pool, except those that unfinished ones wait for; how many. */
  archive(options: { before: string }): Promise<number>;
  /** Stale, waiting, orphaned, overdue and unclaimed tasks, each with a suggestion. */
  attention(limits?: Partial<AttentionLimits>): Promise<Attention[]>;
}

export interface Jobs {
  /** A queued row with a fresh id. */
  create(job: NewJob): Promise<Job>;
  get(id: string): Promise<Job | undefined>;
  /** Oldest first. `session` finds jobs started in it or below it; `untold` and `unread` find ended ones only. */
  list(filter?: {
    state?: readonly JobState[];
    session?: string;
    child?: string;
    agent?: string;
    untold?: boolean;
    unread?: boolean;
    limit?: number;
    offset?: number;
  }): Promise<Job[]>;
  /** Moves a job along the transition table; throws `not_found` or `invalid_transition`. */
  transition(id: string, to: JobState, end?: JobEnd): Promise<Job>;
  /** Writes down who looks after it, or which session it runs in. */
  assign(id: string, change: { owner?: JobOwner; child_session?: string }): Promise<Job>;
  /** Writes down that its end was told or read; the first time stays. Throws `invalid_transition` before its end. */
  mark(id: string, what: "notified" | "read"): Promise<Job>;
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
  list(filter?: {
    kind?: string;
    subject?: string;
    from?: string;
    to?: string;
    limit?: number;
    offset?: number;
  }): Promise<LedgerRow[]>;
  head(): Promise<{ seq: number; hash: string }>;
  /** Walks the whole chain; `expected` are heads that were kept elsewhere and must still be part of it. */
  verify(expected?: readonly LedgerHead[]): Promise<ChainCheck>;
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
  outbox: Outbox;
  paidCalls: PaidCalls;
  ledger: Ledger;
}

/** A generated file that is complete on disk. */
export interface SavedMedia {
  /** Relative to the project, with forward slashes. */
  path: string;
  /** SHA-256 of its bytes. */
  hash: string;
  /** Bytes. */
  size: number;
}

export interface TransactionOptions {
  /**
   * What the work survives when `transaction` returns: `power` (the default) also a power loss; `process` only the end of every process,
   * which is enough, and much cheaper, for claims and heartbeats: after a power loss their workers are gone as well.
   */
  survives?: "power" | "process" | undefined;
}

export interface Store {
  /** Whether this project has any state yet; reads nothing else and writes nothing. */
  exists(): Promise<boolean>;
  /** Runs `work` under the project's lock. `work` awaits only the transaction: never a person, a network or another transaction. */
  transaction<T>(cause: Cause, work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** A file of the project that a person or agent named. Throws `not_found`, or `not_allowed` for one outside of the project. */
  file(path: string): Promise<ProjectFile>;
  /** A text file of the project outside `.ohmymkt/` and of hidden folders, such as a feed; undefined when there is none. Throws `not_allowed`. */
  readText(path: string): Promise<string | undefined>;
  /** Replaces such a file as a whole, or makes it, under the project's lock: `change` gets what is there now, and undefined leaves it so. Throws `not_allowed`, `storage` or what `change` throws. */
  updateText(path: string, change: (current: string | undefined) => string | undefined): Promise<void>;
  /**
   * Keeps a generated file below `.ohmymkt/assets/`, under a name made of `name` and its hash, so that nothing is ever replaced. `content` is the bytes,
   * or writes them to the path it is given; the file appears whole and durable, or not at all.
   */
  saveMedia(
    folder: "images" | "videos",
    name: string,
    extension: string,
    content: Uint8Array | ((path: string) => Promise<void>),
  ): Promise<SavedMedia>;
  close(): Promise<void>;
}
