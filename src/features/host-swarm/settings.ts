import type { RetryPolicy } from "../tasks/retry.ts";

/** What one task may use up before its session is stopped. */
export interface TaskLimits {
  /** Of work; waiting for a person does not count. */
  minutes: number;
  /** Of all turns together, as the host counts them; looked at with each heartbeat. */
  tokens: number;
  /** Of all turns together; looked at with each heartbeat. */
  toolCalls: number;
}

/** Settings of the swarm in the host. */
export interface SwarmSettings {
  /** Sessions at a time in this run of the host. */
  maxConcurrency: number;
  limits: TaskLimits;
  /** How long a claim lasts without a sign of life, in milliseconds; signs come at a third of it. */
  leaseMs: number;
  retry: RetryPolicy;
}

/** More sessions at a time than this are not started, whatever is asked for. */
export const MOST_SESSIONS = 10;
