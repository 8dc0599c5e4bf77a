import { OhmymktError } from "../errors.ts";

/** The part of a task that a pattern fills in. */
interface Blockable {
  id?: string | undefined;
  blocked_by?: string[] | undefined;
}

/** A task of a pattern: it has an id, and the ids of those it waits for, beside any that it named itself. */
export type Linked<T> = T & { id: string; blocked_by: string[] };

/** Each task waits for the one before it. */
export function sequential<T extends Blockable>(tasks: readonly T[], newId: () => string): Linked<T>[] {
  return pipeline(
    tasks.map((task) => [task]),
    newId,
  );
}

/** No task waits for another. */
export function parallel<T extends Blockable>(tasks: readonly T[], newId: () => string): Linked<T>[] {
  return pipeline([tasks], newId);
}

/** One large task and its parts: the large one waits until every part is completed. It comes first in the list. */
export function fanOut<T extends Blockable>(whole: T, parts: readonly T[], newId: () => string): Linked<T>[] {
  const linked = fanIn(parts, whole, newId);
  return [...linked.slice(-1), ...linked.slice(0, -1)];
}

/** Independent tasks and one that waits for all of them. It comes last in the list. */
export function fanIn<T extends Blockable>(sources: readonly T[], last: T, newId: () => string): Linked<T>[] {
  return pipeline([sources, [last]], newId);
}

/** Stages in order; every task of a stage waits for every task of the stage before. Throws `invalid_arguments` for an empty stage. */
export function pipeline<T extends Blockable>(stages: readonly (readonly T[])[], newId: () => string): Linked<T>[] {
  const empty = stages.findIndex((stage) => stage.length === 0);
  if (stages.length === 0 || empty >= 0) {
    throw new OhmymktError(
      "invalid_arguments",
      `stages: expected at least one task in every stage, got ${stages.length === 0 ? "no stage" : `none in stage ${empty + 1}`}`,
      {
        hint: "leave the empty stage out, or give it a task",
      },
    );
  }
  let before: readonly string[] = [];
  return stages.flatMap((stage) => {
    const linked = stage.map((task) => ({
      ...task,
      id: task.id ?? newId(),
      blocked_by: [...new Set([...(task.blocked_by ?? []), ...before])],
    }));
    before = linked.map(({ id }) => id);
    return linked;
  });
}
