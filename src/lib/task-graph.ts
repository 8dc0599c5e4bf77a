import { OhmymktError } from "../errors.ts";
import type { TaskStatus } from "./tasks.ts";

/** A task and those that must be completed before it. */
export interface GraphNode {
  id: string;
  blockedBy: readonly string[];
}

/**
 * Refuses nodes that wait for each other in a circle; ids that are no node here are taken as given.
 * One pass over nodes and edges (Kahn's algorithm). Throws `invalid_arguments` with the ids of the circle.
 */
export function assertAcyclic(nodes: readonly GraphNode[]): void {
  const open = new Map(nodes.map(({ id }) => [id, 0]));
  const waiters = new Map<string, string[]>();
  for (const { id, blockedBy } of nodes) {
    for (const blocker of new Set(blockedBy)) {
      if (!open.has(blocker)) continue;
      open.set(id, (open.get(id) ?? 0) + 1);
      const list = waiters.get(blocker);
      if (list === undefined) waiters.set(blocker, [id]);
      else list.push(id);
    }
  }
  const free = [...open].filter(([, count]) => count === 0).map(([id]) => id);
  for (let index = 0; index < free.length; index += 1) {
    const id = free[index] ?? "";
    open.delete(id);
    for (const waiter of waiters.get(id) ?? []) {
      const left = (open.get(waiter) ?? 0) - 1;
      open.set(waiter, left);
      if (left === 0) free.push(waiter);
    }
  }
  if (open.size > 0) throw circle([...open.keys()]);
}

/** The refusal of a dependency that would close a circle. */
export function circle(ids: readonly string[]): OhmymktError {
  const shown = ids.slice(0, 12).join(", ") + (ids.length > 12 ? ` and ${ids.length - 12} more` : "");
  return new OhmymktError(
    "invalid_arguments",
    `blocked_by: these tasks would wait for each other in a circle: ${shown}`,
    {
      hint: "remove one of the dependencies; nothing was changed",
    },
  );
}

/** A task as a picture of the graph shows it. */
export interface PicturedTask {
  id: string;
  title: string;
  status: TaskStatus;
  blockedBy: readonly string[];
}

/** Mermaid text of tasks and dependencies, blockers on the left; the class of a node is its status, or `ready`. */
export function mermaidGraph(tasks: readonly PicturedTask[]): string {
  const names = new Map(tasks.map(({ id }, index) => [id, `t${index + 1}`]));
  const done = new Set(tasks.filter(({ status }) => status === "completed").map(({ id }) => id));
  const nodes = tasks.map(
    (task) => `  ${names.get(task.id)}["${label(task.title)}"]:::${stateClass(task, names, done)}`,
  );
  const edges = tasks.flatMap(({ id, blockedBy }) =>
    blockedBy.filter((blocker) => names.has(blocker)).map((blocker) => `  ${names.get(blocker)} --> ${names.get(id)}`),
  );
  return ["flowchart LR", ...nodes, ...edges].join("\n");
}

function stateClass(task: PicturedTask, names: ReadonlyMap<string, string>, done: ReadonlySet<string>): string {
  if (task.status !== "pending") return task.status;
  return task.blockedBy.every((blocker) => done.has(blocker) || !names.has(blocker)) ? "ready" : "pending";
}

/** Mermaid ends a label at a quote and reads # as the start of an entity. */
function label(text: string): string {
  return text
    .replaceAll("#", "#35;")
    .replaceAll('"', "#quot;")
    .replace(/[<>]/g, (char) => (char === "<" ? "#lt;" : "#gt;"))
    .replace(/\s+/g, " ");
}
