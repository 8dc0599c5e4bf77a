import type { ImageRequest } from "./image-provider.ts";

type Asked = Pick<ImageRequest, "size" | "aspect">;
interface Chosen {
  value: string;
  width: number;
  height: number;
  /** What a person should know when it is not what was asked for. */
  warnings: string[];
}

/** Width and height of "1024x768" or "16:9". */
export function sides(text: string): { width: number; height: number } {
  const [width = 1, height = 1] = text.split(/[x:]/).map(Number);
  return { width, height };
}

/** The size that is asked for, or the one of `sizes` whose shape comes nearest to the aspect; the first where nothing is asked. */
export function nearestSize({ size, aspect }: Asked, sizes: readonly [string, ...string[]]): Chosen {
  if (size !== undefined) return chosen(size, []);
  if (aspect === undefined) return chosen(sizes[0], []);
  const value = nearest(aspect, sizes);
  return chosen(
    value,
    sameShape(aspect, value) ? [] : [`${aspect} is drawn as ${value}, the nearest size that it has`],
  );
}

/** The aspect that is asked for, or the one of `aspects` that comes nearest; undefined where nothing is asked. */
export function nearestAspect({ size, aspect }: Asked, aspects: readonly [string, ...string[]]): Chosen | undefined {
  const wanted = aspect ?? size;
  if (wanted === undefined) return undefined;
  const value = nearest(wanted, aspects);
  const exact = aspect !== undefined && sameShape(aspect, value);
  return chosen(value, exact ? [] : [`${wanted} is drawn with the aspect ${value}, the nearest that it has`]);
}

function chosen(value: string, warnings: string[]): Chosen {
  return { value, ...sides(value), warnings };
}

function nearest(wanted: string, among: readonly [string, ...string[]]): string {
  const distance = (one: string): number => Math.abs(Math.log(ratio(one) / ratio(wanted)));
  return among.reduce((best, one) => (distance(one) < distance(best) ? one : best));
}

function sameShape(a: string, b: string): boolean {
  return Math.abs(ratio(a) / ratio(b) - 1) < 0.01;
}

function ratio(text: string): number {
  const { width, height } = sides(text);
  return width / height;
}
