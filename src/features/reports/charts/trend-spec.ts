import type { TopLevelSpec } from "vega-lite";
import { panelTrend, type TrendPanel } from "../../../lib/trend-panels.ts";
import { replaceUnprintable } from "../../../lib/unprintable.ts";
import { CHART_COLOURS as COLOURS, CHART_FONT } from "./palette.ts";
import { fitRows, labelRows, pointRows, spanRows, timeDomain } from "./trend-rows.ts";

/** Width, height and letter size in CSS pixels; `words` spells out the labels of annotations. */
export interface ChartSize {
  name: string;
  width: number;
  height: number;
  font: number;
  words: boolean;
}

/** For a column of a desktop page or of paper, and for a phone; both are legible at their natural size. */
export const CHART_SIZES = {
  wide: { name: "wide", width: 660, height: 236, font: 12.5, words: true },
  narrow: { name: "narrow", width: 330, height: 230, font: 12.5, words: false },
} as const satisfies Record<string, ChartSize>;

type Layers = Extract<TopLevelSpec, { layer: unknown }>["layer"];

const TIME = { field: "t", type: "temporal" } as const;
/** Every layer shares the scale and the axis that `window` sets. */
const x = { ...TIME, scale: { type: "utc" } } as const;

/** The chart of a panel as a Vega-Lite specification; `hatch` is the id of the pattern that marks what does not count. */
export function trendSpec(panel: TrendPanel, size: ChartSize, hatch: string): TopLevelSpec {
  const domain = timeDomain(panel);
  const empty = panel.measured.points.length === 0;
  return {
    width: size.width,
    height: size.height,
    autosize: { type: "fit", contains: "padding" },
    padding: { left: 1, right: 6, top: 2, bottom: 2 },
    title: { text: unitTitle(panel), anchor: "start", frame: "bounds", offset: 10 },
    layer: [window(domain, size), ...(empty ? nothing(panel, domain, hatch) : something(panel, size, hatch))],
    config: theme(size),
  };
}

function unitTitle({ unit: said, kind, measured }: TrendPanel): string {
  const unit = replaceUnprintable(said);
  if (unit === "") return "";
  const every = measured.step === "day" ? "per day" : "per day, weekly mean";
  return kind === "share" ? `Share ${unit}, ${every}` : `${unit.slice(0, 1).toUpperCase()}${unit.slice(1)} ${every}`;
}

/** An invisible layer that spans the window: a domain that two layers stated would be a conflict to Vega-Lite. */
function window([start, end]: [number, number], size: ChartSize): Layers[number] {
  return {
    data: { values: [{ t: start }] },
    mark: { type: "point", opacity: 0 },
    encoding: {
      x: {
        ...TIME,
        scale: { type: "utc", domain: [start, end] },
        axis: { format: "%-d %b", tickCount: size.words ? 6 : 3, title: null, labelFlush: true, grid: false },
      },
    },
  };
}

/** No values: a hatched area and words, no axis that could be read as zero. */
function nothing(panel: TrendPanel, [start, end]: [number, number], hatch: string): Layers {
  const { trend, basis } = panelTrend(panel);
  const words = basis === "declared" ? `Declared ${trend}, not measured` : "No values: unknown";
  return [
    {
      data: { values: [{ t: start, t2: end }] },
      mark: { type: "rect", fill: `url(#${hatch})` },
      encoding: { x, x2: { field: "t2" } },
    },
    {
      data: { values: [{ t: (start + end) / 2, words }] },
      mark: {
        type: "text",
        fontSize: 15,
        fontWeight: 600,
        stroke: "var(--paper, #fff)",
        strokeWidth: 6,
        strokeJoin: "round",
      },
      encoding: { x, text: { field: "words" } },
    },
    {
      data: { values: [{ t: (start + end) / 2, words }] },
      mark: { type: "text", fontSize: 15, fontWeight: 600, color: COLOURS.ink },
      encoding: { x, text: { field: "words" } },
    },
  ];
}

