import type { Config } from "../../config.ts";
import type { Backoff } from "../../lib/task-lease.ts";

/** How failed tasks are tried again; a task's own `max_attempts` goes before `maxAttempts`. */
export interface RetryPolicy {
  maxAttempts: number;
  backoff: Backoff;
}

export function retryPolicy({ max_attempts, backoff_seconds, backoff_limit_seconds }: Config["tasks"]): RetryPolicy {
  return {
    maxAttempts: max_attempts,
    backoff: { baseMs: backoff_seconds * 1000, maxMs: backoff_limit_seconds * 1000 },
  };
}
