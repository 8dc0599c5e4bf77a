import { z } from "zod";
import { OhmymktError } from "../errors.ts";
import { defineCollection } from "./documents.ts";
import { assertId } from "./names.ts";

const Text = z.string().trim().min(1);
export const Money = z.strictObject({ amount: z.number().nonnegative(), currency: z.string().regex(/^[A-Z]{3}$/) });
export type Money = z.infer<typeof Money>;

export const Objective = z.strictObject({
  metric: Text,
  baseline: z.number(),
  target: z.number(),
  unit: Text.optional(),
  deadline: z.iso.date(),
});

export const Deliverable = z.strictObject({
  title: Text,
  owner: Text.optional(),
  due_date: z.iso.date().optional(),
  acceptance_criteria: z.array(Text).optional(),
});
export type Deliverable = z.infer<typeof Deliverable>;

export const KpiTree = z.strictObject({
  north_star: Text,
  drivers: z
    .array(
      z.strictObject({
        name: Text,
        inputs: z.array(z.strictObject({ metric: Text, owner: Text, source: Text })).min(1),
      }),
    )
    .min(1),
});

export const Timeline = z
  .strictObject({ start: z.iso.date(), end: z.iso.date() })
  .refine((range) => range.start <= range.end, "the timeline must end on or after its start");

export const MODES = ["planned", "ultrawork"] as const;

/** What a person or an agent states about a plan; everything but the goal may still be missing. */
export const PlanInput = z.strictObject({
  goal: Text,
  mode: z.enum(MODES),
  objective: Objective.optional(),
  channels: z.array(Text).optional(),
  boundaries: z.array(Text).optional(),
  budget: Money.optional(),
  timeline: Timeline.optional(),
  acceptance_criteria: z.array(Text).optional(),
  deliverables: z.array(Deliverable).optional(),
  risks: z.array(Text).optional(),
  rollback: z.array(Text).optional(),
  kpi_tree: KpiTree.optional(),
});
export type PlanInput = z.infer<typeof PlanInput>;

/** The plan file: front matter with the five planner outputs, and the Markdown that people read in `body`. */
export const Plan = z.strictObject({
  schema_version: z.literal(1),
  name: Text,
  title: Text,
  version: z.int().positive(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  ...PlanInput.shape,
  /** Startup gate checklist: the conditions, keyed `gate.field`. */
  gates: z.array(z.string()),
  /** Role ownership matrix: module → owner. */
  owners: z.record(z.string(), z.string()),
  /** Dual-track task baseline: how many tasks of the pool serve each track. */
  tasks: z.strictObject({ visibility: z.int(), quality: z.int() }),
  cadence: z.strictObject({ weekly: z.string(), monthly: z.string(), quarterly: z.string() }),
  incident_policy: z.strictObject({ P0: z.string(), P1: z.string(), P2: z.string() }),
  /** Fields that came from the template, not from a person. */
  assumed: z.array(z.enum(["owners", "budget", "rollback"])),
  body: z.string(),
});
export type Plan = z.infer<typeof Plan>;

export const PLANS = defineCollection({
  name: "plan",
  folder: "plans",
  extension: ".md",
  schema: Plan,
  checkId: (id) => assertId(id, "plan"),
});

/** The ledger kind of a review; subject is the plan's name, `after` a `Review`. */
export const PLAN_REVIEW = "plan.review";
export const Review = z.strictObject({
  verdict: z.enum(["approve", "revise"]),
  hash: z.string(),
  version: z.int(),
  findings: z.array(z.string()),
});
export type Review = z.infer<typeof Review>;
export type PlanStatus = "draft" | "needs_revision" | "approved" | "stale";

/** Where a plan stands by its last review and its present content hash. */
export function planStatus(hash: string, review: Review | undefined): PlanStatus {
  if (!review) return "draft";
  if (review.verdict === "revise") return review.hash === hash ? "needs_revision" : "draft";
  return review.hash === hash ? "approved" : "stale";
}

export interface PlanSummary {
  name: string;
  title: string;
  updated_at: string;
}

/** Exact name, else the only plan whose name or title starts with or contains the hint; no hint means the newest. Throws `not_found` or `ambiguous`. */
export function resolvePlan<P extends PlanSummary>(hint: string | undefined, plans: readonly P[]): P {
  const names = () =>
    plans
      .map((plan) => plan.name)
      .toSorted()
      .join(", ");
  if (plans.length === 0)
    throw new OhmymktError("not_found", "there is no plan yet", { hint: "make one with ohmymkt_plan_growth" });
  if (!hint?.trim()) return plans.reduce((newest, plan) => (plan.updated_at > newest.updated_at ? plan : newest));
  const wanted = fold(hint);
  const keys = (plan: P) => [fold(plan.name), fold(plan.title)];
  const steps: ((plan: P) => boolean)[] = [
    (plan) => plan.name === hint,
    (plan) => keys(plan).includes(wanted),
    (plan) => keys(plan).some((key) => key.startsWith(wanted)),
    (plan) => keys(plan).some((key) => key.includes(wanted)),
  ];
  for (const fits of steps) {
    const found = plans.filter(fits);
    if (found.length === 1 && found[0]) return found[0];
    if (found.length > 1) {
      throw new OhmymktError(
        "ambiguous",
        `${JSON.stringify(hint)} fits ${found.length} plans: ${found.map((plan) => plan.name).join(", ")}`,
        {
          hint: "repeat the call with one of these names",
        },
      );
    }
  }
  throw new OhmymktError("not_found", `no plan fits ${JSON.stringify(hint)}`, { hint: `the plans are ${names()}` });
}

function fold(text: string): string {
  return text.normalize("NFKC").trim().toLowerCase().replace(/\.md$/, "");
}
