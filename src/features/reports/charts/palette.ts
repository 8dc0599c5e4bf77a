/**
 * Colours of charts, from the colour-blind-safe set of Okabe and Ito (2008): blue for what was measured, vermilion for harm;
 * greys for what does not count. A page may restyle them by the custom property that each one names.
 */
export const CHART_COLOURS = {
  data: "var(--chart-data, #0072b2)",
  fit: "var(--chart-fit, #0072b2)",
  harm: "var(--chart-harm, #d55e00)",
  muted: "var(--chart-muted, #77756f)",
  grid: "var(--chart-grid, #e4e1da)",
  ink: "var(--chart-ink, #33312d)",
} as const;

/** One family for charts inside a page and alone; DejaVu Sans is what the bundled font draws. */
export const CHART_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