function something(panel: TrendPanel, size: ChartSize, hatch: string): Layers {
  const known = panel.measured.trend !== "unknown";
  const colour = known ? COLOURS.fit : COLOURS.muted;
  const labels = labelRows(panel, size.width - 60, size.font * 0.6, size.words);
  const lanes = Math.max(0, ...labels.map(({ lane }) => lane + 1));
  const points = pointRows(panel);
  const fit = fitRows(panel);
  const values = [...points.map(({ value }) => value), ...fit.flatMap(({ low, high }) => [low, high])];
  const y = { field: "value", type: "quantitative" } as const;
  const scaled = {
    ...y,
    scale: { domain: valueDomain(values, (lanes * (size.font + 4)) / size.height), nice: false, zero: false },
    axis: { format: panel.kind === "share" ? "~%" : ",~f", tickCount: 4, title: null },
  } as const;
  const line = { x, y: { ...y, field: "fit" } };
  return [
    {
      data: { values: spanRows(panel) },
      mark: { type: "rect" },
      encoding: {
        x,
        x2: { field: "t2" },
        fill: {
          condition: { test: "datum.kind === 'incident'", value: `url(#${hatch}-harm)` },
          value: `url(#${hatch})`,
        },
      },
    },
    {
      data: { values: fit },
      mark: { type: "area", color: colour, opacity: 0.16 },
      encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" } },
    },
    {
      data: { values: points },
      mark: { type: "line", color: known ? COLOURS.data : COLOURS.muted, opacity: 0.35, strokeWidth: 1 },
      encoding: { x, y, detail: { field: "run" } },
    },
    {
      data: { values: points },
      mark: { type: "circle", color: known ? COLOURS.data : COLOURS.muted, size: 13, opacity: 0.75 },
      encoding: { x, y: scaled },
    },
    {
      data: { values: fit },
      mark: { type: "line", color: colour, strokeWidth: 2.5, strokeDash: known ? [1, 0] : [5, 4] },
      encoding: line,
    },
    {
      data: { values: labels.filter(({ kind }) => kind === "tracking_change") },
      mark: { type: "rule", color: COLOURS.ink, strokeDash: [3, 3] },
      encoding: { x },
    },
    ...labels.map(
      (row) =>
        ({
          data: { values: [row] },
          mark: {
            type: "text",
            align: row.end ? "right" : "left",
            baseline: "top",
            dx: row.end ? -4 : 4,
            y: 2 + row.lane * (size.font + 4),
            fontSize: size.font - 0.5,
            fontWeight: 600,
            color: row.kind === "incident" ? "var(--chart-harm-text, #a63f00)" : COLOURS.ink,
          },
          encoding: { x, text: { field: "label" } },
        }) satisfies Layers[number],
    ),
  ];
}

/** Lowest to highest value with air, and room for labels as a share of the height; a series without spread gets some. */
function valueDomain(values: readonly number[], room: number): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const spread = high - low || Math.abs(high) * 0.1 || 1;
  const bottom = low - spread * 0.08;
  return [low >= 0 ? Math.max(0, bottom) : bottom, high + spread * 0.06 + (spread * room) / (1 - Math.min(room, 0.5))];
}

function theme({ font, width }: ChartSize): NonNullable<TopLevelSpec["config"]> {
  return {
    aria: false,
    background: "transparent",
    font: CHART_FONT,
    view: { stroke: null },
    axis: {
      aria: false,
      labelFontSize: font,
      labelColor: COLOURS.ink,
      labelPadding: 6,
      gridColor: COLOURS.grid,
      domain: false,
      ticks: false,
    },
    axisX: { ticks: true, tickColor: COLOURS.muted, tickSize: 4, domain: true, domainColor: COLOURS.muted },
    // A title that is wider than the image would shrink the plot to nothing.
    title: { aria: false, fontSize: font, fontWeight: 400, color: COLOURS.ink, limit: width * 0.8 },
    locale: { number: { decimal: ".", thousands: ",", grouping: [3], currency: ["", ""], percent: "\u00a0%" } },
  };
}
