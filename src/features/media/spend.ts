import { OhmymktError } from "../../errors.ts";
import { actorLabel } from "../../lib/actor.ts";
import { hashValue } from "../../lib/canonical.ts";
import { openP0s } from "../../lib/incidents.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { PaidCall } from "../../lib/paid-calls.ts";
import { Money } from "../../lib/plans.ts";
import { moneyText, times, withinBudget } from "../../lib/spend.ts";
import type { Transaction } from "../../store/store.ts";
import { readStanding, type KnownPlan } from "../governance/facts.ts";
import { providerCall } from "../provider-settings/provider-call.ts";
import type { ResolvedSetting } from "../provider-settings/settings.ts";
import type { MediaContext } from "./context.ts";
import { settleLost } from "./lost-calls.ts";

/** One piece of work that costs money, as it stands before anybody was asked. */
export interface PaidWork {
  category: PaidCall["category"];
  resolved: ResolvedSetting;
  model: string;
  /** All that is needed to repeat or resume it; no keys. */
  request: JsonObject;
  /** By the list; the setting's own price goes before it. */
  listPrice: Money | undefined;
  /** Images, or seconds of video. */
  units: number;
  /** The prompt, for the question. */
  prompt: string;
}

/** What a person is asked, and what it rests on. */
export interface Quote {
  subject: JsonObject;
  summary: string;
  estimate: Money;
  plan: KnownPlan;
  /** In the plan's currency, before this call. */
  left: number;
}

/** Judges the work against the plan in force. Throws `not_allowed` while a P0 is open, without a budget that a person approved or above it, and `provider` where the price is unknown or in another currency. */
export async function quote(tx: Transaction, work: PaidWork): Promise<Quote> {
  const { plan, incidents, gates } = await readStanding(tx);
  const [p0] = openP0s(incidents);
  if (p0) {
    throw new OhmymktError("not_allowed", `nothing is spent while the P0 ${p0.id} is open: ${p0.summary}`, {
      hint: 'resolve it first: ohmymkt_incident {action: "list"}',
    });
  }
  if (!plan) {
    throw new OhmymktError("not_allowed", "there is no plan whose budget this could count against", {
      hint: "make one with ohmymkt_plan_growth and state its budget",
    });
  }
  const { budget } = plan.plan;
  if (!budget) {
    throw new OhmymktError("not_allowed", `the plan ${plan.name} has no budget, so nothing may be spent under it`, {
      hint: `state one: ohmymkt_plan_growth {revise: "${plan.name}", budget: {amount: …, currency: "USD"}, …}`,
    });
  }
  const unapproved = gates.gates
    .flatMap(({ fields }) => fields)
    .find(({ gate, field, status }) => gate === "strategy_gate" && field === "approved" && status !== "pass");
  if (unapproved) {
    throw new OhmymktError(
      "not_allowed",
      `the budget of the plan ${plan.name} is not approved as it stands: ${unapproved.why}`,
      { hint: `let a person approve the plan: ohmymkt_review_plan {plan: "${plan.name}", verdict: "approve"}` },
    );
  }
  const estimate = estimateOf(work, budget.currency);
  const committed = await tx.paidCalls.committed(plan.name);
  const verdict = withinBudget(budget, committed, estimate);
  if (!verdict.ok) throw refusal(verdict, { work, plan, budget, estimate });
  const { spec, hash } = work.resolved;
  return {
    estimate,
    plan,
    left: verdict.left,
    subject: {
      plan: { name: plan.name, hash: plan.hash },
      provider: spec.id,
      model: work.model,
      request: hashValue(work.request),
      estimate,
      setting: hash,
    },
    summary: `${moneyText(estimate)} of ${moneyText({ ...budget, amount: verdict.left })} left: ${work.category} by ${spec.id} ${work.model}, ${shortened(work.prompt)}`,
  };
}

/** Judges the work again and reserves its estimate, in the same transaction that uses the approval up; what died before is settled first. */
export async function reserve(
  tx: Transaction,
  work: PaidWork,
  context: Pick<MediaContext, "spend" | "world" | "actor">,
): Promise<{ call: PaidCall; quote: Quote; lost: PaidCall[] }> {
  const lost = await settleLost(tx, context.world);
  const judged = await quote(tx, work);
  const approval = await context.spend(tx, judged.subject);
  const call = await tx.paidCalls.reserve({
    plan: judged.plan.name,
    category: work.category,
    provider: work.resolved.spec.id,
    model: work.model,
    summary: judged.summary,
    request: work.request,
    estimate: judged.estimate,
    approval: approval.id,
    owner: context.world.owner,
    requested_by: actorLabel(context.actor),
  });
  return { call, quote: judged, lost };
}

/** The setting's own price before the list's; throws `provider` where there is none, or it is in another currency. */
function estimateOf(work: PaidWork, currency: string): Money {
  const { spec, setting } = work.resolved;
  const own = Money.safeParse(setting.options["price"]).data;
  const estimate = own ? times(own, work.units) : work.listPrice;
  if (estimate?.currency === currency) return estimate;
  const unit = work.category === "image" ? "an image" : "a second of video";
  const told = estimate
    ? `${spec.id} ${work.model} is priced in ${estimate.currency} (${moneyText(estimate)}), and the plan's budget is in ${currency}`
    : `no price is known for ${spec.id} ${work.model}`;
  const amount =
    own?.amount ?? (estimate ? times(estimate, 1 / work.units).amount : work.category === "image" ? 0.04 : 0.1);
  const options = { ...setting.options, price: { amount, currency } };
  throw new OhmymktError("provider", `${told}, so it cannot be held against the budget`, {
    hint: `state what ${unit} costs you in ${currency}, with the right amount: ${providerCall(work.category, spec.id, { ...setting, options })}`,
  });
}

function refusal(
  verdict: Exclude<ReturnType<typeof withinBudget>, { ok: true }>,
  { plan, budget, estimate }: { work: PaidWork; plan: KnownPlan; budget: Money; estimate: Money },
): OhmymktError {
  if (verdict.why === "currency") {
    return new OhmymktError(
      "not_allowed",
      `${moneyText(verdict.foreign)} is committed under the plan ${plan.name}, whose budget is in ${budget.currency}`,
      { hint: `a person states the budget in ${verdict.foreign.currency} again, or makes a new plan` },
    );
  }
  return new OhmymktError(
    "not_allowed",
    `this would cost about ${moneyText(estimate)}, and ${moneyText({ ...budget, amount: Math.max(0, verdict.left) })} of ${moneyText(budget)} is left of the plan ${plan.name}`,
    { hint: "use a cheaper model, or let a person revise the plan's budget" },
  );
}

function shortened(prompt: string): string {
  const line = prompt.replace(/\s+/g, " ").trim();
  const points = [...line];
  return JSON.stringify(points.length > 80 ? `${points.slice(0, 79).join("")}…` : line);
}
