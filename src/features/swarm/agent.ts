import type { CriterionResult } from "../../lib/tasks.ts";
import type { PoolTask, TaskMetadata } from "../../store/local/pool/pool-task.ts";

/** One piece of work for an agent. */
export interface Work {
  /** What to do: the task's description, or its title where it has none. */
  task: string;
  /** The task's metadata; in a pipeline with `previous`, the result of the stage before. */
  context: TaskMetadata;
  /** The whole row. */
  record: PoolTask;
  /** Aborted when the swarm is aborted, or the task takes longer than allowed. */
  signal: AbortSignal;
  /** Says that the work goes on, perhaps with a note for whoever continues after a failure. Throws `stale` when the task was given to somebody else. */
  heartbeat(note?: string): void;
}

/**
 * Anything with a name that can work. What `execute` returns becomes the task's result: a text as it is, `content` of an object that has one,
 * anything else as JSON; `results` of an object answer the acceptance criteria. What it throws fails the task.
 */
export interface SwarmAgent {
  readonly name: string;
  /** Takes only tasks of this owner. */
  readonly owner?: string | undefined;
  execute(work: Work): unknown;
}

/** What is stored of an agent's answer. */
export interface AgentResult {
  result?: string | undefined;
  results?: CriterionResult[] | undefined;
}

export function readResult(value: unknown): AgentResult {
  if (value === undefined || value === null) return {};
  if (typeof value === "string") return { result: value };
  const results = criterionResults(member(value, "results"));
  const content = member(value, "content");
  if (typeof content === "string") return { result: content, results };
  return { result: JSON.stringify(value), results };
}

function criterionResults(value: unknown): CriterionResult[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((entry: unknown) => {
    const [criterion, evidence] = [member(entry, "criterion"), member(entry, "evidence")];
    return typeof criterion === "string" && typeof evidence === "string" ? [{ criterion, evidence }] : [];
  });
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
