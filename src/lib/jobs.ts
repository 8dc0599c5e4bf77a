import { z } from "zod";
import { OhmymktError } from "../errors.ts";

/** From → to. The last four are terminal and never left; `lost` is work whose session nobody can ask any more. */
export const JOB_TRANSITIONS = {
  queued: ["running", "failed", "cancelled"],
  running: ["completed", "failed", "cancelled", "lost"],
  completed: [],
  failed: [],
  cancelled: [],
  lost: [],
} as const satisfies Record<string, readonly string[]>;
export type JobState = keyof typeof JOB_TRANSITIONS;
export const JOB_STATES = ["queued", "running", "completed", "failed", "cancelled", "lost"] as const;
export const OPEN_STATES = ["queued", "running"] as const satisfies readonly JobState[];
export const ENDED_STATES = ["completed", "failed", "cancelled", "lost"] as const satisfies readonly JobState[];

/** The run of a host that looks after a job: its process and a name that no other run has. */
export const JobOwner = z.strictObject({ pid: z.int(), boot: z.string().min(1) });
export type JobOwner = z.infer<typeof JobOwner>;

/** Background work of an agent in a session of its own. Times are ISO 8601; `tokens` counts those of all its turns. */
export const Job = z.strictObject({
  id: z.string().min(1),
  /** The session that started it, and the agent there. */
  parent_session: z.string().min(1),
  parent_agent: z.string().min(1),
  /** The session at the top of the parent's line, where a person sits; the same as the parent for most jobs. */
  root_session: z.string().min(1),
  child_session: z.string().optional(),
  agent: z.string().min(1),
  title: z.string().min(1),
  prompt: z.string().min(1),
  state: z.enum(JOB_STATES),
  result: z.string().optional(),
  error: z.string().optional(),
  tokens: z.int().optional(),
  owner: JobOwner,
  created_at: z.string(),
  started_at: z.string().optional(),
  finished_at: z.string().optional(),
  /** When its end was told to the session above. */
  notified_at: z.string().optional(),
  /** When the session that started it read its result. */
  read_at: z.string().optional(),
});
export type Job = z.infer<typeof Job>;

/** Stands in the place of the agent in the row of a swarm, which has no session of its own. No agent has the name of a tool. */
export const SWARM_AGENT = "ohmymkt_swarm";

export function isSwarm({ agent }: Pick<Job, "agent">): boolean {
  return agent === SWARM_AGENT;
}

export type NewJob = Pick<
  Job,
  "parent_session" | "parent_agent" | "root_session" | "agent" | "title" | "prompt" | "owner"
>;

/** What its end leaves behind. */
export type JobEnd = Partial<Pick<Job, "result" | "error" | "tokens">>;

export function isEnded({ state }: Pick<Job, "state">): boolean {
  return JOB_TRANSITIONS[state].length === 0;
}

/** Refuses a transition that the table does not have. */
export function assertJobTransition(id: string, from: JobState, to: JobState): void {
  const allowed: readonly string[] = JOB_TRANSITIONS[from];
  if (allowed.includes(to)) return;
  throw new OhmymktError("invalid_transition", `job ${id} is ${from} and cannot become ${to}`, {
    hint:
      allowed.length > 0 ? `from ${from} a job may become ${allowed.join(", ")}` : `${from} is final; start a new job`,
  });
}

/** "finished" for people; the other states are their own words. */
export function stateWord(state: JobState): string {
  return state === "completed" ? "finished" : state;
}

/** The token by which the end of a job is recognised in a session's messages; it never changes once the job has ended. */
export function jobMarker({ id, state }: Pick<Job, "id" | "state">): string {
  return `[${id} ${stateWord(state)}]`;
}
