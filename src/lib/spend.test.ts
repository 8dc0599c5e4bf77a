import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { moneyText, times, withinBudget } from "./spend.ts";

const eur = (amount: number) => ({ amount, currency: "EUR" });
const usd = (amount: number) => ({ amount, currency: "USD" });

describe("withinBudget", () => {
  test.each([
    [eur(1), [], eur(1), { ok: true, left: 1 }],
    [eur(1), [eur(0.7)], eur(0.3), { ok: true, left: 0.3 }],
    [eur(1), [eur(0.1), eur(0.2)], eur(0.7), { ok: true, left: 0.7 }],
    [eur(1), [eur(0.7)], eur(0.3001), { ok: false, why: "over", left: 0.3 }],
    [eur(0), [], eur(0.01), { ok: false, why: "over", left: 0 }],
    [eur(1), [eur(2)], eur(0), { ok: false, why: "over", left: -1 }],
    [eur(1), [], usd(0.01), { ok: false, why: "currency", foreign: usd(0.01) }],
    [eur(1), [usd(0.5)], eur(0.01), { ok: false, why: "currency", foreign: usd(0.5) }],
    [eur(1), [usd(0)], eur(0.01), { ok: true, left: 1 }],
  ] as const)("%j with %j committed, for %j", (budget, committed, estimate, verdict) => {
    expect(withinBudget(budget, committed, estimate)).toEqual(verdict);
  });

  test("what is accepted one after the other never exceeds the budget", () => {
    const cents = fc.integer({ min: 0, max: 500 }).map((amount) => amount / 100);
    fc.assert(
      fc.property(cents, fc.array(cents, { maxLength: 40 }), (amount, estimates) => {
        const budget = eur(amount * 10);
        let spent = 0;
        for (const one of estimates) {
          const verdict = withinBudget(budget, [eur(spent)], eur(one));
          if (verdict.ok) spent += one;
          else expect(spent + one).toBeGreaterThan(budget.amount - 1e-6);
        }
        expect(spent).toBeLessThanOrEqual(budget.amount + 1e-6);
      }),
    );
  });
});

describe("amounts", () => {
  test("a price for several units is never rounded down", () => {
    expect(times(usd(0.15), 8)).toEqual(usd(1.2));
    expect(times(usd(0.00001), 1)).toEqual(usd(0.0001));
    expect(times(usd(0.1), 3)).toEqual(usd(0.3));
  });

  test("they read as people write them", () => {
    expect([moneyText(eur(5000)), moneyText(usd(0.034)), moneyText(usd(1.2))]).toEqual([
      "EUR 5,000",
      "USD 0.034",
      "USD 1.2",
    ]);
  });
});
