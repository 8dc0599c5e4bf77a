import type { Cadence } from "../src/lib/cadence.ts";
import { judgeTrends } from "../src/lib/trend-judgement.ts";
import { fitTrend } from "../src/lib/trend-fit.ts";
import { TREND_WINDOWS, type TrendSeries } from "../src/lib/trend-window.ts";
import { dayAfter } from "../src/lib/days.ts";
import type { SteppedSeries } from "../src/lib/seasons.ts";
import type { Trend } from "../src/lib/metrics.ts";
import { simulateCoverage } from "../src/testing/simulated-coverage.ts";
import { seededChance, simulateTraffic, toDailySeries, type Chance } from "../src/testing/simulated-traffic.ts";
import { median, printBars, round, wilson } from "./support/figures.ts";

/** How often is a trend named that is not there, and how often is one missed? Beside the week-over-week comparison, on the same series. And what does it cost? */
const SERIES = Number(process.env["SERIES"] ?? 1000);
const SEED = Number(process.env["SEED"] ?? 1);
const FAMILY = 4;
const FIRST_DAY = "2026-01-05";
const ROUNDS = 5;
const TRENDS = 50;
const DAYS = 730;

interface Cell {
  cadence: Cadence;
  kind: TrendSeries["kind"];
  /** Expected count of a weekday on the first day, or the number of clusters that coverage is a share of. */
  base: number;
  phi: number;
  growth: number;
  /** Whether the three others of the family grow as well. */
  together: boolean;
}

/** Shares of the simulated series. */
interface Outcome extends Cell {
  days: number;
  /** Up or down where nothing grows, otherwise up: in its family of four, and judged alone. */
  named: number;
  alone: number;
  /** At least one of the four is up or down. */
  any: number;
  flat: number;
  weekAny: number;
  weekMore: number;
}

const cells = [
  ...(["monthly", "weekly"] as const).flatMap((cadence) => [0, 0.5].flatMap((phi) => growing(cadence, 200, phi))),
  // More memory than one lag shows, since the counts' own noise hides part of it.
  ...growing("monthly", 200, 0.7),
  ...growing("quarterly", 200, 0.5),
  // Few events a day: by days still, and by weeks.
  ...growing("monthly", 8, 0.5),
  ...growing("monthly", 3, 0.5),
  // Coverage, which changes slowly.
  ...growing("monthly", 40, 0.5, "share"),
  ...growing("monthly", 40, 0.8, "share"),
];
// The clock first, while nothing has warmed up the code for other shapes of data.
const counts = simulateSeries();
const [ours, naive] = [testAll(7), sortAll(7)];
const [oursAll, naiveAll] = [testAll(1), sortAll(1)];
const outcomes = cells.map(simulate);
console.log(
  `${SERIES} series a cell, seed ${SEED}: growth over the whole window.
Counts: weekend dip, Poisson, log-noise 8 % with AR(1) φ. Coverage: each cluster stays as it was with probability φ, half are seen at first.
Share named up or down where nothing grows, named up where it does; families of ${FAMILY}, Holm. Week over week: last 7 days against the 7 before.`,
);
console.table(
  outcomes.map((one) => ({
    days: one.days,
    of: `${one.base}${one.kind === "share" ? " clusters" : " a day"}`,
    φ: one.phi,
    growth: one.growth === 0 ? "none" : one.together ? "+20 %, all four" : "+20 %, one of four",
    named: percent(one.named),
    "95 %": wilson(one.named * SERIES, SERIES)
      .map(percent)
      .join(" to "),
    alone: percent(one.alone),
    "any of four": one.growth === 0 ? percent(one.any) : "",
    flat: percent(one.flat),
    "week over week, any": percent(one.weekAny),
    "more than 5 %": percent(one.weekMore),
  })),
);

console.log(`${TRENDS} trends of ${DAYS} days, milliseconds, median of ${ROUNDS}`);
console.table([
  { pairs: "within a weekday", "test, slope and interval": round(ours), "slope and interval by sorting": round(naive) },
  { pairs: "all", "test, slope and interval": round(oursAll), "slope and interval by sorting": round(naiveAll) },
]);
const worst = (read: (one: Outcome) => number): number =>
  Math.max(...outcomes.filter(({ growth }) => growth === 0).map(read));
const power = (phi: number): number =>
  outcomes.find((one) => one.days === 84 && one.base === 200 && one.phi === phi && one.growth > 0 && !one.together)
    ?.named ?? Number.NaN;
