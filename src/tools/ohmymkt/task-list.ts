import { z } from "zod";
import { listTasks, type TaskListing } from "../../features/tasks/list-tasks.ts";
import { TASK_STATUSES, type Task } from "../../lib/tasks.ts";
import { defineTool } from "./define.ts";
import { hidden, plain } from "./lean-schema.ts";

export const taskList = defineTool({
  name: "ohmymkt_task_list",
  summary: "Tasks of the pool; stale shows stuck ones.",
  args: {
    status: plain(z.enum(TASK_STATUSES).optional()),
    owner: z.string().optional(),
    campaign: hidden(z.string().optional()),
    ready: z.boolean().optional(),
    stale: z.boolean().optional(),
    page: z.int().min(1).max(10_000).default(1),
  },
  async run(args, { transact, config }): Promise<TaskListing> {
    return transact((tx) => listTasks(tx, args, config));
  },
  render: ({ tasks, attention, stats, page, more, returned }) => {
    const counts = Object.entries(stats.counts)
      .filter(([, count]) => count > 0)
      .map(([status, count]) => `${count} ${status}`);
    return [
      `Pool: ${counts.join(", ") || "empty"}; ${stats.ready} ready, ${stats.blocked} blocked, ${stats.delayed} delayed`,
      ...(attention ?? []).map(
        ({ id, title, owner, kind, why, suggestion }) => `- ${kind} ${id} ${title} (${owner}): ${why}. ${suggestion}`,
      ),
      ...(tasks ?? []).map(line),
      (tasks ?? attention ?? []).length === 0 ? "Nothing fits." : "",
      returned.length > 0 ? `Back in the pool because their lease ran out: ${returned.join(", ")}` : "",
      more ? `More with page: ${page + 1}` : "",
    ]
      .filter(Boolean)
      .join("\n");
  },
});

function line(task: Task): string {
  const facts = [
    task.owner,
    task.assigned_agent && `${task.completed_at ? "by" : "held by"} ${task.assigned_agent}`,
    task.due_date && `due ${task.due_date}`,
    task.status === "pending" && task.blocked_by.length > 0 && `after ${task.blocked_by.join(", ")}`,
    task.waiting_for && `waits for ${task.waiting_for}`,
    task.error && `error: ${task.error}`,
  ];
  return `- ${task.id} ${task.status} p${task.priority} ${task.title} (${facts.filter(Boolean).join("; ")})`;
}
