import { z } from "zod";
import { signalBasis, signalFacts } from "../../features/governance/facts.ts";
import { computedSignals } from "../../features/measurement/derive-signals.ts";
import { OhmymktError } from "../../errors.ts";
import { actorLabel } from "../../lib/actor.ts";
import { localDay } from "../../lib/days.ts";
import { METRICS_DOCUMENT, metricsDocument, SIGNALS, TRACKS } from "../../lib/metrics.ts";
import type { Observation } from "../../lib/observations.ts";
import type { Conflict, SignalReading } from "../../lib/trends.ts";
import type { Transaction } from "../../store/store.ts";
import { defineTool, type RunContext } from "./define.ts";
import { hidden, outlined } from "./lean-schema.ts";
import { renderConflicts, renderReadings } from "./render-signals.ts";

const One = {
  track: z.enum(TRACKS),
  metric: z.string().trim().min(1).max(100),
  value: z.number().optional(),
  trend: z.enum(["up", "down", "flat"]).optional(),
  unit: hidden(z.string().max(30).optional()),
  source: z.string().trim().min(1).max(100).optional(),
  observed_at: z.union([z.iso.date(), z.iso.datetime({ offset: true })]).optional(),
};

const OBSERVATION = "{track, metric, value?, trend?, source?, observed_at?}";

interface MetricsResult {
  stored: Observation[];
  readings: SignalReading[];
  conflicts: Conflict[];
}

export const updateMetrics = defineTool({
  name: "ohmymkt_update_metrics",
  summary: "Store metric values or declare a trend; disagreements are kept.",
  args: {
    track: hidden(One.track.optional()),
    metric: hidden(One.metric.optional()),
    value: hidden(One.value),
    trend: hidden(One.trend),
    unit: One.unit,
    source: hidden(One.source),
    observed_at: hidden(One.observed_at),
    observations: outlined(z.array(z.strictObject(One)).min(1).max(500), OBSERVATION).optional(),
  },
  async run({ observations = [], track, metric, ...rest }, context): Promise<MetricsResult> {
    const single = track !== undefined && metric !== undefined ? [{ track, metric, ...rest }] : [];
    const all = [...single, ...observations];
    if (all.length === 0 || (single.length === 0 && (track ?? metric) !== undefined)) {
      throw new OhmymktError(
        "invalid_arguments",
        "ohmymkt_update_metrics expected track and metric together, or observations",
        {
          hint: `for example {track: "quality_track", metric: "high_intent_session", value: 412, source: "crm"}`,
        },
      );
    }
    return context.transact(async (tx) => {
      await refuseComputed(tx, all);
      const stored = await tx.observations.append(all.map((one) => toObservation(one, tx.now, context)));
      const facts = await signalFacts(tx, await signalBasis(tx, "weekly", context.config));
      await tx.documents.write(METRICS_DOCUMENT, metricsDocument(facts.readings), {
        reason: "trends computed from the observations of 7 days",
      });
      return { stored, ...facts };
    });
  },
  render: ({ stored, readings, conflicts }) =>
    [
      `Stored ${stored.length} observation${stored.length === 1 ? "" : "s"}.`,
      renderReadings(readings),
      renderConflicts(conflicts),
    ]
      .filter(Boolean)
      .join("\n"),
});

/** A signal that is computed from a source's exports is not typed in under that source's name: it would pass for imported data. */
async function refuseComputed(tx: Transaction, all: readonly Stated[]): Promise<void> {
  const computed = await computedSignals(tx);
  const typed = all.find((one) => one.value !== undefined && computed.has(`${one.metric} ${one.source ?? ""}`));
  if (!typed) return;
  throw new OhmymktError(
    "not_allowed",
    `${typed.metric} is computed from the exports of ${typed.source}; expected an import, got the value ${typed.value}`,
    { hint: "import a newer export with ohmymkt_import_metrics, or name who states it as source: it is kept beside" },
  );
}

/** The instant that was stated. East of UTC the day of today begins before UTC's does: it is taken as now. */
function observedAt(stated: string | undefined, now: string, timezone: string): string {
  if (stated === undefined || (stated === localDay(now, timezone) && stated > now)) return now;
  return new Date(stated).toISOString();
}

type Stated = { [K in keyof typeof One]?: z.output<(typeof One)[K]> | undefined } & {
  track: (typeof TRACKS)[number];
  metric: string;
};

function toObservation(
  stated: Stated,
  now: string,
  context: RunContext,
): Omit<Observation, "id" | "recorded_at" | "actor"> {
  const metric = stated.metric.replace(/_trend$/, "");
  const signal = Object.entries(SIGNALS).find(([name]) => name === metric)?.[1];
  if (signal && signal.track !== stated.track) {
    throw new OhmymktError("invalid_arguments", `${metric} belongs to ${signal.track}, got ${stated.track}`);
  }
  if (stated.value === undefined && stated.trend === undefined) {
    throw new OhmymktError("invalid_arguments", `${metric} expected a value or a trend, got neither`);
  }
  const observed = observedAt(stated.observed_at, now, context.config.timezone);
  if (observed > now) {
    throw new OhmymktError("invalid_arguments", `${metric} was observed at ${observed}, which is in the future`, {
      hint: `it is now ${now}`,
    });
  }
  const { value, trend, unit, track } = stated;
  return {
    track,
    metric,
    source: stated.source ?? actorLabel(context.actor),
    observed_at: observed,
    ...(value === undefined ? {} : { value }),
    ...(trend === undefined ? {} : { trend }),
    ...(unit === undefined ? {} : { unit }),
  };
}
