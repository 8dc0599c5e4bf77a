/** Above so many values a pivot is worth being sampled. */
const SAMPLED = 600;

/**
 * The k-th smallest value, k from 0, found in place between `left` and `right`, where it must stand: with neither given, anywhere.
 * Afterwards what stands before k is no larger and what stands after it no smaller, so that a next selection need look at one side only.
 */
export function select(values: Float64Array, k: number, left = 0, right = values.length - 1): number {
  let low = left;
  let high = right;
  while (low < high) {
    const pivot = high - low > SAMPLED ? samplePivot(values, k, low, high) : middleOf(values, low, high);
    let up = low;
    let down = high;
    while (up <= down) {
      while ((values[up] ?? 0) < pivot) up += 1;
      while ((values[down] ?? 0) > pivot) down -= 1;
      if (up > down) break;
      const held = values[up] ?? 0;
      values[up] = values[down] ?? 0;
      values[down] = held;
      up += 1;
      down -= 1;
    }
    if (k <= down) high = down;
    else if (k >= up) low = up;
    else break;
  }
  return values[k] ?? Number.NaN;
}

/** The median, mean of the two middle values where the number is even; leaves the values as they are; NaN when there are none. */
export function medianOf(values: Float64Array): number {
  return selectMedian(values.slice());
}

/** As `medianOf`, but reorders the values: those before the upper middle are no larger than it, those after it no smaller. */
export function selectMedian(values: Float64Array): number {
  const upper = values.length >>> 1;
  const high = select(values, upper);
  if (values.length % 2 === 1) return high;
  let low = Number.NEGATIVE_INFINITY;
  for (let n = 0; n < upper; n += 1) low = Math.max(low, values[n] ?? low);
  return (low + high) / 2;
}

/** How many of the sorted values are smaller. */
export function countBelow(sorted: Float64Array, value: number): number {
  return bisect(sorted, (one) => one < value);
}

/** How many of the sorted values are smaller or equal. */
export function countUpTo(sorted: Float64Array, value: number): number {
  return bisect(sorted, (one) => one <= value);
}

/** Length of the part at the start of which `holds` is true. */
function bisect(sorted: Float64Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(sorted[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A pivot just on the far side of k, so that one pass drops nearly all values: selected from a sample around k of the size that Floyd and
 * Rivest (1975) found to need the fewest comparisons.
 */
function samplePivot(values: Float64Array, k: number, low: number, high: number): number {
  const count = high - low + 1;
  const share = (k - low) / count;
  const size = 0.5 * count ** (2 / 3);
  const spread = 0.5 * Math.sqrt(Math.log(count) * size * (1 - size / count));
  const shift = share < 0.5 ? -spread : spread;
  const from = Math.max(low, Math.floor(k - share * size + shift));
  const to = Math.min(high, Math.floor(k + (1 - share) * size + shift));
  return select(values, k, from, to);
}

function middleOf(values: Float64Array, low: number, high: number): number {
  return medianOfThree(values[low] ?? 0, values[(low + high) >>> 1] ?? 0, values[high] ?? 0);
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
