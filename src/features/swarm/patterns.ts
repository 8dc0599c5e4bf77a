import { mermaidGraph } from "../../lib/task-graph.ts";
import {
  fanIn as linkFanIn,
  fanOut as linkFanOut,
  type Linked,
  parallel as linkParallel,
  pipeline as linkPipeline,
  sequential as linkSequential,
} from "../../lib/task-patterns.ts";
import type { CreateTaskInput, PoolTask } from "../../store/local/pool/pool-task.ts";
import type { TaskPool } from "../../store/task-pool.ts";

/** What a pattern made: its tasks, those that can start now, and its picture as Mermaid text. */
export interface PatternResult {
  tasks: PoolTask[];
  ready: PoolTask[];
  graph: string;
}

interface Link {
  input: CreateTaskInput;
  id?: string | undefined;
}

const link = (input: CreateTaskInput): Link => ({ input, id: input.id });

/** Each task waits for the one before it. */
export function sequential(pool: TaskPool, tasks: readonly CreateTaskInput[]): PatternResult {
  return create(
    pool,
    linkSequential(tasks.map(link), () => pool.newId()),
  );
}

/** No task waits for another. */
export function parallel(pool: TaskPool, tasks: readonly CreateTaskInput[]): PatternResult {
  return create(
    pool,
    linkParallel(tasks.map(link), () => pool.newId()),
  );
}

/** A large task that waits until all of its parts are completed; it comes first. */
export function fanOut(pool: TaskPool, whole: CreateTaskInput, parts: readonly CreateTaskInput[]): PatternResult {
  return create(
    pool,
    linkFanOut(link(whole), parts.map(link), () => pool.newId()),
  );
}

/** Independent tasks, and one that waits for all of them; it comes last. */
export function fanIn(pool: TaskPool, sources: readonly CreateTaskInput[], last: CreateTaskInput): PatternResult {
  return create(
    pool,
    linkFanIn(sources.map(link), link(last), () => pool.newId()),
  );
}

/** Stages in order, parallel within each. */
export function pipeline(pool: TaskPool, stages: readonly (readonly CreateTaskInput[])[]): PatternResult {
  return create(
    pool,
    linkPipeline(
      stages.map((stage) => stage.map(link)),
      () => pool.newId(),
    ),
  );
}

function create(pool: TaskPool, links: readonly Linked<Link>[]): PatternResult {
  const created = pool.createTasks(
    links.map(({ input, id, blocked_by }) => ({
      ...input,
      id,
      blockedBy: [...(input.blockedBy ?? []), ...blocked_by],
    })),
  );
  // A blocker outside the pattern may be completed already, so the pool is asked who can start.
  const open = new Map(created.map(({ id, status }) => [id, status]));
  const waits = (id: string): boolean => (open.get(id) ?? pool.getTask(id)?.status ?? "completed") !== "completed";
  return {
    tasks: created,
    ready: created.filter(({ blockedBy }) => !blockedBy.some(waits)),
    graph: mermaidGraph(created),
  };
}
