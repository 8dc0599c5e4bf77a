import type { MeasurementSettings } from "../../config.ts";
import { hashValue } from "../../lib/canonical.ts";
import { SIGNAL_NAMES, SIGNALS, type Signal } from "../../lib/metrics.ts";
import type { NewMeasurement } from "../../lib/observations.ts";
import { brandTest, clusterCoverage, foldQuery, type MappedQuery } from "../../lib/query-map.ts";
import { scopeParts } from "../../lib/scopes.ts";
import { SIGNAL_FORMULAS } from "../../lib/signal-formulas.ts";
import type { Transaction } from "../../store/store.ts";
import { readQueryMap } from "./query-map.ts";
import { eachValue } from "./scoped-values.ts";

/** Ledger kind of a derivation; `evidence` holds the settings' hash and the days. */
const DERIVED = "signals.derived";
/** Format under which computed values are recorded; the file is `fileOf` the signal. */
const FORMAT = "derived";
const fileOf = (signal: Signal): string => `${signal} by formula`;
const EVER = { from: "2000-01-01", to: "9999-12-31" } as const;

/** Days of one signal that were computed and stored. */
export interface DerivedSignal {
  signal: Signal;
  source: string;
  days: number;
  from: string;
  to: string;
}

interface Day {
  day: string;
  value: number;
  final: boolean;
}

/**
 * Computes the decision signals of a period from what was imported and stores them as observations of the same source. After a change of the
 * settings or the query map all days are computed again; nothing is overwritten, the newest value of a day counts.
 */
export async function deriveSignals(
  tx: Transaction,
  period: { from: string; to: string },
  settings: MeasurementSettings,
): Promise<DerivedSignal[]> {
  const map = await readQueryMap(tx, settings);
  const rules = hashValue({ formulas: SIGNAL_FORMULAS, settings, map });
  const before = (await tx.ledger.latest(DERIVED, "all"))?.evidence;
  const isSame = typeof before === "object" && before !== null && "rules" in before && before.rules === rules;
  const days = isSame ? period : EVER;
  // Values that return to what an earlier derivation said are news again, so each one stands for what was recorded before it.
  const known = await tx.observations.lastSeq();
  const derived: DerivedSignal[] = [];
  for (const signal of SIGNAL_NAMES) {
    const { source, unit } = SIGNAL_FORMULAS[signal];
    const values = await COMPUTE[signal](tx, { ...days, settings, map });
    const [first, last] = [values[0], values.at(-1)];
    if (!first || !last) continue;
    const rows = values.map(({ day, value, final }): NewMeasurement => ({
      track: SIGNALS[signal].track,
      metric: signal,
      unit,
      day,
      value,
      final,
    }));
    const sha256 = hashValue({ rules, known, signal, rows });
    await tx.observations.importBatch({ file: fileOf(signal), sha256, format: FORMAT, source }, rows);
    derived.push({ signal, source, days: values.length, from: first.day, to: last.day });
  }
  await tx.ledger.append({ kind: DERIVED, subject: "all", evidence: { rules, ...period, derived } });
  return derived;
}

/** The signals that were ever computed from exports, each as `<signal> <source>`. */
export async function computedSignals(tx: Transaction): Promise<ReadonlySet<string>> {
  const computed = (await tx.observations.imports()).filter(({ format }) => format === FORMAT);
  return new Set(
    computed.flatMap(({ file, source }) =>
      SIGNAL_NAMES.filter((signal) => file === fileOf(signal)).map((signal) => `${signal} ${source}`),
    ),
  );
}

interface Basis {
  from: string;
  to: string;
  settings: MeasurementSettings;
  map: readonly MappedQuery[];
}

