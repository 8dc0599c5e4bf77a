import { z } from "zod";
import { OhmymktError } from "../../errors.ts";
import { ATTENTION_LIMITS } from "../../lib/task-attention.ts";
import { type Backoff, DEFAULT_MAX_ATTEMPTS, leaseToken, parseLeaseToken, retryDelayMs } from "../../lib/task-lease.ts";
import { CriterionResult, NewTask, type Task, TaskPriority } from "../../lib/tasks.ts";
import type { ClaimedTask, Outcome, TaskFilter, Tasks } from "../store.ts";
import type { Context } from "./context.ts";
import { firstIssue } from "./issues.ts";
import { archivedTask, archiveTasks, removeTask } from "./pool/archive.ts";
import { attentionList } from "./pool/attention.ts";
import { claimById, claimNext, claimTexts } from "./pool/claim.ts";
import { addBlockers, noTask, removeBlockers } from "./pool/edges.ts";
import { complete, fail, type Lease, requeue, type RetryPolicy, waitersOf } from "./pool/finish.ts";
import { heartbeat } from "./pool/heartbeat.ts";
import { insertTasks, type NewRow } from "./pool/insert.ts";
import { moveTask } from "./pool/move.ts";
import { SELECT_TASK, type StoredTask, TASK_COLUMNS, taskFromStored } from "./pool/rows.ts";
import { poolStats } from "./pool/stats.ts";
import { sweep } from "./pool/sweep.ts";
import { page, Where } from "./where.ts";

const CLAIM = claimTexts(`attempt, ${TASK_COLUMNS}`);
const Results = z.array(CriterionResult);

/** What the pool needs of an open transaction: nothing of its files. */
export type TaskContext = Pick<Context, "sql" | "now" | "nowMs" | "randomId">;

export function createTasks(context: TaskContext): Tasks {
  const { sql, now, nowMs } = context;
  const get = (id: string): Task => existing(context, id);
  return {
    create: async (tasks) =>
      insertTasks(
        sql,
        tasks.map((task) => newRow(context, task)),
        nowMs,
      ).map(({ id }) => get(id)),
    get: async (id) => find(context, id) ?? archivedTask(sql, id),
    list: async (filter = {}) => list(context, filter),
    count: async () => poolStats(sql).counts,
    stats: async () => poolStats(sql),
    transition: async (id, to, fields = {}) => {
      moveTask(
        sql,
        id,
        to,
        { ...fields, results: checked(fields.results), metadata: fields.metadata && JSON.stringify(fields.metadata) },
        nowMs,
      );
      return get(id);
    },
    annotate: async (id, metadata) => {
      if (
        sql.run(`UPDATE tasks SET metadata = ?, updated_at = ? WHERE id = ?`, JSON.stringify(metadata), nowMs, id) === 0
      )
        throw noTask(id);
      return get(id);
    },
    claim: async (request) => claim(context, request),
    heartbeat: async (id, token, beat) => {
      heartbeat(sql, lease(id, token), { ...beat, metadata: beat.metadata && JSON.stringify(beat.metadata) }, nowMs);
      return get(id);
    },
    finish: async (id, token, outcome) => finish(context, lease(id, token), outcome),
    requeue: async (id, token, { reason, countAttempt = true }) => {
      requeue(sql, lease(id, token), { reason, fault: countAttempt }, nowMs);
      return get(id);
    },
    addBlockers: async (id, blockers) => {
      addBlockers(sql, id, blockers, nowMs);
      return get(id);
    },
    removeBlockers: async (id, blockers) => {
      removeBlockers(sql, id, blockers, nowMs);
      return get(id);
    },
    remove: async (id) => removeTask(sql, id),
    reap: async () => sweep(sql, nowMs),
    archive: async ({ before }) => archiveTasks(sql, Date.parse(before), nowMs),
    attention: async (limits) => attentionList(sql, now, { ...ATTENTION_LIMITS, ...limits }),
  };
}

function find({ sql }: TaskContext, id: string): Task | undefined {
  const row = sql.get<StoredTask>(`${SELECT_TASK} WHERE id = ?`, id);
  return row && taskFromStored(row);
}

function existing(context: TaskContext, id: string): Task {
  const task = find(context, id);
  if (task === undefined) throw noTask(id);
  return task;
}

