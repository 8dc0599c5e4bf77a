import type { MeasuredTrend } from "./measured-trend.ts";
import type { Signal, Trend } from "./metrics.ts";
import type { SignalReading } from "./trends.ts";

/** What a reader calls each decision signal. */
export const SIGNAL_TITLES: Readonly<Record<Signal, string>> = {
  non_brand_visibility: "Non-brand visibility",
  query_cluster_coverage: "Query cluster coverage",
  high_intent_session: "High-intent sessions",
  conversion_assist: "Assisted conversions",
};

/** The title of a signal or metric: a name that is no decision signal stays, in plain words. */
export function metricTitle(name: string): string {
  const titles: Readonly<Record<string, string>> = SIGNAL_TITLES;
  return (Object.hasOwn(titles, name) ? titles[name] : undefined) ?? name.replaceAll("_", " ");
}

/** Something that happened to a series inside the window; both days inclusive, calendar days of the series. */
export interface PanelMark {
  kind: "incident" | "tracking_change";
  from: string;
  to: string;
  label: string;
}

/** What a report shows of one decision signal. */
export interface TrendPanel {
  signal: Signal;
  /** Plain words for a reader who does not know the signal's name. */
  title: string;
  /** What is counted, in plural ("impressions"); a `share` is from 0 to 1 and is shown in per cent. */
  unit: string;
  kind: "count" | "share";
  /** Source of the values; undefined when nothing was measured. */
  source?: string;
  measured: MeasuredTrend;
  /** Present only when nothing was measured and somebody stated the trend. */
  declared?: { trend: Exclude<Trend, "unknown">; source?: string; at?: string };
  marks: readonly PanelMark[];
  /** Ids of the report's footnotes that name the observations. */
  footnotes: readonly string[];
}

/** The trend that a panel shows and how it is known: a measured one goes before a declared one. */
export function panelTrend({ measured, declared }: Pick<TrendPanel, "measured" | "declared">): {
  trend: Trend;
  basis: "measured" | "declared" | "none";
} {
  if (measured.trend !== "unknown") return { trend: measured.trend, basis: "measured" };
  return declared ? { trend: declared.trend, basis: "declared" } : { trend: "unknown", basis: "none" };
}

/** The panel of a signal without a series: what its reading says, and no points. `window` holds its first and last day. */
export function unmeasuredPanel(reading: SignalReading, window: { from: string; to: string }): TrendPanel {
  const { signal, trend, basis, why } = reading;
  return {
    signal,
    title: SIGNAL_TITLES[signal],
    unit: "",
    kind: "count",
    measured: { trend: "unknown", why, step: "day", ...window, points: [], leftOut: [] },
    ...(basis === "declared" && trend !== "unknown" ? { declared: { trend } } : {}),
    marks: [],
    footnotes: [],
  };
}

/** One lettered annotation of a chart: days that are shaded, or one day with a line. */
export interface Annotation {
  letter: string;
  kind: "incident" | "left_out" | "tracking_change";
  from: string;
  to: string;
  text: string;
  /** Its days do not count for the trend; of a tracking change: nothing before it does. */
  excludes: boolean;
}

/** Marks, left-out days and the cut as one list, oldest first, each thing once; days outside the window are trimmed or dropped. */
export function annotations({ measured, marks }: Pick<TrendPanel, "measured" | "marks">): Annotation[] {
  const { from, to, leftOut, cut } = measured;
  const marked = marks.map((mark) => ({
    kind: mark.kind,
    from: mark.from,
    to: mark.to,
    text: mark.label,
    excludes:
      mark.kind === "incident"
        ? leftOut.some((span) => span.from === mark.from && span.to === mark.to)
        : cut?.day === mark.from,
  }));
  const unmarked = leftOut
    .filter((span) => !marks.some((mark) => mark.from === span.from && mark.to === span.to))
    .map((span) => ({ kind: "left_out" as const, from: span.from, to: span.to, text: span.why, excludes: true }));
  const cuts =
    cut && !marks.some((mark) => mark.kind === "tracking_change" && mark.from === cut.day)
      ? [{ kind: "tracking_change" as const, from: cut.day, to: cut.day, text: cut.why, excludes: true }]
      : [];
  return [...marked, ...unmarked, ...cuts]
    .filter((one) => one.to >= from && one.from <= to)
    .map((one) => ({ ...one, from: one.from < from ? from : one.from, to: one.to > to ? to : one.to }))
    .toSorted((a, b) => a.from.localeCompare(b.from) || a.text.localeCompare(b.text))
    .map((one, index) => ({ letter: letterOf(index), ...one }));
}

/** 0 → A … 25 → Z, 26 → AA. */
function letterOf(index: number): string {
  const last = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last;
}
