import type { Money, PlanInput } from "./plans.ts";

export interface ChecklistItem {
  key: "objective" | "scope" | "timeline_budget" | "acceptance" | "rollback" | "owners";
  question: string;
  holds: boolean;
  why: string;
}

type Verdict = { holds: boolean; why: string };

const holds = (why: string): Verdict => ({ holds: true, why });
const fails = (why: string): Verdict => ({ holds: false, why });

function objective({ objective: stated }: PlanInput): Verdict {
  if (!stated) return fails("no objective {metric, baseline, target, deadline}");
  if (stated.baseline === stated.target) return fails(`the target equals the baseline (${stated.target})`);
  return holds(
    `${stated.metric} from ${stated.baseline} to ${stated.target}${stated.unit ? ` ${stated.unit}` : ""} by ${stated.deadline}`,
  );
}

function scope({ channels = [], boundaries = [] }: PlanInput): Verdict {
  const missing = [
    channels.length === 0 && "channels",
    boundaries.length === 0 && "boundaries (what is out of scope)",
  ].filter(Boolean);
  return missing.length > 0
    ? fails(`missing: ${missing.join(" and ")}`)
    : holds(`${channels.length} channels, ${boundaries.length} boundaries`);
}

function timelineBudget({ timeline, budget }: PlanInput): Verdict {
  const missing = [!timeline && "timeline {start, end}", !budget && "budget {amount, currency}"].filter(Boolean);
  if (missing.length > 0 || !timeline || !budget) return fails(`missing: ${missing.join(" and ")}`);
  return holds(`${timeline.start} to ${timeline.end}, ${budget.amount} ${budget.currency}`);
}

const VAGUE = /\b(better|improve[ds]?|good|great|nice|more|optimi[sz]ed?|high[- ]quality|best|asap|successful(ly)?)\b/i;

/** A criterion is testable when it has a number or a date, or at least names a checkable thing instead of a wish. */
export function isTestable(criterion: string): boolean {
  if (/\p{N}/u.test(criterion)) return true;
  return [...criterion.trim()].length >= 6 && !VAGUE.test(criterion);
}

function acceptance(plan: PlanInput): Verdict {
  const criteria = [
    ...(plan.acceptance_criteria ?? []),
    ...(plan.deliverables ?? []).flatMap((item) => item.acceptance_criteria ?? []),
  ];
  if (criteria.length === 0) return fails("no acceptance criteria");
  const vague = criteria.filter((criterion) => !isTestable(criterion));
  if (vague.length > 0)
    return fails(
      `not testable: ${vague.map((text) => JSON.stringify(text)).join(", ")}; state a number, a date or a thing that can be checked`,
    );
  if (!criteria.some((criterion) => /\p{N}/u.test(criterion))) return fails("no criterion has a number");
  return holds(`${criteria.length} testable criteria`);
}

function rollback({ rollback: route = [] }: PlanInput): Verdict {
  return route.length > 0 ? holds(`${route.length} rollback steps`) : fails("no rollback route");
}

function owners({ deliverables = [] }: PlanInput): Verdict {
  if (deliverables.length === 0) return fails("no deliverables");
  const without = deliverables.filter((item) => !item.owner);
  if (without.length > 0) return fails(`no owner for: ${without.map((item) => item.title).join(", ")}`);
  return holds(`${deliverables.length} deliverables, each with an owner`);
}

const CHECKS: readonly { key: ChecklistItem["key"]; question: string; check: (plan: PlanInput) => Verdict }[] = [
  { key: "objective", question: "the objective has a measurable outcome", check: objective },
  { key: "scope", question: "channels and boundaries are explicit", check: scope },
  { key: "timeline_budget", question: "timeline and budget are explicit", check: timelineBudget },
  { key: "acceptance", question: "acceptance criteria are testable", check: acceptance },
  { key: "rollback", question: "a rollback route exists", check: rollback },
  { key: "owners", question: "every deliverable has an owner", check: owners },
];

/** The six-point checklist before dispatch, in order. */
export function planChecklist(plan: PlanInput): ChecklistItem[] {
  return CHECKS.map(({ key, question, check }) => ({ key, question, ...check(plan) }));
}

const PAID = /\b(paid|ads?|adwords|ppc|sem|sponsor(ed|ship)?|display|programmatic|retargeting|media buy(ing)?)\b/i;
const LAUNCH = /\b(launch(es|ing)?|go[- ]?live|release|premiere)\b/i;
const DAY =
  /\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\.? ?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}\b|\blaunch date\b/i;

/** Why a plan may not run in ultrawork mode: paid channels, a fixed launch date or a budget over the limit. Empty when it may. */
export function ultraworkObstacles(plan: PlanInput, limit: Money): string[] {
  const paid = (plan.channels ?? []).filter((channel) => PAID.test(channel));
  const statements = [plan.goal, ...(plan.boundaries ?? []), ...(plan.deliverables ?? []).map((item) => item.title)];
  const launch = statements.find((text) => LAUNCH.test(text) && DAY.test(text));
  const over = plan.budget && plan.budget.amount > limit.amount;
  return [
    paid.length > 0 ? `paid channels: ${paid.join(", ")}` : "",
    launch ? `a fixed launch date: ${JSON.stringify(launch)}` : "",
    over
      ? `a budget of ${plan.budget?.amount} ${plan.budget?.currency}, over the ultrawork limit of ${limit.amount} ${limit.currency}`
      : "",
  ].filter(Boolean);
}