printBars([
  { what: "false alarms a series, families of four, worst cell", figure: worst(({ named }) => named), most: 0.065 },
  { what: "power, +20 % over 84 days, φ 0", figure: power(0), least: 0.8 },
  { what: "power, +20 % over 84 days, φ 0.5", figure: power(0.5), least: 0.65 },
  { what: `ms for ${TRENDS} trends of ${DAYS} days`, figure: ours, most: 100 },
]);

function growing(cadence: Cadence, base: number, phi: number, kind: Cell["kind"] = "count"): Cell[] {
  const cell = { cadence, kind, base, phi };
  return [
    { ...cell, growth: 0, together: true },
    { ...cell, growth: 0.2, together: false },
    { ...cell, growth: 0.2, together: true },
  ];
}

function simulate(cell: Cell, at: number): Outcome {
  const chance = seededChance(SEED * 100 + at);
  const { step, steps } = TREND_WINDOWS[cell.cadence];
  const days = step === "day" ? steps : steps * 7;
  const total = { named: 0, alone: 0, any: 0, flat: 0, weekAny: 0, weekMore: 0 };
  for (let n = 0; n < SERIES; n += 1) {
    const family = Array.from({ length: FAMILY }, (_, member) =>
      draw(cell, { days, growth: member === 0 || cell.together ? cell.growth : 0 }, chance),
    );
    const names = (trend: Trend | undefined): boolean => trend === "up" || (trend === "down" && cell.growth === 0);
    const together = judge(cell, family);
    const own = family.slice(0, 1);
    total.named += Number(names(together[0]));
    total.flat += Number(together[0] === "flat");
    total.any += Number(together.some((trend) => trend === "up" || trend === "down"));
    total.alone += Number(names(judge(cell, own)[0]));
    const week = weekOverWeek(own[0] ?? []);
    const change = cell.growth === 0 ? Math.abs(week) : week;
    total.weekAny += Number(change > 0);
    total.weekMore += Number(change > 0.05);
  }
  const share = (count: number): number => count / SERIES;
  return {
    ...cell,
    days,
    named: share(total.named),
    alone: share(total.alone),
    any: share(total.any),
    flat: share(total.flat),
    weekAny: share(total.weekAny),
    weekMore: share(total.weekMore),
  };
}

function draw({ kind, base, phi }: Cell, length: { days: number; growth: number }, chance: Chance): number[] {
  return kind === "count"
    ? simulateTraffic({ ...length, phi, base }, chance)
    : simulateCoverage({ ...length, phi, clusters: base }, chance);
}

function judge({ cadence, kind }: Cell, family: readonly number[][]): Trend[] {
  const days = family[0]?.length ?? 0;
  const series = family.map((values) => toDailySeries(values, FIRST_DAY, kind));
  return judgeTrends(series, { cadence, to: dayAfter(FIRST_DAY, days - 1) }).map(({ trend }) => trend);
}

function weekOverWeek(values: readonly number[]): number {
  const sum = (from: number, to?: number): number => values.slice(from, to).reduce((total, value) => total + value, 0);
  return sum(-7) / sum(-14, -7) - 1;
}

function simulateSeries(): number[][] {
  const chance = seededChance(SEED);
  return Array.from({ length: TRENDS }, () =>
    simulateTraffic({ days: DAYS, base: 200, growth: 0.2, phi: 0.5 }, chance),
  );
}

function testAll(period: number): number {
  const series = counts.map((values): SteppedSeries => ({
    times: Float64Array.from(values.keys()),
    values: Float64Array.from(values),
    period,
  }));
  return timed(() => {
    for (const one of series) fitTrend(one);
  });
}

/** The slope as it is mostly written: all slopes into an array, sort, take the middle and the two at the ends of the interval. */
function sortAll(period: number): number {
  return timed(() => {
    for (const values of counts) {
      const slopes: number[] = [];
      for (let late = 0; late < values.length; late += 1) {
        for (let early = late - period; early >= 0; early -= period)
          slopes.push(((values[late] ?? 0) - (values[early] ?? 0)) / (late - early));
      }
      slopes.sort((a, b) => a - b);
    }
  });
}

function timed(run: () => void): number {
  run();
  return median(
    Array.from({ length: ROUNDS }, () => {
      const before = performance.now();
      run();
      return performance.now() - before;
    }),
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
