import { mayOverlap } from "../../lib/write-areas.ts";
import type { Task } from "../../lib/tasks.ts";

/** In a task's metadata: the ids of those that it waits for only because both may write the same files. */
export const FILE_ORDER = "waits_for_files_of";

interface Writer {
  id: string;
  artifacts: readonly string[];
  blocked_by: readonly string[];
}

/**
 * For each new task the older ones whose files it may write too, existing tasks before those of the same call.
 * A task that an older one waits for anyway gets none from it: it would close a circle.
 */
export function fileOrder(
  created: readonly Writer[],
  existing: readonly Pick<Task, "id" | "artifacts">[],
): Map<string, string[]> {
  const waits = new Map(created.map(({ id, blocked_by }) => [id, new Set(blocked_by)]));
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...(waits.get(from) ?? [])].some((next) => reaches(next, to, seen));
  };
  const implied = new Map<string, string[]>();
  for (const [index, task] of created.entries()) {
    const older = [...existing, ...created.slice(0, index)];
    const found = older.filter(
      (other) =>
        mayOverlap(task.artifacts, other.artifacts) && !reaches(task.id, other.id) && !reaches(other.id, task.id),
    );
    for (const { id } of found) waits.get(task.id)?.add(id);
    if (found.length > 0)
      implied.set(
        task.id,
        found.map(({ id }) => id),
      );
  }
  return implied;
}

/** The ids that a task waits for only because of its files. */
export function fileBlockers({ metadata }: Pick<Task, "metadata">): string[] {
  const ids = metadata[FILE_ORDER];
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}
