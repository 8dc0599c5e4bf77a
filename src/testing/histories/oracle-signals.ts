import { SIGNALS_OF, type Cadence, type Stating } from "./steps.ts";

export const HOUR = 3_600_000;
export const DAYS_OF: Record<Cadence, number> = { weekly: 7, monthly: 30, quarterly: 90 };
export type Seen = "up" | "down" | "flat" | "unknown";

interface Kept extends Stating {
  observed: number;
  order: number;
}

const isSignal = (metric: string): boolean =>
  [...SIGNALS_OF.visibility_track, ...SIGNALS_OF.quality_track].some((one) => one === metric);
const trackOf = (metric: string): string | undefined =>
  Object.entries(SIGNALS_OF).find(([, names]) => names.some((one) => one === metric))?.[0];

/** Observations as the contract tells them: nothing is lost, the window and the source order decide what counts. */
export class OracleSignals {
  readonly kept: Kept[] = [];
  readonly #order: readonly string[];

  constructor(order: readonly string[]) {
    this.#order = order;
  }

  acceptable(observations: readonly Stating[]): boolean {
    return observations.every(({ metric, track, ago, trend, value }) => {
      const belongs = !isSignal(metric) || trackOf(metric) === track;
      return belongs && ago >= 0 && (trend !== undefined || value !== undefined);
    });
  }

  store(observations: readonly Stating[], now: number): void {
    for (const one of observations) this.kept.push({ ...one, observed: now - one.ago * HOUR, order: this.kept.length });
  }

  #inside(cadence: Cadence, now: number): Kept[] {
    const from = now - DAYS_OF[cadence] * 24 * HOUR;
    return this.kept.filter((one) => one.observed >= from && one.observed <= now);
  }

  /** The newest statement of each source, oldest source first by arrival. */
  #voices(kept: readonly Kept[]): Kept[] {
    const sources = [...new Set(kept.map((one) => one.source))];
    return sources.flatMap((source) => {
      const mine = kept
        .filter((one) => one.source === source)
        .toSorted((a, b) => a.observed - b.observed || a.order - b.order);
      return mine.at(-1) ?? [];
    });
  }

  #trusted(voices: readonly Kept[]): Kept | undefined {
    const source = this.#order.find((name) => voices.some((one) => one.source === name));
    return voices.find((one) => one.source === source);
  }

  readings(cadence: Cadence, now: number): Record<string, Seen> {
    const inside = this.#inside(cadence, now);
    const read = (metric: string): Seen => {
      const voices = this.#voices(inside.filter((one) => one.metric === metric && one.trend !== undefined));
      const trends = new Set(voices.map((one) => one.trend));
      return (trends.size === 1 ? voices[0]?.trend : this.#trusted(voices)?.trend) ?? "unknown";
    };
    return Object.fromEntries(
      [...SIGNALS_OF.visibility_track, ...SIGNALS_OF.quality_track].map((metric) => [metric, read(metric)]),
    );
  }

  /** Each disagreement as one comparable line: metric, kind, all claims (of the worst day, the newest of equal ones), and the source that counts. */
  conflicts(cadence: Cadence, now: number): string[] {
    const inside = this.#inside(cadence, now);
    const metrics = [...new Set(inside.map((one) => `${one.track} ${one.metric}`))];
    return metrics
      .flatMap((key) => {
        const mine = inside.filter((one) => `${one.track} ${one.metric}` === key);
        const valued = mine.filter((one) => one.value !== undefined);
        const days = [...new Set(valued.map((one) => Math.floor(one.observed / (24 * HOUR))))].toSorted(
          (a, b) => b - a,
        );
        const byDay = days.map((day) =>
          this.#voices(valued.filter((one) => Math.floor(one.observed / (24 * HOUR)) === day)),
        );
        const gaps = byDay.map((voices) => gap(voices.map((one) => one.value ?? 0)));
        const widest = Math.max(...gaps);
        const apart = byDay.filter((_, index) => widest > 0.05 && gaps[index] === widest).slice(0, 1);
        const trends = this.#voices(mine.filter((one) => one.trend !== undefined));
        const split = new Set(trends.map((one) => one.trend)).size > 1 ? [trends] : [];
        const line =
          (kind: "value" | "trend") =>
          (voices: Kept[]): string =>
            conflictLine(
              voices[0]?.metric ?? "",
              kind,
              voices.map((one) => ({ source: one.source, said: kind === "value" ? one.value : one.trend })),
              this.#trusted(voices)?.source,
            );
        return [...apart.map(line("value")), ...split.map(line("trend"))];
      })
      .toSorted();
  }
}

/** One disagreement in a form that does not depend on the order of its claims. */
export function conflictLine(
  metric: string,
  kind: string,
  claims: readonly { source: string; said: unknown }[],
  used: string | undefined,
): string {
  return `${metric} ${kind}: ${claims
    .map(({ source, said }) => `${source}=${String(said)}`)
    .toSorted()
    .join(" ")} -> ${used ?? "none"}`;
}

/** Distance between the outermost values as a share of the larger one. */
function gap(values: readonly number[]): number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? 0 : (high - low) / Math.max(Math.abs(low), Math.abs(high));
}

/** The track rule: up = one up and none down (quality also needs both known); down mirrors up; flat = both known otherwise. */
export function trackOfSignals(track: "visibility" | "quality", [a, b]: readonly [Seen, Seen]): Seen {
  const known = a !== "unknown" && b !== "unknown";
  const ups = [a, b].filter((one) => one === "up").length;
  const downs = [a, b].filter((one) => one === "down").length;
  if (ups > 0 && downs === 0 && (track === "visibility" || known)) return "up";
  if (downs > 0 && ups === 0) return "down";
  return known ? "flat" : "unknown";
}

/** The four decision rules in their order. */
export function decideBy(p0: boolean, visibility: Seen, quality: Seen): { decision: string; why: string } {
  if (p0) return { decision: "rollback", why: "p0" };
  if (visibility === "up")
    return quality === "up"
      ? { decision: "continue", why: "both_up" }
      : { decision: "intervene", why: "visibility_only" };
  return { decision: "intervene", why: "otherwise" };
}
