import { OhmymktError } from "../../errors.ts";
import { sequential } from "../../lib/task-patterns.ts";
import type { TaskPriority } from "../../lib/tasks.ts";
import type { PoolTask, TaskMetadata } from "../../store/local/pool/pool-task.ts";
import type { TaskPool } from "../../store/task-pool.ts";
import type { SwarmAgent } from "./agent.ts";
import { type RunLimits, runTask } from "./run-task.ts";
import { Swarm, type SwarmOptions, type SwarmSummary } from "./swarm.ts";
import { Wake } from "./wake.ts";

/** A task with the agent that shall do it. */
export interface Job {
  title: string;
  description?: string | undefined;
  agent: SwarmAgent;
  priority?: TaskPriority | undefined;
  metadata?: TaskMetadata | undefined;
  maxAttempts?: number | undefined;
}

interface Stage {
  job: Job;
  id?: string;
}

export interface ModeOptions extends RunLimits {
  /** Tasks under way at a time; all by default. */
  maxConcurrency?: number | undefined;
  /** Milliseconds between looks at a task that another process took over; 1 000 by default. */
  pollInterval?: number | undefined;
}

/** The rows as they stand at the end, in the order given. */
export interface ModeResult {
  tasks: PoolTask[];
  /** Whether every one was completed. */
  completed: boolean;
}

/** Agents compete for the tasks of the pool until it is empty. */
export async function swarm(
  pool: TaskPool,
  agents: readonly SwarmAgent[],
  options: SwarmOptions = {},
): Promise<SwarmSummary> {
  const workers = new Swarm(pool);
  for (const agent of agents) workers.registerAgent(agent);
  return workers.start({ stopWhenEmpty: true, ...options });
}

/** Tasks in parallel, each by its own agent. */
export async function ultra(pool: TaskPool, jobs: readonly Job[], options: ModeOptions = {}): Promise<ModeResult> {
  checkJobs(jobs);
  const tasks = pool.createClaimed(jobs.map((job) => ({ ...taskOf(job), agentName: job.agent.name })));
  const queue = jobs.map((job, index) => ({ job, task: rowAt(tasks, index) }));
  const lanes = Math.max(1, Math.min(queue.length, options.maxConcurrency ?? queue.length));
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let entry = queue.shift(); entry !== undefined; entry = queue.shift())
        await runBound(pool, entry.job.agent, entry.task, options);
    }),
  );
  return resultOf(pool, tasks);
}

/** One stage after the other; each gets the result of the one before as `context.previous`. After a stage that failed the rest is cancelled. */
export async function autopilot(
  pool: TaskPool,
  stages: readonly Job[],
  options: ModeOptions = {},
): Promise<ModeResult> {
  checkJobs(stages);
  const linked = sequential(
    stages.map((job): Stage => ({ job })),
    () => pool.newId(),
  );
  const tasks = pool.createClaimed(
    linked.map(({ job, id, blocked_by }) => ({ ...taskOf(job), id, blockedBy: blocked_by, agentName: job.agent.name })),
  );
  let claimed = tasks[0];
  for (const [index, stage] of linked.entries()) {
    const previous = index === 0 ? undefined : pool.getTask(rowAt(tasks, index - 1).id)?.result;
    const following = linked[index + 1];
    const next = following && { id: following.id, worker: following.job.agent.name };
    const context = previous === undefined ? undefined : { previous };
    claimed = await runBound(pool, stage.job.agent, claimed ?? rowAt(tasks, index), options, { context, next });
    if (pool.getTask(stage.id)?.status === "completed") continue;
    for (const later of linked.slice(index + 1))
      pool.cancelTask(later.id, `the stage ${stage.job.title} was not completed`);
    break;
  }
  return resultOf(pool, tasks);
}

/** One task by one agent. */
export async function eco(pool: TaskPool, job: Job, options: ModeOptions = {}): Promise<ModeResult> {
  return ultra(pool, [job], options);
}

/** Runs a task with its own agent until it is finished, retries included; the task claimed next, where one was asked for. */
async function runBound(
  pool: TaskPool,
  agent: SwarmAgent,
  task: PoolTask,
  options: ModeOptions,
  link: { context?: TaskMetadata | undefined; next?: { id: string; worker: string } | undefined } = {},
): Promise<PoolTask | undefined> {
  const wake = new Wake();
  const forget = pool.onWork(() => wake.now());
  const onAbort = (): void => wake.now();
  options.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    for (let held: PoolTask | undefined = task.status === "claimed" ? task : undefined; ;) {
      wake.reset();
      held ??= claimWhenDue(pool, agent, task.id);
      if (held !== undefined) {
        const end = await runTask(pool, { agent, worker: agent.name, task: held, ...link }, options);
        held = undefined;
        if (end.outcome === "completed") return end.next;
      }
      const status = pool.getTask(task.id)?.status;
      if (
        options.signal?.aborted === true ||
        status === undefined ||
        status === "completed" ||
        status === "failed" ||
        status === "cancelled"
      )
        return undefined;
      const { pollInterval = 1000 } = options;
      await wake.wait(Math.max(1, Math.min(pollInterval, pool.msUntilDue() ?? pollInterval)));
    }
  } finally {
    forget();
    options.signal?.removeEventListener("abort", onAbort);
  }
}

/** Undefined while the pause of a retry lasts or somebody else has the task. */
function claimWhenDue(pool: TaskPool, agent: SwarmAgent, id: string): PoolTask | undefined {
  pool.reap();
  const task = pool.getTask(id);
  if (task?.status !== "pending" || task.notBefore !== undefined) return undefined;
  try {
    return pool.claimTask(agent.name, { id }) ?? undefined;
  } catch (error) {
    if (error instanceof OhmymktError && error.code === "invalid_transition") return undefined;
    throw error;
  }
}

function taskOf({ title, description, priority, metadata, maxAttempts }: Job): Omit<Job, "agent"> {
  return { title, description, priority, metadata, maxAttempts };
}

function rowAt(tasks: readonly PoolTask[], index: number): PoolTask {
  const task = tasks[index];
  if (task !== undefined) return task;
  throw new OhmymktError("internal", `expected a row for job ${index + 1}`);
}

function resultOf(pool: TaskPool, tasks: readonly PoolTask[]): ModeResult {
  const now = tasks.map((task) => pool.getTask(task.id) ?? task);
  return { tasks: now, completed: now.every(({ status }) => status === "completed") };
}

function checkJobs(jobs: readonly Job[]): void {
  if (jobs.length === 0)
    throw new OhmymktError("invalid_arguments", "expected at least one task, got none", {
      hint: "give at least one { title, agent }",
    });
  for (const [index, job] of jobs.entries()) {
    if (typeof job.agent?.execute === "function" && typeof job.agent.name === "string") continue;
    throw new OhmymktError(
      "invalid_arguments",
      `task ${index + 1}: expected an agent with a name and a method execute`,
      { hint: "give each task as { title, agent: { name, execute } }" },
    );
  }
}
