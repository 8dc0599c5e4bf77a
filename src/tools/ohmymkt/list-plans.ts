import { knownPlans } from "../../features/governance/facts.ts";
import { readExecution } from "../../features/governance/seeds.ts";
import { defineTool } from "./define.ts";

export const listPlans = defineTool({
  name: "ohmymkt_list_plans",
  summary: "List plans with version, status and which one is active.",
  args: {},
  async run(_args, context) {
    return context.transact(async (tx) => {
      const { plans, unreadable } = await knownPlans(tx);
      const execution = await readExecution(tx);
      const running = execution.state === "active" || execution.state === "paused" || execution.state === "rolled_back";
      const rows = plans
        .toSorted((a, b) => b.updated_at.localeCompare(a.updated_at))
        .map(({ name, title, version, status, updated_at, review }) => ({
          name,
          title,
          version,
          status,
          updated_at,
          findings: review?.verdict === "revise" ? review.findings : [],
          campaign: running && execution.plan === name ? execution.state : null,
        }));
      return { plans: rows, unreadable: unreadable.map((file) => ({ path: file.path, problem: file.error.message })) };
    });
  },
  render: ({ plans, unreadable }) =>
    [
      plans.length === 0 && unreadable.length === 0 ? "No plans yet. Make one with ohmymkt_plan_growth." : "",
      ...plans.map(
        (plan) =>
          `- ${plan.name} v${plan.version} — ${plan.status}${plan.campaign ? `, campaign ${plan.campaign}` : ""} — ${plan.title}${plan.findings.length > 0 ? ` — to mend: ${plan.findings.join("; ")}` : ""}`,
      ),
      ...unreadable.map((file) => `- unreadable: ${file.problem}`),
    ]
      .filter(Boolean)
      .join("\n"),
});
