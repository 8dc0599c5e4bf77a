import { z } from "zod";
import { claimTask, type Claim, type ClaimResult } from "../../features/tasks/claim-task.ts";
import { PERSON } from "../../features/claude-code-agent-loader/team.ts";
import { defineTool } from "./define.ts";
import { hidden } from "./lean-schema.ts";

export const taskClaim = defineTool({
  name: "ohmymkt_task_claim",
  summary: "Take your next ready task, or one by id.",
  args: { owner: hidden(z.string().optional()), id: z.string().optional() },
  async run(args, { transact, actor, team, config, claims }): Promise<ClaimResult> {
    const { agent = PERSON, session } = actor;
    const claimant = { agent, session, team, config };
    const result = await transact((tx) => claimTask(tx, args, claimant), { survives: "process" });
    if (result.claim && session !== undefined)
      claims?.take({ session, agent, task: result.claim.task.id, token: result.claim.token });
    return result;
  },
  render: (result) =>
    result.claim === undefined
      ? [`No task of ${result.owner} can be claimed now.`, ...result.reasons.map((reason) => `- ${reason}`)].join("\n")
      : renderClaim(result.claim),
});

function renderClaim({ task, token, context, heartbeat_minutes }: Claim): string {
  const about = [
    task.module && `module ${task.module}`,
    task.due_date && `due ${task.due_date}`,
    task.kpi_impact && `KPI ${task.kpi_impact}`,
    task.rollback_condition && `roll back when ${task.rollback_condition}`,
    context.plan && `plan ${context.plan}`,
  ].filter(Boolean);
  return [
    `Task ${task.id}: ${task.title}`,
    `Token: ${token} (until ${task.lease_expires_at ?? "released"}; a note at least every ${heartbeat_minutes} minutes keeps it; status pending gives it back)`,
    `Objective: ${task.objective}`,
    task.description,
    about.join("; "),
    "Acceptance criteria, one result each:",
    ...task.acceptance_criteria.map((criterion) => `- ${criterion}`),
    context.may_write.length > 0 ? `Yours to write meanwhile: ${context.may_write.join(", ")}` : "",
    ...context.inputs.map(
      ({ id, title, result, evidence, artifacts }) =>
        `From ${id} (${title}): ${[result, ...evidence, ...artifacts].filter(Boolean).join("; ") || "no result text"}`,
    ),
    ...context.earlier.map((note) => `Earlier: ${note}`),
  ]
    .filter(Boolean)
    .join("\n");
}
