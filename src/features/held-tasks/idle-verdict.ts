/** What is known of an agent at the moment when its session has no running turn any more. */
export interface IdleAgent {
  /** How its last turn ended: by itself, by a person who stopped it, or with an error. */
  ended: "finished" | "stopped" | "failed";
  /** A question or a permission request of its session is open, or the next word is a person's anyway. */
  waitsForPerson: boolean;
  /** How often it was reminded of the task that it holds. */
  reminders: number;
  /** Whether it used a tool since the last reminder. */
  progressed: boolean;
}

export type IdleVerdict = "nothing" | "remind" | "requeue";

/** However much it progresses in between, an agent is reminded of one task at most so often. */
export const MAX_REMINDERS = 3;

/**
 * What to do about an agent that went idle while it holds a task: it is reminded, never while it waits for a person;
 * without progress after a reminder, after too many of them, or when it was stopped or broke down, its task goes back to the pool.
 */
export function judgeIdle({ ended, waitsForPerson, reminders, progressed }: IdleAgent): IdleVerdict {
  if (waitsForPerson) return "nothing";
  if (ended !== "finished") return "requeue";
  if (reminders === 0) return "remind";
  return progressed && reminders < MAX_REMINDERS ? "remind" : "requeue";
}

/** What the agent is told; `left` counts the reminders after this one. */
export function reminderText(tasks: readonly { id: string; token: string }[], left: number): string {
  const held = tasks.map(({ id, token }) => `${id} (token ${token})`).join(", ");
  const end = left > 0 ? "Without progress" : "This is the last reminder: otherwise";
  return `You hold ${held} and have stopped (this message is from ohmymkt, not from the person). Finish with ohmymkt_task_update (completed with a result for each criterion, or failed with the reason), give it back with status pending, or go on working. ${end} it goes back to the pool.`;
}
