import { z } from "zod";
import { writeGrowthReport } from "../../features/reports/growth.ts";
import { defineTool } from "./define.ts";
import { plain } from "./lean-schema.ts";
import { atMost } from "./render.ts";

/** Tasks that the answer names. */
const SHOWN = 20;

export const reportGrowth = defineTool({
  name: "ohmymkt_report_growth",
  summary: "Write the growth report; partial while a task id of requires is open.",
  args: {
    window: z.string().default("30d").describe("7d, 4w, 3m"),
    requires: plain(z.array(z.string()).max(200).default([])),
  },
  async run(args, context) {
    const request = { id: context.newId("summary"), ...args };
    const { report, paths } = await writeGrowthReport(context.transact, request, context.config);
    return { ...report, paths: paths.map((path) => `.ohmymkt/${path}`) };
  },
  async attach(report) {
    const { drawReportDecision } = await import("../../drawing/report-thread.ts");
    return [{ filename: "decision.png", mime: "image/png", bytes: await drawReportDecision(report) }];
  },
  render: (report) =>
    [
      `Growth report (${report.status}), ${report.window.text}: ${report.paths.join(", ")}`,
      report.decision
        ? `Decision: ${report.decision.decision} — ${report.decision.reason}`
        : "Decision: none yet; run a cycle first.",
      report.decision
        ? `Scale: ${report.decision.scale}${report.decision.scale_reasons.length > 0 ? ` (${report.decision.scale_reasons.join("; ")})` : ""}`
        : "",
      ...report.open_required.map(
        (task) =>
          `Required and not finished: ${task.id} (${task.status}) ${task.title}${task.why ? `: ${task.why}` : ""}`,
      ),
      ...atMost(
        SHOWN,
        report.tasks.lost.map((task) => `${task.status}: ${task.id} ${task.title} (${task.owner}): ${task.why}`),
        "the report lists them",
      ),
      `Signals: ${report.signals.map((one) => `${one.signal} ${one.trend}`).join(", ")}`,
      `Gates: ${report.gates.overall}. Campaign: ${report.campaign}. Conflicts: ${report.conflicts.length}. Incidents: ${report.incidents.length}. Open actions: ${report.actions.length}.`,
      report.overdue.length > 0 ? `Overdue cadences: ${report.overdue.join("; ")}` : "",
    ]
      .filter(Boolean)
      .join("\n"),
});
