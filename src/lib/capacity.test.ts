import { describe, expect, test } from "bun:test";
import { feasibleWeeks } from "./capacity.ts";
import { quantile } from "./quantile.ts";

const NOW = "2026-03-02T12:00:00.000Z";
const DAY = 86_400_000;
const at = (days: number): string => new Date(Date.parse(NOW) + days * DAY).toISOString();
const due = (days: number): string => at(days).slice(0, 10);

/** Tasks finished per week, the last week first. */
const finished = (...weekly: number[]): string[] =>
  weekly.flatMap((count, week) => Array.from({ length: count }, (_, n) => at(-7 * week - 1 - n / 10)));
const open = (owner: string, ...days: number[]) => days.map((day) => ({ owner, due_date: due(day) }));

describe("weeks that are feasible", () => {
  test("end where the work due by then exceeds what is finished in four of five weeks", () => {
    const history = new Map([["seo", finished(2, 2, 2, 2, 2, 2, 2, 2)]]);
    expect(feasibleWeeks(open("seo", 1, 2, 8, 9), history, NOW)).toMatchObject({ weeks: 2, capacity: { seo: 2 } });
    expect(feasibleWeeks(open("seo", 1, 2, 8, 9, 15, 16, 17), history, NOW)).toMatchObject({
      weeks: 2,
      bottleneck: "seo",
    });
  });

  test("rest on the weak weeks, not on the mean", () => {
    const history = new Map([["seo", finished(9, 0, 9, 0, 9, 0, 9, 1)]]);
    expect(feasibleWeeks(open("seo", 3), history, NOW)).toMatchObject({ weeks: 0, capacity: { seo: 0 } });
  });

  test("count overdue work in the first week, and the owner that gives way first", () => {
    const steady = finished(1, 1, 1, 1);
    const history = new Map([
      ["seo", steady],
      ["links", steady],
    ]);
    const demand = [...open("seo", 3, 24, 25, 26, 27), ...open("links", -30, -2, 5)];
    expect(feasibleWeeks(demand, history, NOW)).toMatchObject({ weeks: 0, bottleneck: "links" });
  });

  test.each([
    ["nobody has anything to do", [], new Map(), /no open work/],
    ["an owner never finished anything", open("seo", 3), new Map(), /seo has 0 whole weeks/],
    ["an owner is new", open("seo", 3), new Map([["seo", finished(3, 3)]]), /2 whole weeks.*at least 4/],
    ["all of it is too old", open("seo", 3), new Map([["seo", [at(-100)]]]), /0 whole weeks/],
  ])("are unknown while %s", (_what, demand, history, why) => {
    expect(feasibleWeeks(demand, history, NOW)).toEqual({ unknown: expect.stringMatching(why) });
  });
});

test.each([
  [[1, 2, 3, 4], 0.25, 1.75],
  [[5], 0.2, 5],
  [[3, 1, 2], 0.5, 2],
])("quantile of %p at %p is %p", (values, share, expected) => expect(quantile(values, share)).toBe(expected));
