/** Where one bar stands in one frame: its row (0 is the first, with fractions while it overtakes), its value, and its length as a share of the longest. */
export interface Standing {
  rank: number;
  value: number;
  share: number;
  /** How much of it another bar may cover as that one passes it, 0 to 1. */
  passed: number;
}

export interface Race {
  /** By frame, then by bar. */
  frames: Standing[][];
  /** By frame: the period, with fractions between two. */
  places: number[];
}

interface RaceOptions {
  frames: number;
  /** How far the race has run at a frame, 0 to 1; beyond, it stands. */
  run(frame: number): number;
  /** Frames over which a change of places is drawn. */
  window: number;
}

/** Values between the periods, and rows that change smoothly around the moment at which one value passes another. `series` has one list a bar. */
export function runRace(series: readonly (readonly number[])[], { frames, run, window }: RaceOptions): Race {
  const periods = series[0]?.length ?? 0;
  const places = Array.from({ length: frames }, (_, frame) => Math.min(1, Math.max(0, run(frame))) * (periods - 1));
  const values = places.map((place) => series.map((one) => between(one, place)));
  const ranks = values.map(rankAll);
  return {
    places,
    frames: values.map((now, frame) => {
      const longest = Math.max(...now);
      return now.map((value, bar) => ({
        value,
        share: longest > 0 ? value / longest : 0,
        ...ranked((at) => smooth(ranks, at, bar, window), frame),
      }));
    }),
  };
}

function between(values: readonly number[], place: number): number {
  const index = Math.floor(place);
  const from = values[index] ?? 0;
  return from + ((values[index + 1] ?? from) - from) * (place - index);
}

/** Row of each value, the largest first; of equal ones the earlier bar. */
function rankAll(values: readonly number[]): number[] {
  const order = values.map((_, bar) => bar).toSorted((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
  const ranks: number[] = [];
  for (const [rank, bar] of order.entries()) ranks[bar] = rank;
  return ranks;
}

function ranked(rankAt: (frame: number) => number, frame: number): Pick<Standing, "rank" | "passed"> {
  const rank = rankAt(frame);
  const falls = rankAt(frame + 1) > rankAt(frame - 1);
  return { rank, passed: falls ? Math.min(1, Math.abs(rank - Math.round(rank)) * 2) : 0 };
}

/** Mean of the rows around a frame, the nearest counting most. */
function smooth(ranks: readonly (readonly number[])[], frame: number, bar: number, window: number): number {
  const half = Math.floor(window / 2);
  let [sum, weights] = [0, 0];
  for (let offset = -half; offset <= half; offset += 1) {
    const weight = Math.cos((offset / (half + 1)) * (Math.PI / 2)) ** 2;
    const row = ranks[Math.min(ranks.length - 1, Math.max(0, frame + offset))];
    sum += weight * (row?.[bar] ?? 0);
    weights += weight;
  }
  return sum / weights;
}
