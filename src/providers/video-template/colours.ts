/** Least contrast of a text with what is behind it: WCAG 2.2, 1.4.3. */
export const LEAST_CONTRAST = 4.5;

function channels(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** A colour between two, `share` of the way to the second; both as #rrggbb. */
export function mix(from: string, to: string, share: number): string {
  const [a, b] = [channels(from), channels(to)];
  return `#${a
    .map((value, index) =>
      Math.round(value + ((b[index] ?? 0) - value) * share)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

/** Contrast of two colours, 1 to 21: WCAG 2.2, relative luminance. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** The colour, or the nearest one on its way to white or black that can be read on the background. */
export function readable(colour: string, background: string, least: number = LEAST_CONTRAST): string {
  const goal = contrast("#ffffff", background) > contrast("#000000", background) ? "#ffffff" : "#000000";
  const steps = Array.from({ length: 21 }, (_, index) => mix(colour, goal, index / 20));
  return steps.find((one) => contrast(one, background) >= least) ?? goal;
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
