import { z } from "zod";
import { template } from "../../assets.ts";
import { OhmymktError } from "../../errors.ts";
import { slug } from "../../lib/names.ts";
import { planChecklist, ultraworkObstacles, type ChecklistItem } from "../../lib/plan-checklist.ts";
import { makePlan, PlanDefaults } from "../../lib/plan-document.ts";
import {
  Deliverable,
  KpiTree,
  MODES,
  Money,
  Objective,
  PLANS,
  PlanInput,
  resolvePlan,
  Timeline,
  type Plan,
} from "../../lib/plans.ts";
import { knownPlans } from "../../features/governance/facts.ts";
import { readModules, taskPool } from "../../features/governance/seeds.ts";
import { NOTEPADS, seedNotepad } from "../../features/governance/notepads.ts";
import { defineTool } from "./define.ts";
import { outlined } from "./lean-schema.ts";
import { renderChecklist } from "./render.ts";

const Lines = z.array(z.string().trim().min(1)).max(100).optional();

interface PlanResult {
  name: string;
  path: string;
  version: number;
  mode: Plan["mode"];
  assumed: Plan["assumed"];
  checklist: ChecklistItem[];
}

export const planGrowth = defineTool({
  name: "ohmymkt_plan_growth",
  summary: "Write or revise a plan; returns its checklist.",
  args: {
    goal: z.string().trim().min(1).max(4000),
    name: z.string().trim().min(1).max(200).optional(),
    mode: z.enum(MODES).optional(),
    objective: Objective.optional(),
    channels: Lines,
    boundaries: Lines.describe("out of scope"),
    budget: Money.optional(),
    timeline: Timeline.optional(),
    acceptance_criteria: Lines,
    deliverables: z.array(Deliverable).max(100).optional(),
    risks: Lines,
    rollback: Lines,
    kpi_tree: outlined(KpiTree, "{north_star, drivers: [{name, inputs: [{metric, owner, source}]}]}").optional(),
    revise: z.string().optional().describe("plan name; keeps the rest"),
  },
  async run({ name, revise, ...stated }, context): Promise<PlanResult> {
    return context.transact(async (tx) => {
      const { plans } = await knownPlans(tx);
      const revised = revise === undefined ? undefined : resolvePlan(revise, plans).plan;
      const id = revised?.name ?? slug(name ?? stated.goal);
      const previous = revised ?? (await tx.documents.read(PLANS.at(id)));
      const input = mergeInput(stated, revised);
      refuseUltrawork(input, context.config.ultrawork_budget_limit);
      const pool = taskPool();
      const plan = makePlan(input, {
        name: id,
        now: tx.now,
        previous,
        defaults: PlanDefaults.parse(JSON.parse(template("plan-defaults.json"))),
        modules: await readModules(tx),
        tasks: {
          visibility: pool.filter((task) => task.track === "visibility").length,
          quality: pool.filter((task) => task.track === "quality").length,
        },
        bodyTemplate: template("plan.md"),
      });
      const { path } = await tx.documents.write(PLANS.at(id), plan, {
        reason: plan.version === 1 ? "planned" : `revised to version ${plan.version}`,
      });
      await seedNotepad(tx, id);
      await tx.ledger.append({ kind: "plan.written", subject: id, after: { version: plan.version, mode: plan.mode } });
      return {
        name: id,
        path: `.ohmymkt/${path}`,
        version: plan.version,
        mode: plan.mode,
        assumed: plan.assumed,
        checklist: planChecklist(plan),
      };
    });
  },
  render: ({ name, path, version, mode, assumed, checklist }) =>
    [
      `Plan ${name}, version ${version} (${mode}): ${path}; notepads in ${NOTEPADS}/${name}/.`,
      assumed.length > 0 ? `Assumed from the template, please confirm: ${assumed.join(", ")}.` : "",
      renderChecklist(checklist),
      checklist.every((item) => item.holds)
        ? "Next: ohmymkt_review_plan."
        : `Next: complete it with ohmymkt_plan_growth {revise: "${name}", …}.`,
    ]
      .filter(Boolean)
      .join("\n"),
});

/** A revision keeps what the call leaves out, except what was only assumed; a fresh version of a name starts from the call alone. */
function mergeInput(stated: Record<string, unknown>, revised: Plan | undefined): PlanInput {
  const assumed: readonly string[] = revised?.assumed ?? [];
  const kept = Object.entries(revised ?? {}).filter(
    ([key]) => Object.hasOwn(PlanInput.shape, key) && !assumed.includes(key),
  );
  const given = Object.entries(stated).filter(([, value]) => value !== undefined);
  return PlanInput.parse({ mode: "planned", ...Object.fromEntries(kept), ...Object.fromEntries(given) });
}

function refuseUltrawork(input: PlanInput, limit: Money): void {
  if (input.mode !== "ultrawork") return;
  const obstacles = ultraworkObstacles(input, limit);
  if (obstacles.length === 0) return;
  throw new OhmymktError("invalid_arguments", `ultrawork mode is not for ${obstacles.join("; ")}`, {
    hint: 'plan it with mode "planned" and every item explicit',
  });
}
