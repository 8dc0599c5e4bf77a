import { type Break, one } from "./break.ts";

/** Breaks of tasks, claims, background work and who may write what. */
export const WORK_BREAKS: readonly Break[] = [
  one(
    "task without a known owner",
    "src/features/tasks/create-tasks.ts",
    "if (!canOwn(team, task.owner)) {",
    "if (!canOwn(team, task.owner) && task.owner.length > 100) {",
    "src/tools/ohmymkt/task-input.test.ts",
  ),
  one(
    "incomplete board item made a task",
    "src/features/tasks/board-tasks.ts",
    "assertExecutable(wanted);",
    "",
    "src/tools/ohmymkt/task-tools.test.ts",
  ),
  one(
    "reminded while a person is to answer",
    "src/features/held-tasks/idle-verdict.ts",
    'if (waitsForPerson) return "nothing";',
    "",
    "src/features/held-tasks",
  ),
  one(
    "leases kept for a silent session",
    "src/features/held-tasks/held-tasks.ts",
    "if (!waits && !working.has(one.session)) continue;",
    "",
    "src/features/held-tasks",
  ),
  one(
    "another agent's token accepted",
    "src/features/tasks/update-task.ts",
    "if (holder !== agent)",
    "if (holder === undefined)",
    "src/tools/ohmymkt/task-input.test.ts",
  ),
  one(
    "scale work claimed while a P0 is open",
    "src/features/tasks/scale-hold.ts",
    "if (open.length > 0) return",
    "if (open.length > 9) return",
    "src/tools/ohmymkt/task-tools.test.ts",
  ),
  one(
    "an owned file written by another agent",
    "src/hooks/write-ownership/write-ownership.ts",
    "task.assigned_agent !== agent",
    "task.assigned_agent === agent",
    "src/hooks/write-ownership/write-ownership.test.ts",
  ),
  one(
    "file order closes a circle",
    "src/features/tasks/file-order.ts",
    "!reaches(other.id, task.id)",
    "true",
    "src/features/tasks/file-order.test.ts",
  ),
];
