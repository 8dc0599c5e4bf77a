import type { Task } from "./tasks.ts";

/** A task that will not come to its end by itself, why, and what to do. */
export interface Attention {
  id: string;
  title: string;
  owner: string;
  kind: "stale" | "waiting" | "orphaned" | "overdue" | "unclaimed";
  why: string;
  suggestion: string;
}

/** From when on a silence is worth a look, in milliseconds. */
export interface AttentionLimits {
  /** An active task without a sign of life. */
  staleMs: number;
  /** A ready task that nobody takes. */
  unclaimedMs: number;
}

export const ATTENTION_LIMITS: AttentionLimits = { staleMs: 15 * 60_000, unclaimedMs: 7 * 24 * 3_600_000 };

/** What is wrong with an unfinished task, if anything; `cause` is the failed or cancelled task that it waits for, directly or not. */
export function attentionFor(
  task: Task,
  cause: string | undefined,
  now: string,
  limits: AttentionLimits,
): Attention | undefined {
  const { id, title, owner } = task;
  const told = (kind: Attention["kind"], why: string, suggestion: string): Attention => ({
    id,
    title,
    owner,
    kind,
    why,
    suggestion,
  });
  const silent = Date.parse(now) - Date.parse(task.updated_at);
  const active = task.status === "claimed" || task.status === "in_progress";
  if (cause !== undefined) {
    return told(
      "orphaned",
      `waits for ${cause}, which failed or was cancelled`,
      `create the work of ${cause} again and let ${id} wait for that, take the dependency off, or cancel ${id}`,
    );
  }
  if (active && task.waiting_for !== undefined)
    return told("waiting", `waits for ${task.waiting_for}`, `answer ${task.waiting_for}; the task goes on by itself`);
  if (active && silent > limits.staleMs) {
    const lease =
      task.lease_expires_at === undefined ? "holds it without a lease" : `has a lease until ${task.lease_expires_at}`;
    return told(
      "stale",
      `no sign of life for ${minutes(silent)}; ${task.assigned_agent ?? "its agent"} ${lease}`,
      "look at the worker; if it is gone, requeue the task",
    );
  }
  if (task.due_date !== undefined && task.due_date < now.slice(0, 10))
    return told("overdue", `was due on ${task.due_date}`, "do it next, or agree on a new date");
  if (!active && task.not_before === undefined && task.blocked_by.length === 0 && silent > limits.unclaimedMs) {
    return told("unclaimed", `ready for ${minutes(silent)} and nobody took it`, "give it to its owner, or cancel it");
  }
  return undefined;
}

function minutes(ms: number): string {
  const total = Math.round(ms / 60_000);
  if (total < 120) return `${total} minutes`;
  return total < 48 * 60 ? `${Math.round(total / 60)} hours` : `${Math.round(total / 1440)} days`;
}
