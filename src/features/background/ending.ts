import type { JobEnd, JobState } from "../../lib/jobs.ts";
import type { SessionOutcome, SessionStatus } from "./session-runner.ts";

/** A terminal state with what it leaves behind. */
export interface Ending {
  to: Exclude<JobState, "queued" | "running">;
  end: JobEnd;
}

/** Longest result that is kept, in characters; the session itself has the rest. */
export const MAX_RESULT = 100_000;

/** How a job ends whose session has no running turn any more. */
export function endingOf(status: SessionStatus, outcome: SessionOutcome | undefined): Ending {
  if (status === "gone" || outcome === undefined) {
    return { to: "lost", end: { error: "its session does not exist any more" } };
  }
  const { finished, text, error, tokens } = outcome;
  const kept = { tokens, ...(text === "" ? {} : { result: text.slice(0, MAX_RESULT) }) };
  if (error?.aborted === true) return { to: "cancelled", end: { ...kept, error: "its session was stopped" } };
  if (error) return { to: "failed", end: { ...kept, error: error.message } };
  if (!finished)
    return {
      to: "lost",
      end: { ...kept, error: "its turn was cut off, as when the host ends; what it did so far is in its session" },
    };
  return { to: "completed", end: kept };
}

export const LATE = (minutes: number): Ending => ({
  to: "failed",
  end: { error: `stopped after ${minutes} minutes, the limit for a job (background.minutes in .ohmymkt/config.json)` },
});

export const NEVER_STARTED: Ending = {
  to: "failed",
  end: { error: "the host ended before it could start; start it again if it is still wanted" },
};

export const LOST_AT_START: Ending = { to: "lost", end: { error: "the host ended while it was being started" } };

export const ROOT_DELETED = "the session that it was for was deleted";

export function cancelledBy(reason: string): Ending {
  return { to: "cancelled", end: { error: reason } };
}

export function notStarted(error: unknown): Ending {
  return {
    to: "failed",
    end: { error: `it could not be started: ${error instanceof Error ? error.message : String(error)}` },
  };
}
