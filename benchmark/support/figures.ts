export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Jain's index of fairness: 1 when all get the same, 1/n when one gets everything. */
export function jain(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  return squares === 0 ? 0 : (sum * sum) / (values.length * squares);
}

/** 95 % interval of a share from its count (Wilson 1927). */
export function wilson(count: number, of: number): [low: number, high: number] {
  const z = 1.96;
  const middle = count / of + (z * z) / (2 * of);
  const reach = z * Math.sqrt(((count / of) * (1 - count / of)) / of + (z / (2 * of)) ** 2);
  const scale = 1 + (z * z) / of;
  return [(middle - reach) / scale, (middle + reach) / scale];
}

/** A figure beside its bar; `least` is a lower bound, otherwise `most` an upper one. */
export interface Bar {
  what: string;
  figure: number;
  least?: number;
  most?: number;
  goal?: number;
}

/** Prints each figure with its bar, and says by how much one is missed. */
export function printBars(bars: readonly Bar[]): void {
  console.table(
    bars.map(({ what, figure, least, most, goal }) => {
      const bar = least ?? most ?? Number.NaN;
      const met = least === undefined ? figure <= bar : figure >= bar;
      const gap = Math.abs(figure / bar - 1) * 100;
      return {
        what,
        figure: round(figure),
        bar: `${least === undefined ? "at most" : "at least"} ${bar}${goal === undefined ? "" : ` (goal ${goal})`}`,
        verdict: met ? "met" : `MISSED by ${gap.toFixed(0)} %`,
      };
    }),
  );
}

export function round(value: number): number {
  return Number(value.toPrecision(value >= 100 ? 4 : 3));
}

/** Runs a probe in a process of its own and reads the JSON that it prints last. */
export async function probe<T>(command: string[]): Promise<T> {
  const child = Bun.spawn(command, {
    env: { ...process.env, BUN_BE_BUN: "1" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${errors}`);
  return JSON.parse(out.trim().split("\n").at(-1) ?? "") as T;
}
