import type { GrowthReport } from "../../../lib/reports.ts";
import { decisionChart } from "./decision-chart.ts";
import { rasterize } from "./rasterize.ts";

/** The decision chart as PNG; texts in scripts that the bundled font lacks (Chinese, Hindi …) are replaced by a sentence that says so. */
export function drawDecisionPng(report: GrowthReport): Promise<Uint8Array> {
  return rasterize(decisionChart(report, { anyScript: false }));
}
