/** Values at whole steps (days or weeks), oldest first; a step without a value is absent. `times` and `values` have one length. */
export interface SteppedSeries {
  times: Float64Array;
  values: Float64Array;
  /** Steps after which the pattern of the series repeats: 7 for days of a week, 1 for a series without such a pattern. */
  period: number;
}

/** What falls on one place of the period, all Mondays for example; `at` holds its positions in the series, oldest first. */
export interface Season {
  at: Int32Array;
  times: Float64Array;
  values: Float64Array;
}

/** The series split by place in its period; places that have no value are absent. */
export function splitSeasons({ times, values, period }: SteppedSeries): Season[] {
  const places = Map.groupBy(times.keys(), (at) => modulo(times[at] ?? 0, period));
  return [...places.values()].map((positions) => {
    const at = Int32Array.from(positions);
    return { at, times: gather(times, at), values: gather(values, at) };
  });
}

function gather(from: Float64Array, at: Int32Array): Float64Array {
  return Float64Array.from(at, (position) => from[position] ?? Number.NaN);
}

/** Remainder that is never negative, for days before 1970. */
function modulo(a: number, b: number): number {
  return ((a % b) + b) % b;
}
