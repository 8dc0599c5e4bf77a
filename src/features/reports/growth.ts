import type { Config } from "../../config.ts";
import { localDay, windowStart } from "../../lib/days.ts";
import { overdueCadences } from "../../lib/cycle.ts";
import { incidentsInWindow } from "../../lib/incidents.ts";
import { openRequired, whyOpen, type GrowthReport } from "../../lib/reports.ts";
import { findConflicts, readSignals } from "../../lib/trends.ts";
import type { Transaction } from "../../store/store.ts";
import { readStanding } from "../governance/facts.ts";
import { readCycles } from "../governance/seeds.ts";
import { renderGrowthReport } from "./growth-markdown.ts";

/** Collects the report of a window and writes it to `reports/summary/`; paths are relative to `.ohmymkt/`. */
export async function writeGrowthReport(
  tx: Transaction,
  request: { id: string; window: string; requires: readonly string[] },
  config: Config,
): Promise<{ report: GrowthReport; path: string }> {
  const report = await collect(tx, request, config);
  const path = `reports/summary/${localDay(tx.now, config.timezone)}-${request.id}.md`;
  await tx.artifacts.write(path, renderGrowthReport(report));
  await tx.ledger.append({
    kind: "report.written",
    subject: path,
    reason: `window ${request.window}, ${report.status}`,
    evidence: { head: report.ledger_head },
  });
  return { report, path };
}

async function collect(
  tx: Transaction,
  request: { window: string; requires: readonly string[] },
  config: Config,
): Promise<GrowthReport> {
  const from = windowStart(request.window, tx.now);
  const standing = await readStanding(tx);
  const { cycles } = await readCycles(tx);
  const observations = await tx.observations.list({ from, to: tx.now });
  const window = { from, now: tx.now };
  const last = cycles.at(-1);
  const required = await Promise.all(request.requires.map((id) => tx.tasks.get(id)));
  const open = openRequired(
    request.requires,
    required.filter((task) => task !== undefined),
  );
  const lost = (await tx.tasks.list({ status: ["failed", "cancelled"] })).filter(
    ({ completed_at = "" }) => completed_at >= from,
  );
  const unfinished = await tx.tasks.list({ status: ["pending", "claimed", "in_progress"], limit: 100 });
  return {
    at: tx.now,
    timezone: config.timezone,
    window: { text: request.window, from, to: tx.now },
    status: open.length > 0 ? "partial" : "complete",
    open_required: open,
    plan: standing.plan
      ? {
          name: standing.plan.name,
          title: standing.plan.title,
          version: standing.plan.version,
          status: standing.plan.status,
        }
      : null,
    campaign: standing.execution.state,
    decision: last
      ? {
          id: last.id,
          cadence: last.cadence,
          decision: last.decision,
          reason: last.reason,
          scale: last.scale,
          scale_reasons: last.scale_reasons,
          at: last.at,
        }
      : null,
    confidence: null,
    would_change: [],
    recovery: last?.recovery ?? [],
    cycles: cycles
      .filter((entry) => entry.at >= from)
      .map(({ id, cadence, at, decision, report }) => ({ id, cadence, at, decision, report })),
    signals: readSignals(observations, window, config.source_order),
    panels: [],
    conflicts: findConflicts(observations, window, config.source_order),
    gates: standing.gates,
    incidents: incidentsInWindow(standing.incidents, from),
    sprint: null,
    tasks: {
      counts: await tx.tasks.count(),
      open: unfinished.map(({ id, title, owner, due_date, status }) => ({
        id,
        title,
        owner,
        status,
        ...(due_date ? { due_date } : {}),
      })),
      lost: lost.map((task) => ({
        id: task.id,
        title: task.title,
        owner: task.owner,
        status: task.status,
        why: whyOpen(task) ?? "",
      })),
    },
    actions: cycles.flatMap((entry) => entry.actions.filter((action) => action.status === "open")),
    overdue: overdueCadences(cycles, standing.execution.started_at, tx.now).map(
      ({ cadence, last: at }) => `${cadence}${at ? `, last run ${at.slice(0, 10)}` : ", never run"}`,
    ),
    footnotes: [],
    ledger_head: (await tx.ledger.head()).hash,
  };
}
