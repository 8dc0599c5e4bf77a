import { expect, test } from "bun:test";
import { decisionChart } from "../features/reports/charts/decision-chart.ts";
import { renderGrowthPage } from "../features/reports/growth-html.ts";
import type { GrowthReport } from "../lib/reports.ts";
import { worstLag } from "../testing/loop-lag.ts";
import { SAMPLE_REPORTS } from "../testing/sample-report.ts";
import { loadRasterizer } from "./rasterizer.ts";
import { drawReportDecision, drawReportPage } from "./report-thread.ts";

const report = Object.values(SAMPLE_REPORTS)[0] as GrowthReport;

test("the thread draws the same page and the same picture as this one would", async () => {
  const [page, picture] = await Promise.all([drawReportPage(report), drawReportDecision(report)]);
  expect(page).toBe(await renderGrowthPage(report));
  const png = (await loadRasterizer()).png(decisionChart(report, { anyScript: false }));
  expect(Bun.hash(picture)).toBe(Bun.hash(png));
});

test("what cannot be drawn is an error, and the next report is drawn", async () => {
  const broken = { ...report, window: undefined } as unknown as GrowthReport;
  await expect(drawReportPage(broken)).rejects.toThrow();
  expect(await drawReportPage(report)).toContain("<!doctype html>");
});

test("the event loop goes on meanwhile", async () => {
  // Side by side with drawing here, because other processes hold up both.
  const here: number[] = [];
  const there: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    here.push(await worstLag(() => renderGrowthPage(report)));
    there.push(await worstLag(() => drawReportPage(report)));
  }
  console.log(`drawn here ${here.map(Math.round).join(", ")} ms, in the thread ${there.map(Math.round).join(", ")} ms`);
  expect(Math.min(...there)).toBeLessThan(Math.min(...here) / 2);
});
