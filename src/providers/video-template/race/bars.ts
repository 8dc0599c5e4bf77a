import { shorten } from "../../../drawing/fit-text.ts";
import { mix, readable } from "../colours.ts";
import { line, num, rect } from "../shapes.ts";
import type { Box, Stage } from "../stage.ts";
import type { Standing } from "./race.ts";

export interface RaceProps {
  bars: readonly { name: string; values: readonly number[] }[];
  prefix?: string | undefined;
  suffix?: string | undefined;
  /** Name of the bar that stands out. */
  highlight?: string | undefined;
}

/** Of alternating lightness, and every bar bears its name: nobody has to tell hues apart. */
const HUES = [
  "#ff7f5c",
  "#56cfc9",
  "#f2b84b",
  "#8aa8ff",
  "#f08fb8",
  "#9bd67f",
  "#c9aaff",
  "#e8d9b0",
  "#6fb7e9",
  "#d99a6c",
  "#b5c2cf",
  "#e3e36a",
];
/** Bars that are shown; the others are below them. */
const ROWS = { wide: 6, other: 8 } as const;

/** Draws all bars as they stand; `grown` is how far they have come in, 0 to 1. */
export function composeBars(
  props: RaceProps,
  chart: Box,
  stage: Stage,
): (standings: readonly Standing[], grown: number) => string {
  const { look, unit, fonts, width: wide, height: high } = stage;
  const rows = Math.min(props.bars.length, wide > high ? ROWS.wide : ROWS.other);
  const row = Math.min(chart.height / rows, 120 * unit);
  // On a tall film the name stands above its bar.
  const above = high > wide;
  const nameRoom = chart.width * (above ? 1 : 0.34);
  const widthOf = (name: string, at: number): number =>
    fonts.measure(name, at, name === props.highlight ? "bold" : "regular");
  const fitting = [24, 22, 20]
    .map((one) => one * unit)
    .find((at) => props.bars.every(({ name }) => widthOf(name, at) <= nameRoom));
  const size = Math.min(fitting ?? 18 * unit, row * (above ? 0.34 : 0.5));
  const format = formatter(props);
  const valueRoom = Math.max(...extremes(props).map((value) => fonts.measure(format(value), size, "bold"))) + 16 * unit;
  const bars = props.bars.map(({ name }, index) => {
    const strong = name === props.highlight;
    const face = strong ? "bold" : "regular";
    const measure = (part: string): number => fonts.measure(part, size, face);
    const shown = shorten(name, { size, width: nameRoom, measure });
    if (shown !== name) stage.warn(`the name of a bar was cut: ${shown}`);
    return {
      name: shown,
      room: measure(shown),
      face,
      ink: strong ? look.accent : look.text,
      fill: fillOf(props, index, stage),
    } as const;
  });
  const left = above ? chart.x : chart.x + Math.max(...bars.map(({ room }) => room)) + 18 * unit;
  const longest = Math.max(unit, chart.x + chart.width - left - valueRoom);
  const thick = row * (above ? 0.42 : 0.68);

  const draw = ({ rank, value, share, passed }: Standing, index: number, grown: number): string => {
    const bar = bars[index];
    const shown = Math.min(1, Math.max(0, rows - rank));
    if (!bar || shown === 0) return "";
    const y = chart.y + rank * row;
    const top = above ? y + row * 0.46 : y + (row - thick) / 2;
    const width = Math.max(4 * unit, longest * share * grown);
    const baseline = top + thick / 2 + size * 0.36;
    // What is being passed steps back, so that two texts never stand in each other.
    const opacity = shown * (1 - 0.92 * passed);
    const name = { size, face: bar.face, fill: bar.ink, opacity };
    return [
      rect({ x: left, y: top, width, height: thick }, bar.fill, 6 * unit, shown * (1 - 0.45 * passed)),
      above
        ? line(stage, bar.name, { ...name, x: left, y: y + row * 0.36 })
        : line(stage, bar.name, { ...name, x: left - 18 * unit, y: baseline, anchor: "end" }),
      line(stage, format(value), {
        x: left + width + 14 * unit,
        y: baseline,
        size,
        face: "bold",
        fill: look.text,
        opacity: opacity * grown,
      }),
    ].join("");
  };

  return (standings, grown) =>
    standings
      .map((standing, index) => ({ standing, index }))
      // Those that climb are drawn last, so that they pass before the others.
      .toSorted((a, b) => b.standing.passed - a.standing.passed || b.standing.rank - a.standing.rank)
      .map(({ standing, index }) => draw(standing, index, grown))
      .join("");
}

function fillOf({ bars, highlight }: RaceProps, index: number, { look }: Stage): string {
  if (highlight !== undefined)
    return bars[index]?.name === highlight ? look.accent : mix(look.background, look.text, 0.32);
  // 3: WCAG 2.2, 1.4.11, for what is no text.
  return readable(HUES[index % HUES.length] ?? look.accent, look.background, 3);
}

/** Values that take the most room, also on the way from one to the next. */
function extremes({ bars }: RaceProps): number[] {
  const values = bars.flatMap((one) => one.values);
  const largest = Math.max(...values);
  const nines = [999.9, 999_900, 999_900_000, 999_900_000_000].filter((value) => value < largest);
  return [...values, ...nines, largest * 0.9999];
}

/** One way of writing for all values of a race, so that digits do not jump. */
function formatter({ bars, prefix = "", suffix = "" }: RaceProps): (value: number) => string {
  const values = bars.flatMap((one) => one.values);
  const decimals = Math.max(...values.map((value) => (/\.(\d+)$/.exec(num(value))?.[1] ?? "").length));
  const digits = (count: number) => ({ minimumFractionDigits: count, maximumFractionDigits: count });
  const numbers =
    Math.max(...values) >= 100_000
      ? new Intl.NumberFormat("en", { notation: "compact", ...digits(1) })
      : new Intl.NumberFormat("en", digits(decimals));
  return (value) => `${prefix}${numbers.format(value)}${suffix}`;
}
