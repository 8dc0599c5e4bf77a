import { OhmymktError } from "../../../errors.ts";
import type { TrendPanel } from "../../../lib/trend-panels.ts";
import { escapeHtml } from "../../../drawing/markup.ts";
import { CHART_COLOURS } from "./palette.ts";
import { trendSpec, type ChartSize } from "./trend-spec.ts";
import { describeTrend } from "./trend-text.ts";

/** Draws a panel as an SVG image with title and description; equal panels give equal bytes. Vega is loaded by the first call. */
export async function drawTrend(panel: TrendPanel, size: ChartSize): Promise<string> {
  const [{ compile }, vega] = await Promise.all([import("vega-lite"), import("vega")]);
  const logger = vega.logger(vega.Error, "error", (_method, _level, said) => {
    throw new OhmymktError("internal", `the chart of ${panel.signal} could not be drawn: ${said.join(" ")}`);
  });
  const id = `${panel.signal.replaceAll("_", "-")}-${size.name}`;
  const { spec } = compile(trendSpec(panel, size, `${id}-hatch`), { logger });
  const view = new vega.View(vega.parse(spec), { renderer: "none", logger });
  const svg = await view.toSVG();
  view.finalize();
  const { title, text } = describeTrend(panel);
  const head = `role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${escapeHtml(title)}</title><desc id="${id}-desc">${escapeHtml(text)}</desc><defs>${hatch(`${id}-hatch`, CHART_COLOURS.muted, 0.28)}${hatch(`${id}-hatch-harm`, CHART_COLOURS.harm, 0.5)}</defs>`;
  // Vega marks its own groups as graphics even when told not to; the image has one name, given here.
  const plain = svg.replaceAll(/<[a-z]+ [^>]*>/g, (tag) => tag.replaceAll(/ (?:role|aria-[a-z]+)="[^"]*"/g, ""));
  return plain.replace(/(<svg\b[^>]*)>/, (_all, open: string) => `${open} ${head}`);
}

/** Diagonal stripes, which stay visible without colour. */
function hatch(id: string, colour: string, opacity: number): string {
  return `<pattern id="${id}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="7" height="7" fill="${colour}" fill-opacity="${opacity / 4}"/><path d="M0 0V7" stroke="${colour}" stroke-opacity="${opacity}" stroke-width="2.5"/></pattern>`;
}
