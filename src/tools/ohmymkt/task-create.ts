import { z } from "zod";
import { boardTasks } from "../../features/tasks/board-tasks.ts";
import { createTasks, type Created, type PlannedTask } from "../../features/tasks/create-tasks.ts";
import { linkTasks, PATTERNS } from "../../features/tasks/link-tasks.ts";
import { OhmymktError } from "../../errors.ts";
import { mermaidGraph } from "../../lib/task-graph.ts";
import { TaskPriority, type Task } from "../../lib/tasks.ts";
import { defineTool } from "./define.ts";
import { outlined } from "./lean-schema.ts";

const Text = z.string().trim().min(1);
const PRIORITY_NAMES = ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as const;

const NewWork = z.strictObject({
  title: Text.max(200),
  objective: Text.max(2000),
  /** Checked with the list of those who may own, which a schema cannot know. */
  owner: z.string().default(""),
  acceptance_criteria: z.array(Text.max(500)).max(30).default([]),
  blocked_by: z.array(z.string()).max(200).default([]),
  priority: z.union([z.literal([0, 1, 2, 3]), z.enum(PRIORITY_NAMES)]).optional(),
  artifacts: z.array(z.string().max(300)).max(50).optional(),
  module: z.string().optional(),
  due_date: z.iso.date().optional(),
  description: z.string().max(8000).optional(),
  type: z.string().max(40).optional(),
  track: z.enum(["visibility", "quality"]).optional(),
  kpi_impact: z.string().max(500).optional(),
  rollback_condition: z.string().max(500).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

const OUTLINE =
  "{title, objective, owner, acceptance_criteria: [measurable text], blocked_by?: [id or title], priority?: 0 low-3, artifacts?: [globs it may write], module?, due_date?}";

interface CreateResult extends Created {
  existing: { item: string; task: Task }[];
  ready: string[];
  graph: string;
}

export const taskCreate = defineTool({
  name: "ohmymkt_task_create",
  summary: "Add tasks to the pool. fan_out: the first waits for the rest; fan_in: the last.",
  args: {
    tasks: outlined(z.array(NewWork).max(200), OUTLINE).default([]),
    pattern: z.enum(PATTERNS).optional(),
    stages: z.array(z.int().min(1)).max(50).optional().describe("pipeline: tasks in each stage"),
    from_board: z.array(z.string()).max(100).default([]).describe("board item ids"),
  },
  async run(args, context): Promise<CreateResult> {
    if (args.tasks.length + args.from_board.length === 0)
      throw new OhmymktError("invalid_arguments", "ohmymkt_task_create expected tasks or from_board, got neither", {
        hint: 'for example {tasks: [{title, objective, owner, acceptance_criteria: ["…"]}]}',
      });
    return context.transact(async (tx) => {
      const board = await boardTasks(tx, args.from_board);
      const given = args.tasks.map(({ priority, ...task }) => ({
        ...task,
        ...(priority === undefined ? {} : { priority: priorityOf(priority) }),
        id: context.newId("task"),
      }));
      const planned: PlannedTask[] = linkTasks([...board.tasks, ...given], args);
      const created = await createTasks(tx, planned, context);
      const ready = new Set((await tx.tasks.list({ ready: true })).map(({ id }) => id));
      return {
        ...created,
        existing: board.existing,
        ready: created.tasks.map(({ id }) => id).filter((id) => ready.has(id)),
        graph: mermaidGraph(created.tasks.map(({ blocked_by, ...task }) => ({ ...task, blockedBy: blocked_by }))),
      };
    });
  },
  render: ({ tasks, existing, file_order, ready, graph }) =>
    [
      `Created ${tasks.length} task${tasks.length === 1 ? "" : "s"}.`,
      ...tasks.map((task) => `- ${task.id}: ${task.title} (${task.owner}) ${waits(task, ready)}`),
      ...existing.map(({ item, task }) => `- ${item} is in the pool already: ${task.id} (${task.status})`),
      ...file_order.map(
        ({ task, waits_for }) => `${task} waits for ${waits_for.join(", ")}: both may write the same files`,
      ),
      `Ready now: ${ready.join(", ") || "none"}`,
      ...(tasks.length > 1 ? ["```mermaid", graph, "```"] : []),
    ].join("\n"),
});

function priorityOf(priority: TaskPriority | (typeof PRIORITY_NAMES)[number]): TaskPriority {
  return typeof priority === "number" ? priority : TaskPriority[priority];
}

function waits({ id, blocked_by }: Task, ready: readonly string[]): string {
  return ready.includes(id) ? "ready" : `after ${blocked_by.join(", ")}`;
}
