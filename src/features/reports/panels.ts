import type { MeasurementSettings } from "../../config.ts";
import type { IncidentFact } from "../../lib/incidents.ts";
import type { Footnote } from "../../lib/reports.ts";
import { SIGNAL_FORMULAS } from "../../lib/signal-formulas.ts";
import { SIGNAL_TITLES, type PanelMark, type TrendPanel } from "../../lib/trend-panels.ts";
import type { SignalReading } from "../../lib/trends.ts";

/** What the panels of a report are made from. */
export interface PanelFacts {
  readings: readonly SignalReading[];
  incidents: readonly IncidentFact[];
  trackingChanges: MeasurementSettings["tracking_changes"];
  /** ISO instant of the report. */
  at: string;
}

/** A panel for every signal that was measured or tried, and one footnote for what each reading rests on. */
export function panelsOf({ readings, incidents, trackingChanges, at }: PanelFacts): {
  panels: TrendPanel[];
  footnotes: Footnote[];
} {
  const footnotes = readings.flatMap((reading): Footnote[] => {
    const id = footnoteId(reading);
    if (reading.observations.length === 0) return [];
    const { source: own, says } = SIGNAL_FORMULAS[reading.signal];
    const { basis, source = own } = reading;
    const how =
      basis === "measured" ? `; from ${source}${source === own ? `: ${says}` : ", as it states them"}` : `; ${basis}`;
    return [{ id, text: `${reading.signal}: ${reading.observations.join(", ")}${how}` }];
  });
  const known = new Set(footnotes.map(({ id }) => id));
  const panels = readings.flatMap((reading): TrendPanel[] => {
    const { signal, measured, basis, trend, source = SIGNAL_FORMULAS[signal].source } = reading;
    if (!measured) return [];
    const { counts, unit } = SIGNAL_FORMULAS[signal];
    const marks = marksOf(signal, { incidents, trackingChanges, at });
    const id = footnoteId(reading);
    return [
      {
        signal,
        title: SIGNAL_TITLES[signal],
        unit: counts,
        kind: unit,
        source,
        measured,
        ...(basis === "declared" && trend !== "unknown" ? { declared: { trend } } : {}),
        marks,
        footnotes: known.has(id) ? [id] : [],
      },
    ];
  });
  return { panels, footnotes };
}

function footnoteId({ signal }: SignalReading): string {
  return signal.replaceAll("_", "-");
}

function marksOf(
  signal: SignalReading["signal"],
  { incidents, trackingChanges, at }: Omit<PanelFacts, "readings">,
): PanelMark[] {
  const spans = incidents
    .filter(({ unreadable }) => !unreadable)
    .map(({ id, severity, summary, created_at, resolved_at }): PanelMark => ({
      kind: "incident",
      from: created_at.slice(0, 10),
      to: (resolved_at ?? at).slice(0, 10),
      label: `${severity}: ${summary} (${id})`,
    }));
  const changes = trackingChanges
    .filter(({ signals }) => signals === undefined || signals.includes(signal))
    .map(({ date, what }): PanelMark => ({ kind: "tracking_change", from: date, to: date, label: what }));
  return [...spans, ...changes];
}
