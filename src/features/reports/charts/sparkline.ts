import type { TrendPanel } from "../../../lib/trend-panels.ts";
import { fitRows, pointRows, spanRows, timeDomain } from "./trend-rows.ts";

const COLOURS = { data: "#0072b2", muted: "#8d8a83", harm: "#d55e00" } as const;

/** Where a small chart stands in its image, in pixels. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The series of a panel without axes: values, fitted line, shaded days; stripes over everything when there is no value. */
export function sparkline(panel: TrendPanel, box: Box): string {
  const points = pointRows(panel);
  const known = panel.measured.trend !== "unknown";
  const [start, end] = timeDomain(panel);
  const values = [...points.map(({ value }) => value), ...fitRows(panel).map(({ fit }) => fit)];
  const low = Math.min(...values);
  const spread = Math.max(...values) - low || 1;
  const atX = (t: number): string => (box.x + ((t - start) / (end - start)) * box.width).toFixed(1);
  const atY = (value: number): string => (box.y + box.height - ((value - low) / spread) * box.height).toFixed(1);
  if (points.length === 0) return stripes(box, COLOURS.muted);
  const runs = [...Map.groupBy(points, ({ run }) => run).values()];
  const path = (rows: readonly { t: number; y: number }[]): string =>
    rows.map(({ t, y }, index) => `${index === 0 ? "M" : "L"}${atX(t)} ${atY(y)}`).join("");
  const fit = fitRows(panel).map(({ t, fit: y }) => ({ t, y }));
  return [
    ...spanRows(panel).map(({ t, t2, kind }) =>
      stripes(
        { ...box, x: Number(atX(t)), width: Number(atX(t2)) - Number(atX(t)) },
        kind === "incident" ? COLOURS.harm : COLOURS.muted,
      ),
    ),
    `<path d="${runs.map((run) => path(run.map(({ t, value }) => ({ t, y: value })))).join("")}" fill="none" stroke="${known ? COLOURS.data : COLOURS.muted}" stroke-opacity="0.45" stroke-width="1.5"/>`,
    fit.length > 0
      ? `<path d="${path(fit)}" fill="none" stroke="${known ? COLOURS.data : COLOURS.muted}" stroke-width="3.5" stroke-linecap="round"${known ? "" : ' stroke-dasharray="8 7"'}/>`
      : "",
  ].join("");
}

/** Diagonal lines inside a box, cut at its edges without a clip path. */
function stripes({ x, y, width, height }: Box, colour: string): string {
  const gap = 9;
  const count = Math.ceil((width + height) / gap);
  const lines = Array.from({ length: count }, (_, index) => {
    const offset = (index + 1) * gap;
    const from = { x: x + Math.min(offset, width), y: y + Math.max(0, offset - width) };
    const to = { x: x + Math.max(0, offset - height), y: y + Math.min(offset, height) };
    return from.y > y + height || to.x > x + width
      ? ""
      : `M${from.x.toFixed(1)} ${from.y.toFixed(1)}L${to.x.toFixed(1)} ${to.y.toFixed(1)}`;
  });
  return `<rect x="${x}" y="${y}" width="${width.toFixed(1)}" height="${height}" fill="${colour}" fill-opacity="0.1"/><path d="${lines.join("")}" stroke="${colour}" stroke-opacity="0.45" stroke-width="1.5"/>`;
}
