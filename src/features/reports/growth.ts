import type { Config } from "../../config.ts";
import { drawReportPage } from "../../drawing/report-thread.ts";
import { localDay } from "../../lib/days.ts";
import type { GrowthReport } from "../../lib/reports.ts";
import type { Transaction } from "../../store/store.ts";
import { collectReport, type ReportRequest } from "./collect.ts";
import { renderGrowthJson } from "./growth-json.ts";
import { renderGrowthReport } from "./growth-markdown.ts";

/** Runs a unit of work in the name of whoever asked for the report. */
type Transact = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

/** A report as it was written; paths are relative to `.ohmymkt/`. */
export interface WrittenReport {
  report: GrowthReport;
  paths: string[];
}

/** Collects the report of a window and writes it to `reports/summary/` as Markdown, page and JSON. The page is drawn between two transactions, so that nobody waits for it. */
export async function writeGrowthReport(
  transact: Transact,
  request: ReportRequest & { id: string },
  config: Config,
): Promise<WrittenReport> {
  const report = await transact((tx) => collectReport(tx, request, config));
  const stem = `reports/summary/${localDay(report.at, config.timezone)}-${request.id}`;
  const files = [
    { path: `${stem}.md`, text: renderGrowthReport(report) },
    { path: `${stem}.html`, text: await drawReportPage(report) },
    { path: `${stem}.json`, text: renderGrowthJson(report) },
  ];
  await transact(async (tx) => {
    for (const { path, text } of files) await tx.artifacts.write(path, text);
    await tx.ledger.append({
      kind: "report.written",
      subject: `${stem}.md`,
      reason: `window ${request.window}, ${report.status}`,
      evidence: { head: report.ledger_head },
    });
  });
  return { report, paths: files.map(({ path }) => path) };
}
