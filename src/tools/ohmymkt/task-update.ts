import { z } from "zod";
import { PERSON } from "../../features/claude-code-agent-loader/team.ts";
import { updateTask, type TaskUpdate } from "../../features/tasks/update-task.ts";
import { CriterionResult } from "../../lib/tasks.ts";
import { defineTool } from "./define.ts";
import { hidden, outlined } from "./lean-schema.ts";

export const taskUpdate = defineTool({
  name: "ohmymkt_task_update",
  summary: "Report on a claimed task.",
  args: {
    id: z.string(),
    token: z.string().optional(),
    status: z.enum(["in_progress", "completed", "failed", "pending", "cancelled"]).optional(),
    note: z.string().trim().min(1).max(4000).optional(),
    results: outlined(z.array(CriterionResult).max(30), "{criterion, evidence}").optional(),
    error: z.string().trim().min(1).max(4000).optional(),
    add_blocked_by: hidden(z.array(z.string()).max(100).default([])),
    metadata: hidden(z.record(z.string(), z.unknown()).optional()),
  },
  async run(args, { transact, actor, team, config, claims }): Promise<TaskUpdate> {
    const { agent = PERSON, session } = actor;
    const result = await transact((tx) => updateTask(tx, args, { agent, team, config }));
    const { id, status } = result.task;
    if (session !== undefined && args.token !== undefined) {
      if (status === "claimed" || status === "in_progress")
        claims?.take({ session, agent, task: id, token: args.token });
      else claims?.drop(session, id);
    }
    return result;
  },
  render: ({ task, ready, stuck }) =>
    [
      `Task ${task.id} is ${task.status}: ${task.title}`,
      task.status === "pending" && task.not_before
        ? `It is tried again from ${task.not_before}, attempt ${task.attempts + 1} of ${task.max_attempts ?? "3"}.`
        : "",
      task.lease_expires_at ? `Held until ${task.lease_expires_at}.` : "",
      ...ready.map((one) => `Ready now: ${one.id} ${one.title} (${one.owner})`),
      ...stuck.map((one) => `Stuck: ${one.id} ${one.title} (${one.owner}) waits for ${task.id}`),
    ]
      .filter(Boolean)
      .join("\n"),
});
