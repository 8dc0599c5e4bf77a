import { describe, expect, test } from "bun:test";
import { Plan, PlanInput, planStatus, resolvePlan, Timeline, type Review } from "./plans.ts";

const plan = (name: string, title: string, day: number): { name: string; title: string; updated_at: string } => ({
  name,
  title,
  updated_at: `2026-03-0${day}T00:00:00.000Z`,
});
const PLANS = [
  plan("q1-demand", "Demand in Q1", 1),
  plan("q1-brand", "Brand search", 3),
  plan("q1", "First quarter", 2),
  plan("launch", "Q1-Demand", 1),
];

describe("resolvePlan", () => {
  test.each([
    ["no hint: the newest", undefined, "q1-brand"],
    ["an empty hint: the newest", "  ", "q1-brand"],
    ["an exact name, although others begin with it", "q1", "q1"],
    ["an exact name, although a title reads the same", "q1-demand", "q1-demand"],
    ["a name in another case", "LAUNCH", "launch"],
    ["a file name", "launch.md", "launch"],
    ["a title", "first quarter", "q1"],
    ["a unique prefix of a name", "lau", "launch"],
    ["a unique prefix of a title", "brand s", "q1-brand"],
    ["a unique part", "search", "q1-brand"],
    ["other digits and letters of the same meaning", "ｌａｕｎｃｈ", "launch"],
  ])("%s", (_what, hint, expected) => {
    expect(resolvePlan(hint, PLANS).name).toBe(expected);
  });

  test.each([
    ["a prefix of several", "q1-", ["q1-demand", "q1-brand", "launch"]],
    ["a name and a title in another case", "Q1-DEMAND", ["q1-demand", "launch"]],
    ["a part of several", "emand", ["q1-demand", "launch"]],
  ])("%s is ambiguous and lists the candidates", (_what, hint, candidates) => {
    const message = `${JSON.stringify(hint)} fits ${candidates.length} plans: ${candidates.join(", ")}`;
    expect(() => resolvePlan(hint, PLANS)).toThrow(expect.objectContaining({ code: "ambiguous", message }));
  });

  test("a hint that fits none names the plans that there are", () => {
    expect(() => resolvePlan("zzz", PLANS)).toThrow(
      expect.objectContaining({ code: "not_found", hint: "the plans are launch, q1, q1-brand, q1-demand" }),
    );
  });

  test("no plan at all says how to make one", () => {
    expect(() => resolvePlan(undefined, [])).toThrow(
      expect.objectContaining({ code: "not_found", hint: expect.stringContaining("ohmymkt_plan_growth") }),
    );
  });
});

describe("planStatus", () => {
  const review = (verdict: Review["verdict"], hash: string): Review => ({ verdict, hash, version: 1, findings: [] });
  test.each([
    [undefined, "draft"],
    [review("approve", "now"), "approved"],
    [review("approve", "before"), "stale"],
    [review("revise", "now"), "needs_revision"],
    [review("revise", "before"), "draft"],
  ] as const)("with the review %p: %s", (last, expected) => {
    expect(planStatus("now", last)).toBe(expected);
  });
});

describe("what a plan may state", () => {
  test.each([
    ["a timeline that ends before it starts", Timeline, { start: "2026-03-02", end: "2026-03-01" }],
    ["a day that does not exist", Timeline, { start: "2026-02-30", end: "2026-03-01" }],
    ["a blank goal", PlanInput, { goal: "  ", mode: "planned" }],
    ["an unknown member", PlanInput, { goal: "g", mode: "planned", colour: "red" }],
    ["an unknown mode", PlanInput, { goal: "g", mode: "yolo" }],
    ["a negative budget", PlanInput, { goal: "g", mode: "planned", budget: { amount: -1, currency: "EUR" } }],
    ["a currency in words", PlanInput, { goal: "g", mode: "planned", budget: { amount: 1, currency: "euro" } }],
    [
      "a KPI tree without inputs",
      PlanInput,
      { goal: "g", mode: "planned", kpi_tree: { north_star: "n", drivers: [{ name: "d", inputs: [] }] } },
    ],
    ["version 0", Plan.pick({ version: true }), { version: 0 }],
  ])("refuses %s", (_what, schema, value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });

  test("takes a timeline of one day", () => {
    expect(Timeline.safeParse({ start: "2026-03-01", end: "2026-03-01" }).success).toBe(true);
  });
});
