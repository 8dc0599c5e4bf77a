import { type Break, one, only } from "./break.ts";

const LOCAL = "src/store/local/local.test.ts";
const CALIBRATION = "src/lib/trend-calibration.test.ts";

/** Breaks of observations, imports, trends and replay. */
export const MEASUREMENT_BREAKS: readonly Break[] = [
  only(
    "are kept side by side",
    one(
      "conflicting value dropped by the store",
      "src/store/local/observations/list.ts",
      "${where.text} ORDER BY o.observed_at, o.seq",
      "${where.text} GROUP BY s.track, s.metric ORDER BY o.observed_at, o.seq",
      LOCAL,
    ),
  ),
  only(
    "comes again",
    one(
      "file imported twice counts twice",
      "src/store/local/observations/import.ts",
      "if (held.length === 0) return false",
      "if (held.length >= 0) return false",
      LOCAL,
    ),
  ),
  one(
    "changed observation not noticed",
    "src/store/local/observations/verify.ts",
    "rowHash(text) !== row.row_hash",
    "rowHash(text) < 0",
    "src/store/local/observations/verify.test.ts",
  ),
  one("autocorrelation ignored", "src/lib/trend-fit.ts", "varianceInflation(autocorrelation)", "1", CALIBRATION),
  one("trends judged each alone", "src/lib/trend-judgement.ts", "adjusted[tested] ?? 1", "outcome.p", CALIBRATION),
  one(
    "an untested measurement outvotes nobody",
    "src/lib/signal-reading.ts",
    "if (!trend.test) return",
    "if (trend.test) return",
    "src/lib/signal-reading.test.ts",
  ),
  one(
    "a replay looks at what came later",
    "src/features/governance/facts.ts",
    "asOf: basis.observations,",
    "",
    "src/features/governance/replay.test.ts",
  ),
  one(
    "a report's head not compared",
    "src/store/local/ledger.ts",
    "...expected.toSorted((a, b) => a.seq - b.seq)",
    "",
    "src/features/governance/verify-state.test.ts",
  ),
  one(
    "brand queries counted as visibility",
    "src/features/measurement/derive-signals.ts",
    "!isBrand(foldQuery(query))",
    "true",
    "src/tools/ohmymkt/import-metrics.test.ts",
  ),
  one(
    "a claimed measurement not compared with the data",
    "src/features/measurement/gate-measures.ts",
    "measure.value !== value",
    "measure.value === null",
    "src/tools/ohmymkt/gate-measures.test.ts",
  ),
];
