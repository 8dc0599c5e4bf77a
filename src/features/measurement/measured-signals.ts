import type { MeasurementSettings } from "../../config.ts";
import type { Cadence } from "../../lib/cadence.ts";
import { dayAfter } from "../../lib/days.ts";
import type { IncidentFact } from "../../lib/incidents.ts";
import { SIGNAL_NAMES, type Signal } from "../../lib/metrics.ts";
import { SIGNAL_FORMULAS, type SignalFormula } from "../../lib/signal-formulas.ts";
import type { MeasuredSignal } from "../../lib/signal-reading.ts";
import { judgeTrends } from "../../lib/trend-judgement.ts";
import type { MeasuredSeries } from "../../store/observations.ts";
import type { Transaction } from "../../store/store.ts";

/** What the measured trends of a cadence rest on beside the observations. */
export interface MeasureRequest {
  cadence: Cadence;
  /** The instant of the decision; the window ends with the day before it. */
  at: string;
  /** Only what was recorded up to this sequence number counts. */
  asOf: number;
  sourceOrder: readonly string[];
  trackingChanges: MeasurementSettings["tracking_changes"];
  incidents: readonly IncidentFact[];
}

/** Longest series that any cadence looks at, in days. */
const LONGEST_DAYS = 400;
/** A series whose newest value is older says nothing about now. */
const FRESH_DAYS = 14;

/** The trends of the decision signals that have series, judged together. */
export async function measureSignals(
  tx: Transaction,
  request: MeasureRequest,
): Promise<ReadonlyMap<Signal, MeasuredSignal>> {
  const { at, asOf, cadence } = request;
  const to = dayAfter(at, -1);
  const chosen: { signal: Signal; series: MeasuredSeries }[] = [];
  for (const signal of SIGNAL_NAMES) {
    const all = await tx.observations.series({
      metric: signal,
      scope: "",
      from: dayAfter(at, -LONGEST_DAYS),
      to,
      asOf,
    });
    const series = preferred(all, request.sourceOrder, SIGNAL_FORMULAS[signal]);
    if (series && (series.points.at(-1)?.day ?? "") >= dayAfter(at, -FRESH_DAYS)) chosen.push({ signal, series });
  }
  const trends = judgeTrends(
    chosen.map(({ signal, series }) => ({
      kind: SIGNAL_FORMULAS[signal].unit,
      points: series.points.map(({ day, value }) => ({ day, value })),
      cuts: cuts(signal, request),
      leftOut: leftOut(request),
    })),
    { to, cadence },
  );
  return new Map(
    chosen.map(({ signal, series }, n) => {
      const trend = trends[n];
      if (!trend) throw new Error(`no trend for ${signal}`);
      return [signal, { source: series.source, trend, observations: references(series, trend.from, trend.to) }];
    }),
  );
}

/** The source that stands first in the configured order, else the formula's own, else the one with most values; of one source the series in the formula's unit. */
function preferred(
  all: readonly MeasuredSeries[],
  order: readonly string[],
  own: SignalFormula,
): MeasuredSeries | undefined {
  const sorted = all.toSorted(
    (a, b) =>
      Number(b.unit === own.unit) - Number(a.unit === own.unit) ||
      b.points.length - a.points.length ||
      (a.source < b.source ? -1 : 1),
  );
  for (const source of [...order, own.source]) {
    const found = sorted.find((one) => one.source === source);
    if (found) return found;
  }
  return all.toSorted((a, b) => b.points.length - a.points.length || (a.source < b.source ? -1 : 1))[0];
}

function cuts(signal: Signal, { trackingChanges }: MeasureRequest): { day: string; why: string }[] {
  return trackingChanges
    .filter(({ signals }) => signals === undefined || signals.includes(signal))
    .map(({ date, what }) => ({ day: date, why: what }));
}

/** The days of P0 and P1 incidents do not count. */
function leftOut({ incidents, at }: MeasureRequest): { from: string; to: string; why: string }[] {
  return (
    incidents
      .filter(({ severity, unreadable }) => severity !== "P2" && !unreadable)
      .map(({ id, created_at, resolved_at }) => ({
        from: created_at.slice(0, 10),
        to: (resolved_at ?? at).slice(0, 10),
        why: id,
      }))
      // The clock of another machine, or a hand, may have written days that no window has.
      .filter(({ from, to }) => from <= to)
  );
}

/** The first and the last observation inside the window, and how many there are. */
function references({ points }: MeasuredSeries, from: string, to: string): string[] {
  const inside = points.filter(({ day }) => day >= from && day <= to);
  const [first, last] = [inside[0], inside.at(-1)];
  return first && last ? [`${first.observation}…${last.observation} (${inside.length})`] : [];
}
