import { OhmymktError } from "../../errors.ts";
import type { NewTask } from "../../lib/tasks.ts";
import { fanIn, fanOut, parallel, pipeline, sequential } from "../../lib/task-patterns.ts";
import type { PlannedTask } from "./create-tasks.ts";

export const PATTERNS = ["sequential", "parallel", "fan_out", "fan_in", "pipeline"] as const;

type Identified = NewTask & { id: string };

/** Gives tasks their dependencies: those that they name by id or by a title of the same call, and those of the pattern. Throws `invalid_arguments`. */
export function linkTasks(
  given: readonly Identified[],
  { pattern, stages }: { pattern?: (typeof PATTERNS)[number] | undefined; stages?: readonly number[] | undefined },
): PlannedTask[] {
  const tasks = given.map((task) => ({ ...task, blocked_by: resolved(task, given) }));
  if (pattern !== "pipeline" && stages !== undefined)
    throw refusal(`stages goes with pattern "pipeline", got ${JSON.stringify(pattern ?? "none")}`);
  const [first, last] = [tasks[0], tasks.at(-1)];
  if (pattern === undefined || first === undefined || last === undefined) return tasks;
  // Every task has its id already.
  const id = (): string => "";
  switch (pattern) {
    case "sequential":
      return sequential(tasks, id);
    case "parallel":
      return parallel(tasks, id);
    case "pipeline":
      return pipeline(staged(tasks, stages), id);
    case "fan_out":
      atLeastTwo(tasks, "the whole and its parts");
      return fanOut(first, tasks.slice(1), id);
    case "fan_in":
      atLeastTwo(tasks, "sources and the task that waits for them");
      return fanIn(tasks.slice(0, -1), last, id);
    default:
      return pattern satisfies never;
  }
}

function staged(tasks: readonly PlannedTask[], stages: readonly number[] | undefined): PlannedTask[][] {
  const sum = stages?.reduce((total, size) => total + size, 0);
  if (stages === undefined || sum !== tasks.length)
    throw refusal(
      `pattern "pipeline" expected stages that add up to the ${tasks.length} tasks, got ${JSON.stringify(stages ?? "none")}`,
    );
  let from = 0;
  return stages.map((size) => tasks.slice(from, (from += size)));
}

function atLeastTwo(tasks: readonly PlannedTask[], what: string): void {
  if (tasks.length < 2) throw refusal(`this pattern expected ${what}, got ${tasks.length} task`);
}

function resolved({ title, blocked_by = [] }: Identified, all: readonly Identified[]): string[] {
  return blocked_by.map((name) => {
    const titled = all.filter((one) => one.title === name);
    if (titled.length > 1)
      throw refusal(
        `task ${JSON.stringify(title)}: blocked_by ${JSON.stringify(name)} fits ${titled.length} tasks of this call`,
      );
    return titled[0]?.id ?? name;
  });
}

function refusal(message: string): OhmymktError {
  return new OhmymktError("invalid_arguments", `ohmymkt_task_create: ${message}`, {
    hint: "correct it and call again; nothing was created",
  });
}
