import { reportPanels, type GrowthReport } from "../../lib/reports.ts";
import { drawTrend } from "./charts/trend-chart.ts";
import { CHART_SIZES } from "./charts/trend-spec.ts";
import { closing } from "./page/closing.ts";
import { gates } from "./page/gates.ts";
import { html, trusted } from "./page/html.ts";
import { opening } from "./page/opening.ts";
import { publishing, spend } from "./page/outside.ts";
import { PAGE_STYLE } from "./page/style.ts";
import { trends, type DrawnPanel } from "./page/trends.ts";
import { conflicts, incidents } from "./page/trouble.ts";
import { next, work } from "./page/work.ts";
import { capital, dayText } from "./wording.ts";

/** The growth report as one HTML file without script or outside request; equal reports give equal bytes. */
export async function renderGrowthPage(report: GrowthReport): Promise<string> {
  const drawn: DrawnPanel[] = [];
  for (const panel of reportPanels(report)) {
    const wide = await drawTrend(panel, CHART_SIZES.wide);
    drawn.push({ panel, wide, narrow: await drawTrend(panel, CHART_SIZES.narrow) });
  }
  return page(report, drawn);
}

function page(report: GrowthReport, drawn: readonly DrawnPanel[]): string {
  const { plan, decision, window, campaign } = report;
  const title = `${decision ? capital(decision.decision) : "No decision yet"} · growth report, ${dayText(report.at.slice(0, 10))}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${trusted(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <header>
          <p dir="auto">${plan ? plan.title : "No plan"}</p>
          <p>
            Campaign ${campaign.replaceAll("_", " ")} · ${dayText(window.from.slice(0, 10))} to
            ${dayText(window.to.slice(0, 10))}
          </p>
        </header>
        <main>
          ${opening(report)}${trends(drawn, report.footnotes)}${gates(report.gates)}${work(report)}${conflicts(report.conflicts)}${incidents(report.incidents)}${report.spend && spend(report.spend)}${report.publishing && publishing(report.publishing)}${next(report)}${closing(report)}
        </main>
        <footer>
          <p>Declared trends are statements, not measurements. Written by ohmymkt from the project’s own record.</p>
        </footer>
      </body>
    </html> `.markup;
}
