import {
  assertJobTransition,
  ENDED_STATES,
  isEnded,
  Job,
  type JobEnd,
  type JobState,
  type NewJob,
} from "../../lib/jobs.ts";
import { OhmymktError } from "../../errors.ts";
import type { Jobs } from "../store.ts";
import { type Context, withoutNulls } from "./context.ts";
import { firstIssue } from "./issues.ts";
import { page, Where } from "./where.ts";

interface Stored {
  id: string;
  parent_session: string;
  parent_agent: string;
  root_session: string;
  child_session: string | null;
  agent: string;
  title: string;
  prompt: string;
  state: JobState;
  result: string | null;
  error: string | null;
  tokens: number | null;
  owner_pid: number;
  owner_boot: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  notified_at: string | null;
  read_at: string | null;
}

const SELECT = `SELECT id, parent_session, parent_agent, root_session, child_session, agent, title, prompt, state, result, error, tokens,
  owner_pid, owner_boot, created_at, started_at, finished_at, notified_at, read_at FROM job`;
const ENDED = `state IN(${ENDED_STATES.map((state) => `'${state}'`).join(",")})`;

export function createJobs(context: Context): Jobs {
  const { sql, now } = context;
  return {
    create: async (job) => create(context, job),
    get: async (id) => get(context, id),
    list: async (filter = {}) => {
      const where = new Where();
      if (filter.state !== undefined)
        where.and(`state IN(SELECT value FROM json_each(?))`, JSON.stringify(filter.state));
      if (filter.session !== undefined)
        where.and(`(root_session = ? OR parent_session = ?)`, filter.session, filter.session);
      where.equal("child_session", filter.child);
      where.equal("agent", filter.agent);
      if (filter.untold === true) where.and(`notified_at IS NULL AND ${ENDED}`);
      if (filter.unread === true) where.and(`read_at IS NULL AND ${ENDED}`);
      return sql
        .all<Stored>(`${SELECT} ${where.text} ORDER BY seq LIMIT ? OFFSET ?`, ...where.params, ...page(filter))
        .map(fromStored);
    },
    transition: async (id, to, end) => transition(context, id, to, end),
    assign: async (id, { owner, child_session }) => {
      existing(context, id);
      if (owner !== undefined)
        sql.run(`UPDATE job SET owner_pid = ?, owner_boot = ? WHERE id = ?`, owner.pid, owner.boot, id);
      if (child_session !== undefined) sql.run(`UPDATE job SET child_session = ? WHERE id = ?`, child_session, id);
      return existing(context, id);
    },
    mark: async (id, what) => {
      const job = existing(context, id);
      if (!isEnded(job))
        throw new OhmymktError("invalid_transition", `job ${id} is ${job.state}; only an ended job can be ${what}`);
      const column = what === "notified" ? "notified_at" : "read_at";
      sql.run(`UPDATE job SET ${column} = ? WHERE id = ? AND ${column} IS NULL`, now, id);
      return existing(context, id);
    },
  };
}

function create(context: Context, given: NewJob): Job {
  const { sql, now, randomId } = context;
  const checked = Job.safeParse(
    { ...given, id: `job-${randomId()}`, state: "queued", created_at: now },
    { reportInput: true },
  );
  if (!checked.success) {
    throw new OhmymktError("invalid_arguments", `job: ${firstIssue(checked.error).problem}`, {
      hint: "correct the named field and repeat the call; nothing was created",
    });
  }
  const job = checked.data;
  sql.run(
    `INSERT INTO job(id, parent_session, parent_agent, root_session, agent, title, prompt, state, owner_pid, owner_boot, created_at) VALUES(?,?,?,?,?,?,?,'queued',?,?,?)`,
    job.id,
    job.parent_session,
    job.parent_agent,
    job.root_session,
    job.agent,
    job.title,
    job.prompt,
    job.owner.pid,
    job.owner.boot,
    now,
  );
  return job;
}

function get({ sql }: Context, id: string): Job | undefined {
  const row = sql.get<Stored>(`${SELECT} WHERE id = ?`, id);
  return row && fromStored(row);
}

function existing(context: Context, id: string): Job {
  const job = get(context, id);
  if (job !== undefined) return job;
  throw new OhmymktError("not_found", `there is no job ${JSON.stringify(id)}`, {
    hint: "use the id that background_task gave",
  });
}

function transition(context: Context, id: string, to: JobState, { result, error, tokens }: JobEnd = {}): Job {
  const { sql, now } = context;
  assertJobTransition(id, existing(context, id).state, to);
  sql.run(
    `UPDATE job SET state = ?, started_at = coalesce(started_at, ?), finished_at = ?, result = coalesce(?, result), error = coalesce(?, error), tokens = coalesce(?, tokens) WHERE id = ?`,
    to,
    to === "running" ? now : null,
    isEnded({ state: to }) ? now : null,
    result ?? null,
    error ?? null,
    tokens ?? null,
    id,
  );
  return existing(context, id);
}

function fromStored(row: Stored): Job {
  const { owner_pid, owner_boot, ...rest } = withoutNulls(row);
  return { ...rest, owner: { pid: owner_pid, boot: owner_boot } };
}
