import type { Backoff } from "../../../lib/task-lease.ts";
import type { CriterionResult, TaskPriority, TaskStatus } from "../../../lib/tasks.ts";

export interface TaskPoolOptions {
  /** How often the live pool extends its leases, in milliseconds; 30 000 by default. */
  heartbeatMs?: number | undefined;
  /** Flush every commit to the disk, to survive a power loss as well; off by default. */
  durable?: boolean | undefined;
  /** How long a call waits for other processes, in milliseconds; 30 000 by default. */
  busyTimeoutMs?: number | undefined;
  /** Take turns with other processes where the platform can; on by default. */
  fair?: boolean | undefined;
  now?: (() => number) | undefined;
  newId?: (() => string) | undefined;
}

export interface PoolFilter {
  status?: TaskStatus | undefined;
  assignedAgent?: string | undefined;
  priority?: TaskPriority | undefined;
  owner?: string | undefined;
  limit?: number | undefined;
}

/** `ready`, `blocked` and `delayed` divide the pending ones. */
export interface PoolTaskStats {
  total: number;
  pending: number;
  claimed: number;
  inProgress: number;
  completed: number;
  failed: number;
  cancelled: number;
  ready: number;
  blocked: number;
  delayed: number;
}

/** Narrows a claim: one task by id, or the next of an owner; tasks of paused modules are left alone. */
export interface ClaimOptions {
  id?: string | undefined;
  owner?: string | undefined;
  pausedModules?: readonly string[] | undefined;
}

/** A completion with evidence, and which task to claim next. */
export interface HandOffOptions extends ClaimOptions {
  results?: readonly CriterionResult[] | undefined;
}

export interface FailOptions {
  /** False makes the failure final. */
  retry?: boolean | undefined;
  /** For a task that names no number itself; 3 by default. */
  maxAttempts?: number | undefined;
  backoff?: Backoff | undefined;
}
