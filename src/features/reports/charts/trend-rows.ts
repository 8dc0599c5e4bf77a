import { annotations, type Annotation, type TrendPanel } from "../../../lib/trend-panels.ts";

const DAY = 86_400_000;
const HALF = DAY / 2;

/** A value of the series; days next to each other share a `run`, so that no line is drawn over a gap. Times are UTC ms. */
export interface PointRow {
  t: number;
  value: number;
  run: number;
}

/** The fitted line and its 95 % band at one time. */
export interface FitRow {
  t: number;
  fit: number;
  low: number;
  high: number;
}

/** Days that are shaded, from the start of the first to the end of the last. */
export interface SpanRow {
  t: number;
  t2: number;
  kind: Annotation["kind"] | "not_counted";
}

/** An annotation's label: its `lane` counts from the top, so that labels never overlap; `end` ones are aligned to their right end. */
export interface LabelRow {
  t: number;
  label: string;
  lane: number;
  end: boolean;
  kind: Annotation["kind"];
}

/** First and last instant of the window with half a day of air. */
export function timeDomain({ measured }: TrendPanel): [number, number] {
  return [Date.parse(measured.from) - HALF, Date.parse(measured.to) + HALF];
}

/** The points as rows, in runs without gaps. */
export function pointRows({ measured }: TrendPanel): PointRow[] {
  const step = measured.step === "day" ? DAY : 7 * DAY;
  let run = 0;
  return measured.points.map(({ day, value }, index) => {
    const t = Date.parse(day);
    const before = measured.points[index - 1];
    if (before && t - Date.parse(before.day) > step) run += 1;
    return { t, value, run };
  });
}

/** Line and band at the first point, where the level was taken and at the last point: the band is narrowest where the level was taken. */
export function fitRows({ measured }: TrendPanel): FitRow[] {
  const { test, points, step } = measured;
  const [first, last] = [points[0], points.at(-1)];
  if (!test || !first || !last) return [];
  const middle = Date.parse(test.levelAt);
  const width = step === "day" ? DAY : 7 * DAY;
  const floor = points.every(({ value }) => value >= 0) ? 0 : Number.NEGATIVE_INFINITY;
  const [start, end] = [Date.parse(first.day), Date.parse(last.day)];
  const times = middle > start && middle < end ? [start, middle, end] : [start, end];
  return times.map((t) => {
    const at = (slope: number): number => Math.max(floor, test.level + (slope * (t - middle)) / width);
    const ends = [at(test.slopeLow), at(test.slopeHigh)];
    return { t, fit: at(test.slope), low: Math.min(...ends), high: Math.max(...ends) };
  });
}

/** Shaded days: incidents, left-out days, and everything before a cut. */
export function spanRows(panel: TrendPanel): SpanRow[] {
  const { from, cut } = panel.measured;
  const before =
    cut && cut.day > from
      ? [{ t: Date.parse(from) - HALF, t2: Date.parse(cut.day) - HALF, kind: "not_counted" as const }]
      : [];
  const spans = annotations(panel)
    .filter(({ kind }) => kind !== "tracking_change")
    .map((one) => ({ t: Date.parse(one.from) - HALF, t2: Date.parse(one.to) + HALF, kind: one.kind }));
  return [...before, ...spans];
}

const LABELS = { incident: "incident", left_out: "left out", tracking_change: "tracking change" } as const;

/** Labels in lanes; `plot` is the width of the drawing in pixels and `em` the width of one letter, both rough on purpose. */
export function labelRows(panel: TrendPanel, plot: number, em: number, words: boolean): LabelRow[] {
  const [start, end] = timeDomain(panel);
  const scale = (t: number): number => ((t - start) / (end - start)) * plot;
  const lanes: number[] = [];
  return annotations(panel).map((one) => {
    const label = words ? `${one.letter} ${LABELS[one.kind]}` : one.letter;
    const half = one.kind === "tracking_change" ? 0 : HALF;
    const width = (label.length + 1) * em;
    const flip = scale(Date.parse(one.from) - half) + width > plot;
    const t = flip ? Date.parse(one.to) + half : Date.parse(one.from) - half;
    const left = scale(t) - (flip ? width : 0);
    const free = lanes.findIndex((taken) => taken <= left);
    const lane = free === -1 ? lanes.length : free;
    lanes[lane] = left + width;
    return { t, label, lane, end: flip, kind: one.kind };
  });
}
