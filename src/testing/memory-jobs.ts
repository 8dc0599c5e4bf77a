import { OhmymktError } from "../errors.ts";
import { assertJobTransition, isEnded, Job } from "../lib/jobs.ts";
import type { Jobs } from "../store/store.ts";
import type { Scene } from "./memory-state.ts";

export function memoryJobs({ state, now, randomId }: Scene): Jobs {
  const existing = (id: string): Job => {
    const job = state.jobs.get(id);
    if (job) return job;
    throw new OhmymktError("not_found", `there is no job ${JSON.stringify(id)}`);
  };
  const keep = (job: Job): Job => {
    state.jobs.set(job.id, job);
    return job;
  };
  return {
    create: async (given) => {
      const checked = Job.safeParse({ ...given, id: `job-${randomId()}`, state: "queued", created_at: now });
      if (!checked.success)
        throw new OhmymktError(
          "invalid_arguments",
          `job: ${checked.error.issues[0]?.path.join(".")}: ${checked.error.message}`,
        );
      return keep(checked.data);
    },
    get: async (id) => state.jobs.get(id),
    list: async ({ state: states, session, child, agent, untold, unread, limit, offset = 0 } = {}) => {
      const fits = [...state.jobs.values()].filter(
        (job) =>
          (!states || states.includes(job.state)) &&
          (!session || job.root_session === session || job.parent_session === session) &&
          (!child || job.child_session === child) &&
          (!agent || job.agent === agent) &&
          (untold !== true || (isEnded(job) && job.notified_at === undefined)) &&
          (unread !== true || (isEnded(job) && job.read_at === undefined)),
      );
      return fits.slice(offset, limit === undefined ? undefined : offset + limit);
    },
    transition: async (id, to, end = {}) => {
      const job = existing(id);
      assertJobTransition(id, job.state, to);
      const started = to === "running" ? { started_at: now } : {};
      const finished = isEnded({ state: to }) ? { finished_at: now } : {};
      return keep({ ...job, ...started, ...finished, ...end, state: to });
    },
    assign: async (id, change) => keep({ ...existing(id), ...change }),
    mark: async (id, what) => {
      const job = existing(id);
      if (!isEnded(job))
        throw new OhmymktError("invalid_transition", `job ${id} is ${job.state}; only an ended job can be ${what}`);
      return keep(
        what === "notified" ? { ...job, notified_at: job.notified_at ?? now } : { ...job, read_at: job.read_at ?? now },
      );
    },
  };
}
