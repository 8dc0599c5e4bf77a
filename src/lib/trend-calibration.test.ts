import { describe, expect, test } from "bun:test";
import { seededChance, simulateTraffic, toDailySeries } from "../testing/simulated-traffic.ts";
import { judgeTrends } from "./trend-judgement.ts";

/** The bench `trends` in small: loose bounds on a fixed seed, so that a rule that no longer works shows. */
const FAMILIES = 200;
const MONDAY = "2026-01-05";
const SUNDAY = "2026-03-29";

/** Shares of families of four whose first series was named up, and of single series with p < 0.05 and with a name, among the three that do not grow. */
function simulate(phi: number, growth: number): { up: number; alone: number; falseAlarms: number } {
  const chance = seededChance(1 + phi * 10 + growth * 100);
  let [up, alone, falseAlarms] = [0, 0, 0];
  for (let n = 0; n < FAMILIES; n += 1) {
    const family = [growth, 0, 0, 0].map((one) =>
      toDailySeries(simulateTraffic({ days: 84, base: 200, growth: one, phi }, chance), MONDAY),
    );
    const [first, ...others] = judgeTrends(family, { to: SUNDAY, cadence: "monthly" });
    up += Number(first?.trend === "up");
    alone += others.filter((other) => (other.test?.p ?? 0) < 0.05).length;
    falseAlarms += others.filter(({ trend }) => trend === "up" || trend === "down").length;
  }
  const others = FAMILIES * 3;
  return { up: up / FAMILIES, alone: alone / others, falseAlarms: falseAlarms / others };
}

describe("where nothing grows", () => {
  test("independent days rarely look like a trend", () => {
    const { alone, falseAlarms } = simulate(0, 0);
    expect(alone).toBeLessThan(0.06);
    expect(alone).toBeGreaterThan(0.01);
    expect(falseAlarms).toBeLessThan(0.02);
  });

  test("nor do days that remember the day before", () => {
    const { alone, falseAlarms } = simulate(0.5, 0);
    expect(alone).toBeLessThan(0.1);
    expect(falseAlarms).toBeLessThan(0.04);
  });
});

describe("growth of a fifth within 84 days is mostly found", () => {
  test.each([
    [0, 0.85],
    [0.5, 0.6],
  ])("autocorrelation %d: at least %d", (phi, least) => {
    const { up, falseAlarms } = simulate(phi, 0.2);
    expect(up).toBeGreaterThan(least);
    expect(falseAlarms).toBeLessThan(0.04);
  });
});
