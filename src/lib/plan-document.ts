import { z } from "zod";
import { fieldKey, GATE_NAMES, GATES } from "./gates.ts";
import { listModules, type Modules } from "./modules.ts";
import { Money, Plan, type PlanInput } from "./plans.ts";

/** What a plan takes from the template where nobody stated it. */
export const PlanDefaults = z.strictObject({
  schema_version: z.literal(1),
  cadence: Plan.shape.cadence,
  incident_policy: Plan.shape.incident_policy,
  ultrawork: z.strictObject({ budget: Money, owner: z.string(), rollback: z.array(z.string()) }),
});
export type PlanDefaults = z.infer<typeof PlanDefaults>;

export interface PlanContext {
  name: string;
  now: string;
  previous: Plan | undefined;
  defaults: PlanDefaults;
  modules: Modules;
  tasks: { visibility: number; quality: number };
  bodyTemplate: string;
}

/** Fills what ultrawork mode may take from the template, and names each thing that was taken. */
export function assume(input: PlanInput, { ultrawork }: PlanDefaults): { input: PlanInput; assumed: Plan["assumed"] } {
  if (input.mode !== "ultrawork") return { input, assumed: [] };
  const orphans = input.deliverables?.some((item) => !item.owner) ?? false;
  const candidates = [orphans && "owners", !input.budget && "budget", !input.rollback?.length && "rollback"] as const;
  const assumed = candidates.filter((field) => field !== false);
  return {
    input: {
      ...input,
      budget: input.budget ?? ultrawork.budget,
      rollback: input.rollback?.length ? input.rollback : ultrawork.rollback,
      ...(input.deliverables
        ? { deliverables: input.deliverables.map((item) => ({ ...item, owner: item.owner ?? ultrawork.owner })) }
        : {}),
    },
    assumed,
  };
}

/** The next version of a plan: front matter with the five planner outputs, and a body that says the same in prose. */
export function makePlan(stated: PlanInput, context: PlanContext): Plan {
  const { input, assumed } = assume(stated, context.defaults);
  const plan = {
    schema_version: 1 as const,
    name: context.name,
    title: firstLine(input.goal),
    version: (context.previous?.version ?? 0) + 1,
    created_at: context.previous?.created_at ?? context.now,
    updated_at: context.now,
    ...input,
    gates: GATE_NAMES.flatMap((gate) => Object.keys(GATES[gate].fields).map((field) => fieldKey(gate, field))),
    owners: Object.fromEntries(listModules(context.modules).map((module) => [module.name, module.owner])),
    tasks: context.tasks,
    cadence: context.defaults.cadence,
    incident_policy: context.defaults.incident_policy,
    assumed,
  };
  return { ...plan, body: renderBody(plan, context.bodyTemplate) };
}

function firstLine(goal: string): string {
  const line = goal.split(/\r?\n/, 1)[0] ?? goal;
  const characters = [...line];
  return characters.length > 100 ? `${characters.slice(0, 99).join("")}…` : line;
}

const MISSING = "_Not stated yet._";

function bullets(lines: readonly string[] | undefined): string {
  return lines && lines.length > 0 ? lines.map((line) => `- ${line}`).join("\n") : MISSING;
}

function needs(): string[] {
  return GATE_NAMES.flatMap((gate) =>
    Object.entries<{ need: string }>(GATES[gate].fields).map(
      ([field, rule]) => `\`${fieldKey(gate, field)}\`: ${rule.need}`,
    ),
  );
}

function sections(plan: Omit<Plan, "body">): Record<string, string> {
  const mark = (field: Plan["assumed"][number]) =>
    plan.assumed.includes(field) ? " _(assumed from the template)_" : "";
  const { objective, timeline, budget, kpi_tree } = plan;
  return {
    title: plan.title,
    goal: plan.goal,
    objective: objective
      ? `${objective.metric}: from ${objective.baseline} to ${objective.target}${objective.unit ? ` ${objective.unit}` : ""} by ${objective.deadline}.`
      : MISSING,
    gates: bullets(needs()),
    owners: [
      "| module | owner |",
      "|---|---|",
      ...Object.entries(plan.owners).map(([module, owner]) => `| ${module} | ${owner} |`),
    ].join("\n"),
    tasks: `Visibility: ${plan.tasks.visibility} tasks. Quality: ${plan.tasks.quality} tasks.`,
    cadence: bullets(
      [...Object.entries(plan.cadence), ...Object.entries(plan.incident_policy)].map(
        ([key, text]) => `**${key}**: ${text}`,
      ),
    ),
    scope: `Channels:\n\n${bullets(plan.channels)}\n\nBoundaries:\n\n${bullets(plan.boundaries)}`,
    timeline_budget: [
      timeline ? `${timeline.start} to ${timeline.end}.` : `Timeline: ${MISSING}`,
      budget ? `Budget: ${budget.amount} ${budget.currency}.${mark("budget")}` : `Budget: ${MISSING}`,
    ].join("\n\n"),
    acceptance: bullets(plan.acceptance_criteria),
    deliverables: bullets(
      plan.deliverables?.map((item) =>
        [
          item.title,
          item.owner && `owner ${item.owner}${mark("owners")}`,
          item.due_date && `due ${item.due_date}`,
          item.acceptance_criteria?.join("; "),
        ]
          .filter(Boolean)
          .join(" — "),
      ),
    ),
    risks_rollback: `Risks:\n\n${bullets(plan.risks)}\n\nRollback${mark("rollback")}:\n\n${bullets(plan.rollback)}`,
    kpi_tree: kpi_tree
      ? bullets([
          `**${kpi_tree.north_star}**`,
          ...kpi_tree.drivers.map(
            (driver) =>
              `${driver.name}: ${driver.inputs.map((leaf) => `${leaf.metric} (${leaf.owner}, ${leaf.source})`).join(", ")}`,
          ),
        ])
      : MISSING,
  };
}

/** Replaces each `{{placeholder}}` once; the stated texts are inserted as they are and never read as placeholders. */
function renderBody(plan: Omit<Plan, "body">, template: string): string {
  const texts = sections(plan);
  return template.replace(/\{\{(\w+)\}\}/g, (_match, key: string) => texts[key] ?? "");
}
