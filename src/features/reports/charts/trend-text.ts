import { annotations, panelTrend, type Annotation, type TrendPanel } from "../../../lib/trend-panels.ts";
import { changeText, dayText, valueText } from "../wording.ts";

const DAY = 86_400_000;

/** Days or weeks of the window, and how many of them have a value. */
export function present({ measured }: TrendPanel): { have: number; of: number; step: "day" | "week" } {
  const days = Math.round((Date.parse(measured.to) - Date.parse(measured.from)) / DAY) + 1;
  return {
    have: measured.points.length,
    of: measured.step === "day" ? days : Math.max(measured.points.length, Math.ceil(days / 7)),
    step: measured.step,
  };
}

/** `+21 % (95 % interval +15 % to +27 %)`; undefined when nothing was tested. */
export function intervalText({ measured: { test } }: TrendPanel): string | undefined {
  return (
    test &&
    `${changeText(test.change)} (95\u00a0% interval ${changeText(test.changeLow)} to ${changeText(test.changeHigh)})`
  );
}

/** `A, 6 Oct 2026 to 9 Oct 2026: checkout was down; left out`. */
export function annotationText(one: Annotation): string {
  const days = one.from === one.to ? dayText(one.from) : `${dayText(one.from)} to ${dayText(one.to)}`;
  const effect = one.kind === "tracking_change" ? "; the series counts from here" : "; left out";
  return `${one.letter}, ${days}: ${one.text}${one.excludes ? effect : ""}`;
}

/** `sales team declared it up on 19 Nov 2026`, as far as that is known. */
export function declaredText({ trend, source, at }: NonNullable<TrendPanel["declared"]>): string {
  const by = source === undefined ? `it was declared ${trend}` : `${source} declared it ${trend}`;
  return at === undefined ? by : `${by} on ${dayText(at.slice(0, 10))}`;
}

/** What the chart of a panel shows, in words: direction, change with its interval, days, ends of the series, and annotations. */
export function describeTrend(panel: TrendPanel): { title: string; text: string } {
  const { measured, declared } = panel;
  const { trend, basis } = panelTrend(panel);
  const { have, of, step } = present(panel);
  const [first, last] = [measured.points[0], measured.points.at(-1)];
  const interval = intervalText(panel);
  const sentences = [
    interval === undefined ? "" : `Change over the window ${interval}.`,
    declared && basis === "declared" ? `Nothing was measured; ${declaredText(declared)}.` : "",
    have === 0 ? "There are no values in the window." : `${have} of ${of} ${step}s have a value.`,
    first && last
      ? `First ${valueText(first.value, panel.kind)} on ${dayText(first.day)}, last ${valueText(last.value, panel.kind)} on ${dayText(last.day)}, ${panel.unit}${panel.source === undefined ? "" : `, from ${panel.source}`}.`
      : "",
    ...annotations(panel).map((one) => `${annotationText(one)}.`),
  ];
  return {
    title: `${panel.title}: ${basis === "declared" ? "declared " : ""}${trend}, ${dayText(measured.from)} to ${dayText(measured.to)}`,
    text: sentences.filter(Boolean).join(" "),
  };
}
