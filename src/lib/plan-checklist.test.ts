import { describe, expect, test } from "bun:test";
import { isTestable, planChecklist, ultraworkObstacles } from "./plan-checklist.ts";
import type { PlanInput } from "./plans.ts";

const WHOLE: PlanInput = {
  goal: "Grow",
  mode: "planned",
  objective: { metric: "demo requests", baseline: 12, target: 30, deadline: "2026-06-01" },
  channels: ["organic search"],
  boundaries: ["no paid media"],
  budget: { amount: 0, currency: "EUR" },
  timeline: { start: "2026-03-01", end: "2026-03-31" },
  acceptance_criteria: ["30 demo requests"],
  deliverables: [{ title: "Query map", owner: "intent-ops" }],
  rollback: ["restore the version before"],
};

function without(...keys: (keyof PlanInput)[]): PlanInput {
  return Object.fromEntries(
    Object.entries(WHOLE).filter(([key]) => !keys.includes(key as keyof PlanInput)),
  ) as PlanInput;
}

const failing = (plan: PlanInput): string[] => planChecklist(plan).flatMap((item) => (item.holds ? [] : [item.key]));

describe("the six points", () => {
  test("hold for a plan that states everything, in the order of the checklist", () => {
    expect(planChecklist(WHOLE).map(({ key, holds }) => `${key} ${holds}`)).toEqual(
      ["objective", "scope", "timeline_budget", "acceptance", "rollback", "owners"].map((key) => `${key} true`),
    );
  });

  test.each([
    [
      "nothing but a goal",
      { goal: "Grow", mode: "planned" } satisfies PlanInput,
      ["objective", "scope", "timeline_budget", "acceptance", "rollback", "owners"],
    ],
    ["no objective", without("objective"), ["objective"]],
    [
      "a target that equals the baseline",
      { ...WHOLE, objective: { metric: "m", baseline: 3, target: 3, deadline: "2026-06-01" } },
      ["objective"],
    ],
    ["no channels", without("channels"), ["scope"]],
    ["empty boundaries", { ...WHOLE, boundaries: [] }, ["scope"]],
    ["no budget", without("budget"), ["timeline_budget"]],
    ["no timeline", without("timeline"), ["timeline_budget"]],
    ["no criteria", without("acceptance_criteria"), ["acceptance"]],
    ["a vague criterion", { ...WHOLE, acceptance_criteria: ["30 demos", "better content"] }, ["acceptance"]],
    ["no criterion with a number", { ...WHOLE, acceptance_criteria: ["every page has one owner"] }, ["acceptance"]],
    ["an empty rollback", { ...WHOLE, rollback: [] }, ["rollback"]],
    ["no deliverables", without("deliverables"), ["owners"]],
    [
      "a deliverable without owner",
      { ...WHOLE, deliverables: [{ title: "Map", owner: "a" }, { title: "Pages" }] },
      ["owners"],
    ],
  ])("%s", (_what, plan, expected) => {
    expect(failing(plan)).toEqual(expected);
  });

  test("criteria of deliverables count too", () => {
    expect(
      failing({
        ...without("acceptance_criteria"),
        deliverables: [{ title: "Map", owner: "a", acceptance_criteria: ["8 pages"] }],
      }),
    ).toEqual([]);
  });

  test("each failing point says why", () => {
    const why = planChecklist({ ...without("channels", "boundaries"), deliverables: [{ title: "Pages" }] })
      .filter((item) => !item.holds)
      .map((item) => item.why);
    expect(why).toEqual(["missing: channels and boundaries (what is out of scope)", "no owner for: Pages"]);
  });
});

test.each([
  ["30 demo requests", true],
  ["better rankings by 10 %", true],
  ["every page has one owner URL", true],
  ["better rankings", false],
  ["improved quality", false],
  ["done", false],
  ["٣٠ طلبًا", true],
])("isTestable(%p) is %p", (criterion, expected) => {
  expect(isTestable(criterion)).toBe(expected);
});

describe("ultrawork", () => {
  const LIMIT = { amount: 1000, currency: "EUR" };
  const quick: PlanInput = { ...WHOLE, mode: "ultrawork" };
  test.each([
    ["a plain plan", quick, []],
    ["a paid channel", { ...quick, channels: ["SEO", "Google Ads"] }, [/paid channels: Google Ads/]],
    ["sponsored posts", { ...quick, channels: ["sponsored newsletter"] }, [/paid/]],
    ["a word that only contains ads", { ...quick, channels: ["downloads", "roads"] }, []],
    ["a launch with its day", { ...quick, goal: "Launch the product on 2026-05-01" }, [/fixed launch date/]],
    ["a launch in words", { ...quick, boundaries: ["go-live is May 3"] }, [/fixed launch date/]],
    ["a launch without a day", { ...quick, goal: "Launch a newsletter" }, []],
    ["a budget at the limit", { ...quick, budget: LIMIT }, []],
    [
      "a budget over the limit",
      { ...quick, budget: { amount: 1000.01, currency: "EUR" } },
      [/over the ultrawork limit of 1000 EUR/],
    ],
  ])("%s", (_what, plan, patterns) => {
    expect(ultraworkObstacles(plan, LIMIT)).toEqual(patterns.map((pattern) => expect.stringMatching(pattern)));
  });
});
