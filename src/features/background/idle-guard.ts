/** What is known of an agent at the moment when its session has no running turn any more. */
export interface IdleAgent {
  /** The task that it claimed and has neither completed nor given back. */
  task: string | undefined;
  /** A question or a permission request of its session is open. */
  waitsForPerson: boolean;
  /** How often it was reminded of this task. */
  reminders: number;
  /** Whether it worked on the task (a call, a heartbeat, a note) since the last reminder. */
  progressed: boolean;
}

export type IdleVerdict = "nothing" | "remind" | "requeue";

/** However much it progresses in between, an agent is reminded of one task at most so often. */
export const MAX_REMINDERS = 3;

/**
 * What to do about an agent that went idle: it is reminded of a task that it holds, never while it waits for a person;
 * without progress after the reminder, or after too many of them, it is stopped and its task goes back to the pool.
 */
export function judgeIdle({ task, waitsForPerson, reminders, progressed }: IdleAgent): IdleVerdict {
  if (task === undefined || waitsForPerson) return "nothing";
  if (reminders === 0) return "remind";
  return progressed && reminders < MAX_REMINDERS ? "remind" : "requeue";
}

/** What the agent is told. */
export function reminderText(task: string, left: number): string {
  return `You hold task ${task} and have stopped. Finish it with ohmymkt_task_update (completed with a result for each criterion, or failed with the reason), or go on working on it. ${left > 0 ? "Without progress" : "This is the last reminder: otherwise"} it goes back to the pool.`;
}
