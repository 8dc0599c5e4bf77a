import type { ClaimedTask } from "../../store/store.ts";
import type { RetryPolicy } from "../tasks/retry.ts";
import type { TaskLimits } from "./settings.ts";

/** How far a worker is; it writes this itself. */
export interface WorkerProgress {
  session: string | undefined;
  waits: boolean;
  /** As of the last heartbeat. */
  tokens: number;
  /** As of the last heartbeat. */
  toolCalls: number;
  /** When a heartbeat last found something new in the session, in epoch milliseconds. */
  newsAt: number;
}

/** One claimed task with all that bounds it. `stop` fires with the reason to give the task back. */
export interface Assignment {
  claim: ClaimedTask;
  root: string;
  limits: TaskLimits;
  leaseMs: number;
  retry: RetryPolicy;
  stop: AbortSignal;
  progress: WorkerProgress;
}

/** How a worker ended. `blocked` is back in the pool, but needs something from outside first; `over` is the end of this run of the host, which writes nothing. */
export type WorkerEnd =
  | { is: "completed"; text: string }
  | { is: "retried" | "failed" | "requeued" | "blocked" | "lost"; text: string }
  | { is: "over" };
