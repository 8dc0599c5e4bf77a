import { z } from "zod";
import { signalBasis, signalFacts } from "../../features/governance/facts.ts";
import { importMetrics as run, importOptions, type ImportReport } from "../../features/measurement/import-metrics.ts";
import { DAY_ORDERS } from "../../features/metric-imports/day-style.ts";
import { FORMAT_NAMES } from "../../features/metric-imports/import-options.ts";
import { DECIMALS } from "../../features/metric-imports/number-style.ts";
import { METRICS_DOCUMENT, metricsDocument } from "../../lib/metrics.ts";
import type { Conflict, SignalReading } from "../../lib/trends.ts";
import { defineTool } from "./define.ts";
import { hidden } from "./lean-schema.ts";
import { renderConflicts, renderReadings } from "./render-signals.ts";

interface ImportResult extends ImportReport {
  readings: SignalReading[];
  conflicts: Conflict[];
}

const SHOWN = 10;

export const importMetrics = defineTool({
  name: "ohmymkt_import_metrics",
  summary: "Store an export: GSC, GA4, Bing, Semrush, Ahrefs, CSV.",
  args: {
    file: z.string().min(1).max(1000),
    format: hidden(z.enum(["auto", ...FORMAT_NAMES]).default("auto")),
    mapping: z.record(z.string(), z.string()).optional(),
    dry_run: z.boolean().default(false),
    source: hidden(z.string().trim().min(1).max(100).optional()),
    as_of: hidden(z.iso.date().optional()),
    date_format: hidden(z.enum(DAY_ORDERS).optional()),
    decimal: hidden(z.enum(DECIMALS).optional()),
  },
  async run({ file, format, mapping, dry_run, source, as_of, date_format, decimal }, context): Promise<ImportResult> {
    const opened = await context.store.file(file);
    const { now } = await context.transact(async (tx) => ({ now: tx.now }));
    const options = importOptions(
      {
        format,
        ...(mapping ? { mapping } : {}),
        ...(source ? { sourceName: source } : {}),
        ...(as_of ? { asOf: as_of } : {}),
        ...(date_format ? { dateFormat: date_format } : {}),
        ...(decimal ? { decimal } : {}),
      },
      now,
      context.config,
    );
    const { signal, transact, config, importer, directory, actor } = context;
    const report = importer
      ? await importer(
          {
            directory,
            file,
            options,
            settings: { timezone: config.timezone, measurement: config.measurement },
            dryRun: dry_run,
            cause: { actor, tool: "ohmymkt_import_metrics" },
          },
          signal,
        )
      : await run(opened, options, config, { dryRun: dry_run, signal, transact });
    if (dry_run) return { ...report, readings: [], conflicts: [] };
    return context.transact(async (tx) => {
      const facts = await signalFacts(tx, await signalBasis(tx, "weekly", config));
      await tx.documents.write(METRICS_DOCUMENT, metricsDocument(facts.readings), {
        reason: `trends computed after the import of ${report.file}`,
      });
      return { ...report, ...facts };
    });
  },
  render: ({ file, summary, metrics, outcome, derived, readings, conflicts }) => {
    const { format, source, timezone, period, rows_read, skipped, quality, tables } = summary;
    const reasons = Object.entries(skipped.by_reason).map(([reason, count]) => `${reason} ${count}`);
    return [
      `${outcome ? "Imported" : "Dry run, nothing stored:"} ${file}: ${format} from ${source}${period ? `, ${period.from} to ${period.to}` : ""}${timezone ? ` (${timezone})` : ""}`,
      ...tables.map(
        ({ file: part, table, rows, values, why }) => `- ${part}, ${table}: ${why ?? `${rows} rows, ${values} values`}`,
      ),
      `Values: ${metrics.map(({ metric, values, scopes }) => `${metric} ${values}${scopes > 0 ? ` (${scopes} about parts)` : ""}`).join(", ") || "none"}`,
      outcome
        ? `Rows ${rows_read}; stored ${outcome.stored}, known already ${outcome.known}, revised ${outcome.revised}, skipped ${skipped.total}.`
        : `Rows ${rows_read}, skipped ${skipped.total}.`,
      reasons.length > 0 ? `Skipped: ${reasons.join(", ")}` : "",
      ...skipped.first.slice(0, SHOWN).map(({ row, why }) => `- ${row}: ${why}`),
      ...quality.map((remark) => `Note: ${remark}`),
      ...derived.map(
        (one) => `Computed: ${one.signal} of ${one.days} days, ${one.from} to ${one.to}, from ${one.source}`,
      ),
      renderReadings(readings),
      renderConflicts(conflicts),
    ]
      .filter(Boolean)
      .join("\n");
  },
});