function lease(id: string, token: string): Lease {
  return { id, ...parseLeaseToken(token) };
}

function list({ sql }: TaskContext, filter: TaskFilter): Task[] {
  const where = new Where();
  if (filter.status !== undefined)
    where.and(`status IN(SELECT value FROM json_each(?))`, JSON.stringify(filter.status));
  where.equal("owner", filter.owner);
  where.equal("module", filter.module);
  where.equal("campaign", filter.campaign);
  where.equal("assigned_agent", filter.agent);
  if (filter.ready === true) where.and(`status = 'pending' AND blockers = 0 AND run_at IS NULL`);
  const order = filter.ready === true ? "priority DESC, seq" : "seq";
  return sql
    .all<StoredTask>(
      `${SELECT_TASK} ${where.text} ORDER BY ${order} LIMIT ? OFFSET ?`,
      ...where.params,
      ...page(filter),
    )
    .map(taskFromStored);
}

/** Expired leases and due retries go back first, so that a claim never overlooks what is free by now. */
function claim(context: TaskContext, { id, ...request }: Parameters<Tasks["claim"]>[0]): ClaimedTask | undefined {
  const { sql, nowMs } = context;
  if (request.agent.trim() === "")
    throw new OhmymktError("invalid_arguments", "agent: expected the name of who claims, got an empty text", {
      hint: "name the agent",
    });
  sweep(sql, nowMs);
  type Row = StoredTask & { attempt: number };
  const row =
    id === undefined ? claimNext<Row>(sql, CLAIM, request, nowMs) : claimById<Row>(sql, CLAIM, id, request, nowMs);
  return row && { task: taskFromStored(row), token: leaseToken({ attempt: row.attempt, agent: request.agent }) };
}

function finish(context: TaskContext, held: Lease, outcome: Outcome): Awaited<ReturnType<Tasks["finish"]>> {
  const { sql, nowMs } = context;
  let ready: string[] = [];
  if (outcome.status === "completed") {
    const { result, metadata } = outcome;
    ready = complete(
      sql,
      held,
      { result, results: checked(outcome.results), metadata: metadata && JSON.stringify(metadata) },
      nowMs,
    );
  } else {
    fail(sql, held, outcome.error, outcome.retry && retryPolicy(outcome.retry), nowMs);
  }
  const task = existing(context, held.id);
  const next = outcome.next === undefined ? undefined : claim(context, outcome.next);
  return {
    task,
    ready,
    stuck: task.status === "failed" ? waitersOf(sql, held.id) : [],
    ...(next === undefined ? {} : { next }),
  };
}

function retryPolicy({
  maxAttempts = DEFAULT_MAX_ATTEMPTS,
  backoff,
}: {
  maxAttempts?: number | undefined;
  backoff?: Backoff | undefined;
}): RetryPolicy {
  return { maxAttempts, delayMs: (attempts) => retryDelayMs(attempts, backoff) };
}

function checked(results: readonly CriterionResult[] | undefined): CriterionResult[] | undefined {
  return results === undefined ? undefined : parse(Results, results, "results");
}

function newRow({ randomId }: TaskContext, given: NewTask): NewRow {
  const task = parse(NewTask, given, "task");
  return {
    id: task.id ?? `task-${randomId()}`,
    fresh: task.id === undefined,
    title: task.title,
    description: task.description ?? "",
    priority: task.priority ?? TaskPriority.MEDIUM,
    blockedBy: task.blocked_by ?? [],
    owner: task.owner,
    metadata: JSON.stringify(task.metadata ?? {}),
    agent: task.assigned_agent,
    maxAttempts: task.max_attempts,
    module: task.module,
    objective: task.objective,
    type: task.type,
    criteria: JSON.stringify(task.acceptance_criteria),
    artifacts: JSON.stringify(task.artifacts ?? []),
    track: task.track,
    campaign: task.campaign,
    plan: task.plan,
    dueDate: task.due_date,
    kpiImpact: task.kpi_impact,
    rollbackCondition: task.rollback_condition,
  };
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new OhmymktError("invalid_arguments", `${what}: ${firstIssue(result.error).problem}`, {
    hint: "correct the named field and repeat the call; nothing was changed",
  });
}
