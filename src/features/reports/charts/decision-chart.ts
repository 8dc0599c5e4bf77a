import { shorten, wrapText } from "../../../drawing/fit-text.ts";
import { escapeHtml } from "../../../drawing/markup.ts";
import { isDrawable, isRightToLeft } from "../../../drawing/scripts.ts";
import { panelTrend, type TrendPanel } from "../../../lib/trend-panels.ts";
import type { Decision } from "../../../lib/cadence.ts";
import type { Trend } from "../../../lib/metrics.ts";
import { reportPanels, type GrowthReport } from "../../../lib/reports.ts";
import { capital, changeText, dayText, spokenNames } from "../wording.ts";
import { sparkline } from "./sparkline.ts";

/** Size of the image in pixels; the one that chat and social previews show whole. */
export const DECISION_CHART = { width: 1200, height: 630 } as const;

const LEFT = 64;
const RIGHT = DECISION_CHART.width - LEFT;
const INK = "#1d1c1a";
const SOFT = "#5d5a54";
const TONES: Record<Decision | "none", string> = {
  continue: "#00694c",
  intervene: "#8a5200",
  rollback: "#a63f00",
  none: SOFT,
};
/** Drawn in a box of 60 by 60: a disc goes on, a diamond warns, an octagon stops. */
const SHAPES: Record<Decision | "none", string> = {
  continue: "M30 0A30 30 0 1 1 29.9 0Z",
  intervene: "M30 -3L63 30L30 63L-3 30Z",
  rollback: "M18 0H42L60 18V42L42 60H18L0 42V18Z",
  none: "M30 3A27 27 0 1 1 29.9 3ZM30 8A22 22 0 1 0 30.1 8Z",
};
const TREND_SIGNS: Record<Trend, string> = { up: "▲", down: "▼", flat: "▬", unknown: "?" };
const UNDRAWABLE = "The reason is written in a script that this image cannot show: see the report.";

/**
 * The decision of a report as one SVG image: word, scale, reason and four small panels. With `anyScript: false` texts that the
 * bundled font cannot draw are replaced by a sentence that says so.
 */
export function decisionChart(report: GrowthReport, { anyScript }: { anyScript: boolean }): string {
  const { decision, plan } = report;
  const kind = decision?.decision ?? "none";
  const shown = (text: string, otherwise: string): string => (anyScript || isDrawable(text) ? text : otherwise);
  const word = decision ? capital(decision.decision) : "No decision yet";
  const scale = decision
    ? `Scale ${decision.scale}${decision.scale_reasons.length > 0 ? `: ${decision.scale_reasons.map(spokenNames).join("; ")}` : ""}`
    : "Scale blocked: no cycle has decided yet";
  const reason = shown(decision?.reason ?? "No cycle has run. Run one to get a decision.", UNDRAWABLE);
  const head = [
    plan ? shown(plan.title, plan.name) : "No plan",
    `${decision?.cadence ?? "growth"} report`,
    dayText(report.at.slice(0, 10)),
  ].join(" · ");
  const said = `${word}. ${scale}. ${reason}`;
  const box = { width: RIGHT - LEFT };
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${DECISION_CHART.width}" height="${DECISION_CHART.height}" viewBox="0 0 ${DECISION_CHART.width} ${DECISION_CHART.height}" role="img" aria-labelledby="decision-title decision-desc" font-family="'DejaVu Sans', system-ui, sans-serif"><title id="decision-title">${escapeHtml(`Decision: ${word}`)}</title><desc id="decision-desc">${escapeHtml(said)}</desc>${[
    `<rect width="${DECISION_CHART.width}" height="${DECISION_CHART.height}" fill="#fbfaf7"/>`,
    `<rect width="10" height="${DECISION_CHART.height}" fill="${TONES[kind]}"/>`,
    line(shorten(head, { size: 21, ...box }), { y: 76, size: 21, fill: SOFT }),
    `<path d="${SHAPES[kind]}" transform="translate(${LEFT} 114)" fill="${TONES[kind]}"/>`,
    line(word, { y: 168, size: 72, fill: TONES[kind], bold: true, x: LEFT + 84 }),
    line(shorten(shown(scale, decision ? `Scale ${decision.scale}` : scale), { size: 25, bold: true, ...box }), {
      y: 236,
      size: 25,
      fill: INK,
      bold: true,
    }),
    ...wrapText(reason, { size: 25, lines: 3, ...box }).map((text, index) =>
      line(text, { y: 282 + index * 37, size: 25, fill: INK }),
    ),
    ...reportPanels(report).map((panel, index) => tile(panel, LEFT + index * 273)),
  ].join("")}</svg>`;
}

function tile(panel: TrendPanel, x: number): string {
  const { trend, basis } = panelTrend(panel);
  const change = basis === "measured" && panel.measured.test ? ` ${changeText(panel.measured.test.change)}` : "";
  const fill = trend === "down" ? TONES.rollback : trend === "up" ? TONES.continue : SOFT;
  const width = 253;
  return [
    `<path d="M${x} 408H${x + width}" stroke="#d9d5cc" stroke-width="1.5"/>`,
    line(shorten(panel.title, { size: 17, width }), { x, y: 436, size: 17, fill: SOFT }),
    line(`${TREND_SIGNS[trend]} ${basis === "declared" ? "declared " : ""}${trend}${change}`, {
      x,
      y: 470,
      size: 22,
      fill,
      bold: true,
    }),
    sparkline(panel, { x, y: 490, width, height: 88 }),
  ].join("");
}

/** One line of text; a right-to-left one ends at the right edge, and its marks keep its punctuation on its own side. */
function line(
  text: string,
  { x = LEFT, y, size, fill, bold = false }: { x?: number; y: number; size: number; fill: string; bold?: boolean },
): string {
  const turned = isRightToLeft(text);
  const place = turned ? `x="${RIGHT}" text-anchor="end"` : `x="${x}"`;
  return `<text ${place} y="${y}" font-size="${size}" fill="${fill}"${bold ? ' font-weight="700"' : ""}>${escapeHtml(turned ? `\u200f${text}\u200f` : text)}</text>`;
}
