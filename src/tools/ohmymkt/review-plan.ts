import { z } from "zod";
import { OhmymktError } from "../../errors.ts";
import { knownPlans, type KnownPlan } from "../../features/governance/facts.ts";
import { writeUpdates } from "../../features/governance/gate-updates.ts";
import { note } from "../../features/governance/notepads.ts";
import { checkUpdate } from "../../lib/gate-update.ts";
import { planChecklist } from "../../lib/plan-checklist.ts";
import { PLAN_REVIEW, resolvePlan } from "../../lib/plans.ts";
import { defineTool, spendApproval } from "./define.ts";
import { renderChecklist } from "./render.ts";

export const reviewPlan = defineTool({
  name: "ohmymkt_review_plan",
  summary: "Record a review of a plan. Approve asks the person and opens strategy_gate.approved for this version.",
  args: {
    plan: z.string().optional(),
    verdict: z.enum(["approve", "revise"]),
    findings: z.array(z.string().trim().min(1)).max(50).default([]),
  },
  async confirm(args, context) {
    if (args.verdict !== "approve") return undefined;
    return context.transact(async (tx) => {
      const plan = approvable(resolvePlan(args.plan, (await knownPlans(tx)).plans));
      return {
        kind: "plan",
        subject: subject(plan),
        summary: `${plan.name} v${plan.version} (plans/${plan.name}.md@${plan.hash.slice(0, 8)}): ${plan.title}`,
      };
    });
  },
  async run(args, context) {
    return context.transact(async (tx) => {
      const plan = resolvePlan(args.plan, (await knownPlans(tx)).plans);
      const approving = args.verdict === "approve";
      const approval = approving
        ? await spendApproval(tx, context.approval, "plan", subject(approvable(plan)))
        : undefined;
      if (!approving && args.findings.length === 0) {
        throw new OhmymktError("invalid_arguments", "verdict revise expected findings, got none", {
          hint: "say what must change, one finding per item",
        });
      }
      await tx.ledger.append({
        kind: PLAN_REVIEW,
        subject: plan.name,
        reason: args.findings.join("; ") || args.verdict,
        evidence: { approval: approval?.id ?? null },
        after: { verdict: args.verdict, hash: plan.hash, version: plan.version, findings: args.findings },
      });
      await note(
        tx,
        plan.name,
        "decisions",
        `review of version ${plan.version}: ${args.verdict}${args.findings.map((finding) => `; ${finding}`).join("")}`,
      );
      if (approving) {
        const update = checkUpdate(
          {
            gate: "strategy_gate",
            field: "approved",
            value: true,
            evidence: `plans/${plan.name}.md@${plan.hash.slice(0, 12)}`,
          },
          context.config.evidence_days,
        );
        await writeUpdates(
          tx,
          [{ ...update, plan: { name: plan.name, hash: plan.hash } }],
          context.actor,
          approval?.id,
        );
      }
      return {
        plan: plan.name,
        version: plan.version,
        verdict: args.verdict,
        findings: args.findings,
        checklist: planChecklist(plan.plan),
      };
    });
  },
  render: ({ plan, version, verdict, findings, checklist }) =>
    [
      verdict === "approve"
        ? `Plan ${plan} v${version} approved; strategy_gate.approved is open for this version only. An edit makes it stale.`
        : `Plan ${plan} v${version} goes back for revision (ohmymkt_plan_growth with revise: "${plan}").`,
      ...findings.map((finding) => `- ${finding}`),
      renderChecklist(checklist),
    ].join("\n"),
});

function subject(plan: KnownPlan): { plan: string; hash: string } {
  return { plan: plan.name, hash: plan.hash };
}

function approvable(plan: KnownPlan): KnownPlan {
  const unmet = planChecklist(plan.plan).filter((item) => !item.holds);
  if (unmet.length === 0) return plan;
  throw new OhmymktError(
    "invalid_arguments",
    `plan ${plan.name} cannot be approved yet: ${unmet.map((item) => `${item.question} (${item.why})`).join("; ")}`,
    {
      hint: `revise it with ohmymkt_plan_growth {revise: "${plan.name}", …}, then review again`,
    },
  );
}