const COMPUTE: Record<Signal, (tx: Transaction, basis: Basis) => Promise<Day[]>> = {
  async non_brand_visibility(tx, basis) {
    const isBrand = brandTest(basis.settings.brand_pattern);
    const exact = await sumByDay(tx, "non_brand_visibility", basis, (query) => !isBrand(foldQuery(query)));
    const known = new Set(exact.map(({ day }) => day));
    const estimated = (await estimateNonBrand(tx, basis, isBrand)).filter(({ day }) => !known.has(day));
    return [...exact, ...estimated].toSorted((a, b) => (a.day < b.day ? -1 : 1));
  },
  async query_cluster_coverage(tx, { from, to, map }) {
    const wanted = new Set(map.flatMap(({ query, priority }) => (priority ? [foldQuery(query)] : [])));
    if (wanted.size === 0) return [];
    const best = new Map<string, Map<string, number>>();
    let isFinal = new Map<string, boolean>();
    await eachValue(tx, SIGNAL_FORMULAS.query_cluster_coverage, { from, to }, (query, { day, value, final }) => {
      const positions = best.get(day) ?? new Map<string, number>();
      const key = foldQuery(query);
      const held = positions.get(key) ?? Number.POSITIVE_INFINITY;
      best.set(day, wanted.has(key) ? positions.set(key, Math.min(value, held)) : positions);
      isFinal = isFinal.set(day, final && isFinal.get(day) !== false);
    });
    return [...best]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([day, positions]) => {
        const value = clusterCoverage(map, positions);
        return value === undefined ? [] : [{ day, value, final: isFinal.get(day) !== false }];
      });
  },
  async high_intent_session(tx, basis) {
    const pattern = new RegExp(basis.settings.high_intent_pages, "iu");
    return sumByDay(tx, "high_intent_session", basis, (page) => pattern.test(page));
  },
  async conversion_assist(tx, basis) {
    const channels = new Set(basis.settings.assist_channels.map((name) => name.toLowerCase()));
    return sumByDay(tx, "conversion_assist", basis, (channel) => channels.has(channel.toLowerCase()));
  },
};

/** Sum of a formula's metric over the scopes that count; a day with rows but none that counts is 0, not missing. */
async function sumByDay(
  tx: Transaction,
  signal: Signal,
  days: { from: string; to: string },
  counts: (value: string) => boolean,
): Promise<Day[]> {
  const sums = new Map<string, Day>();
  await eachValue(tx, SIGNAL_FORMULAS[signal], days, (value, { day, value: amount, final }) => {
    const held = sums.get(day) ?? { day, value: 0, final: true };
    sums.set(day, { day, value: held.value + (counts(value) ? amount : 0), final: held.final && final });
  });
  return [...sums.values()].toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

/** Daily totals × the share of non-brand impressions in the newest query table that was exported on that day or later. */
async function estimateNonBrand(tx: Transaction, days: Basis, isBrand: (query: string) => boolean): Promise<Day[]> {
  const { source, needs } = SIGNAL_FORMULAS.non_brand_visibility;
  const shares = new Map<string, { all: number; other: number }>();
  const tables = { metric: `${needs.metric}_period`, source, ...EVER, scopePrefix: `${needs.dimension}=` };
  await tx.observations.each(tables, ({ scope, day, value }) => {
    const parts = scopeParts(scope);
    const query = parts.get(needs.dimension);
    if (query === undefined || parts.size > 1) return;
    const held = shares.get(day) ?? { all: 0, other: 0 };
    shares.set(day, { all: held.all + value, other: held.other + (isBrand(foldQuery(query)) ? 0 : value) });
  });
  const ends = [...shares.keys()].toSorted();
  const [totals] = await tx.observations.series({
    metric: needs.metric,
    source,
    scope: "",
    from: days.from,
    to: days.to,
  });
  return (totals?.points ?? []).flatMap(({ day, value }) => {
    const share = shares.get(ends.find((end) => end >= day) ?? ends.at(-1) ?? "");
    return share && share.all > 0 ? [{ day, value: Math.round((value * share.other) / share.all), final: false }] : [];
  });
}
