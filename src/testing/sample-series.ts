import { dayAfter } from "../lib/days.ts";
import type { MeasuredTrend } from "../lib/measured-trend.ts";
import type { Trend } from "../lib/metrics.ts";
import type { TrendPanel } from "../lib/trend-panels.ts";

/** First and last day of the window of every sample, 84 days. */
export const SAMPLE_WINDOW = { from: "2026-08-29", to: "2026-11-20" };
const DAYS = 84;

interface Shape {
  level: number;
  /** Growth over the window as a share of the level. */
  growth: number;
  weekend?: number;
  noise?: number;
  seed?: number;
}

/** Daily values with a weekly season and noise, the same on every run. */
export function sampleSeries({
  level,
  growth,
  weekend = 0.78,
  noise = 0.06,
  seed = 7,
}: Shape): MeasuredTrend["points"] {
  let state = seed;
  const chance = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return Array.from({ length: DAYS }, (_, index) => {
    const day = dayAfter(`${SAMPLE_WINDOW.from}T00:00:00Z`, index);
    const season = [0, 6].includes(new Date(day).getUTCDay()) ? weekend : 1;
    const value =
      level * season * (1 + growth * (index / (DAYS - 1) - 0.5)) * (1 + noise * (chance() + chance() - 1) * 2);
    return { day, value: level > 2 ? Math.round(value) : Math.min(1, Math.round(value * 1000) / 1000) };
  });
}

/** A measured trend over the sample window; the interval is the growth ± `spread`. */
export function sampleTrend(
  shape: Shape & { trend: Trend; why: string; spread?: number; p?: number },
  more: Partial<MeasuredTrend> = {},
): MeasuredTrend {
  const { level, growth, weekend = 0.78, spread = 0.06, p = 0.0004 } = shape;
  const mean = (level * (5 + 2 * weekend)) / 7;
  const slope = (share: number): number => (mean * share) / (DAYS - 1);
  const leftOut = more.leftOut ?? [];
  const counts = (day: string): boolean =>
    day >= (more.cut?.day ?? "") && !leftOut.some((span) => day >= span.from && day <= span.to);
  return {
    trend: shape.trend,
    why: shape.why,
    step: "day",
    ...SAMPLE_WINDOW,
    points: sampleSeries(shape).filter(({ day }) => counts(day)),
    leftOut,
    test: {
      slope: slope(growth),
      slopeLow: slope(growth - spread),
      slopeHigh: slope(growth + spread),
      level: mean,
      levelAt: new Date((Date.parse(SAMPLE_WINDOW.from) + Date.parse(SAMPLE_WINDOW.to)) / 2).toISOString(),
      change: growth,
      changeLow: growth - spread,
      changeHigh: growth + spread,
      p: p / 4,
      adjustedP: p,
      autocorrelation: 0.21,
    },
    ...more,
  };
}

/** A trend of which nothing is known: no point, no test. */
export function sampleUnknown(why: string, more: Partial<MeasuredTrend> = {}): MeasuredTrend {
  return { trend: "unknown", why, step: "day", ...SAMPLE_WINDOW, points: [], leftOut: [], ...more };
}

/** The four decision signals with these trends, titled as a report titles them. */
export function samplePanels(
  trends: readonly [MeasuredTrend, MeasuredTrend, MeasuredTrend, MeasuredTrend],
  more: readonly Partial<TrendPanel>[] = [],
): TrendPanel[] {
  const heads = [
    {
      signal: "non_brand_visibility",
      title: "Non-brand visibility",
      unit: "impressions",
      kind: "count",
      source: "gsc",
    },
    {
      signal: "query_cluster_coverage",
      title: "Query cluster coverage",
      unit: "of priority clusters",
      kind: "share",
      source: "semrush",
    },
    { signal: "high_intent_session", title: "High-intent sessions", unit: "sessions", kind: "count", source: "ga4" },
    { signal: "conversion_assist", title: "Assisted conversions", unit: "conversions", kind: "count", source: "ga4" },
  ] as const;
  return heads.map((head, index) => ({
    ...head,
    measured: trends[index] ?? sampleUnknown("no values"),
    marks: [],
    footnotes: [`n${index + 1}`],
    ...more[index],
  }));
}
