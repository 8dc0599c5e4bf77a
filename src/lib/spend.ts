import type { Money } from "./plans.ts";

/** Whether an amount fits what is left of a budget, and what is left before it; amounts are in the budget's currency. */
export type BudgetVerdict =
  | { ok: true; left: number }
  | { ok: false; why: "over"; left: number }
  /** Amounts in other currencies than the budget's cannot be compared with it. */
  | { ok: false; why: "currency"; foreign: Money };

/** Judges an estimate against a plan's budget; `committed` has one sum per currency. */
export function withinBudget(budget: Money, committed: readonly Money[], estimate: Money): BudgetVerdict {
  const foreign = [...committed.filter(({ amount }) => amount > 0), estimate].find(
    ({ currency }) => currency !== budget.currency,
  );
  if (foreign) return { ok: false, why: "currency", foreign };
  const spent = committed.reduce((sum, { amount }) => sum + amount, 0);
  const left = exact(budget.amount - spent);
  return estimate.amount <= left ? { ok: true, left } : { ok: false, why: "over", left };
}

/** The price of so many units, rounded up to a hundredth of a cent. */
export function times({ amount, currency }: Money, units: number): Money {
  return { amount: Math.ceil(Number((amount * units * 10_000).toFixed(4))) / 10_000, currency };
}

/** "EUR 5,000" or "USD 0.034". */
export function moneyText({ amount, currency }: Money): string {
  return `${currency} ${amount.toLocaleString("en-US", { maximumFractionDigits: 4 })}`;
}

/** Sums of decimal amounts carry binary dust that would break a budget that is met exactly. */
function exact(amount: number): number {
  return Number(amount.toFixed(9));
}
