import { statSync } from "node:fs";
import { join } from "node:path";
import type { NewMeasurement } from "../src/lib/observations.ts";
import { dayAfter } from "../src/lib/days.ts";
import { SIGNAL_NAMES, SIGNALS } from "../src/lib/metrics.ts";
import type { Cause, Store, Transaction } from "../src/store/store.ts";
import { openStore } from "../src/store/open.ts";
import { makeWorkspace } from "../src/testing/temp-workspace.ts";
import { median, printBars, round } from "./support/figures.ts";

/** Do imports and readings stay fast up to a million observations? Files with a row for each query and day, in parts, with every commit flushed to the disk. */
const SIZES = [10_000, 100_000, 1_000_000] as const;
const ROUNDS = Number(process.env["ROUNDS"] ?? 20);
const PART = 100_000;
const DAYS = 100;
const METRICS = 50;
const START = "2026-01-01T00:00:00Z";
const CAUSE: Cause = { actor: { host: "cli" }, tool: "benchmark" };

const days = Array.from({ length: DAYS }, (_, n) => dayAfter(START, n));
const last = days.at(-1) ?? "";
const recent = (count: number): string => days.at(-count) ?? "";

/** By query, as an interface's export is sorted, or by day, as an API answers; by day every part touches every series. */
type Order = "by query" | "by day";

interface Figures {
  order: Order;
  rows: number;
  "rows/s": number;
  "again rows/s": number;
  "4 signals × 90 days ms": number;
  "4 signals × 84 days ms": number;
  "50 metrics × 2 windows ms": number;
  "sums over all queries ms": number;
  "append 1 ms": number;
  "verify ms": number;
  MB: number;
}

const figures: Figures[] = [];
for (const order of ["by query", "by day"] as const) for (const rows of SIZES) figures.push(await measure(order, rows));

console.log(`${DAYS} days a query, parts of ${PART} rows; readings are medians of ${ROUNDS}`);
console.table(figures);
const at = (order: Order, rows: number, name: Exclude<keyof Figures, "order">): number =>
  figures.find((one) => one.order === order && one.rows === rows)?.[name] ?? Number.NaN;
printBars([
  ...(["by query", "by day"] as const).map((order) => ({
    what: `import of 1M rows ${order}, rows/s`,
    figure: at(order, 1_000_000, "rows/s"),
    least: 100_000,
    goal: 250_000,
  })),
  { what: "4 signals × 84 days at 1M, ms", figure: at("by day", 1_000_000, "4 signals × 84 days ms"), most: 2 },
  {
    what: "50 metrics × two 30-day windows at 1M, ms",
    figure: at("by day", 1_000_000, "50 metrics × 2 windows ms"),
    most: 10,
  },
]);

async function measure(order: Order, rows: number): Promise<Figures> {
  using scratch = makeWorkspace();
  const store = openStore({ directory: scratch.directory });
  const read = (work: (tx: Transaction) => Promise<unknown>): Promise<number> => readTime(store, work);
  const signals = (from: string) => (tx: Transaction) =>
    Promise.all(SIGNAL_NAMES.map((metric) => tx.observations.series({ metric, scope: "", from, to: last })));
  await store.transaction(CAUSE, (tx) =>
    tx.observations.importBatch({ file: "totals", sha256: "0".repeat(64), format: "csv", source: "gsc" }, totals()),
  );
  const first = await bring(store, order, rows);
  const again = await bring(store, order, rows);
  const found: Figures = {
    order,
    rows,
    "rows/s": Math.round(first),
    "again rows/s": Math.round(again),
    "4 signals × 90 days ms": await read(signals(recent(90))),
    "4 signals × 84 days ms": await read(signals(recent(84))),
    "50 metrics × 2 windows ms": await read(async (tx) => {
      for (const { metric } of metrics())
        for (const [from, to] of [
          [recent(60), recent(31)],
          [recent(30), last],
        ] as const)
          await tx.observations.series({ metric, scope: "", from, to });
    }),
    "sums over all queries ms": await read((tx) =>
      tx.observations.days({
        metric: "clicks",
        scopePrefix: "query=",
        from: recent(30),
        to: last,
        matches: (scope) => !scope.includes("brand"),
      }),
    ),
    "append 1 ms": await appendTime(store),
    "verify ms": await verifyTime(store),
    MB: 0,
  };
  await store.close();
  return { ...found, MB: round(statSync(join(scratch.directory, ".ohmymkt/ohmymkt.db")).size / 1e6) };
}

/** Rows a second of the whole file; the making of the rows is not counted. */
async function bring(store: Store, order: Order, rows: number): Promise<number> {
  let took = 0;
  for (let from = 0; from < rows; from += PART) {
    const part = measurements(order, rows, from, Math.min(PART, rows - from));
    const file = { file: "queries.csv", sha256: "1".repeat(64), format: "csv", source: "gsc", part: from / PART };
    const before = performance.now();
    await store.transaction(CAUSE, (tx) => tx.observations.importBatch(file, part));
    took += performance.now() - before;
  }
  return (rows / took) * 1000;
}

function measurements(order: Order, rows: number, from: number, count: number): NewMeasurement[] {
  const queries = rows / DAYS;
  return Array.from({ length: count }, (_, k) => {
    const n = from + k;
    const query = order === "by query" ? Math.floor(n / DAYS) : n % queries;
    const day = days[order === "by query" ? n % DAYS : Math.floor(n / queries)] ?? "";
    const scope = `query=how to compare crm tools ${query}`;
    return { track: "visibility_track", metric: "clicks", unit: "count", scope, day, value: (n * 7919) % 977 };
  });
}

/** The four signals and further metrics of the whole property, every day. */
function totals(): NewMeasurement[] {
  return metrics().flatMap(({ metric, track }) =>
    days.map((day, n) => ({ track, metric, unit: "count", day, value: 100 + (n % 7) })),
  );
}

function metrics(): { metric: string; track: string }[] {
  const signals = SIGNAL_NAMES.map((metric) => ({ metric, track: SIGNALS[metric].track as string }));
  const others = Array.from({ length: METRICS - signals.length }, (_, n) => ({
    metric: `metric_${n}`,
    track: "visibility_track",
  }));
  return [...signals, ...others];
}

async function readTime(store: Store, work: (tx: Transaction) => Promise<unknown>): Promise<number> {
  const millis: number[] = [];
  await store.transaction(CAUSE, async (tx) => {
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      const before = performance.now();
      await work(tx);
      millis.push(performance.now() - before);
    }
  });
  return round(median(millis));
}

async function appendTime(store: Store): Promise<number> {
  const stated = { track: "visibility_track", metric: "clicks", source: "ann", value: 1, observed_at: START };
  const millis: number[] = [];
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const before = performance.now();
    await store.transaction(CAUSE, (tx) => tx.observations.append([stated]));
    millis.push(performance.now() - before);
  }
  return round(median(millis));
}

async function verifyTime(store: Store): Promise<number> {
  const before = performance.now();
  const check = await store.transaction(CAUSE, (tx) => tx.observations.verify());
  if (!check.ok) throw new Error(`${check.batch}: ${check.problem}`);
  return round(performance.now() - before);
}
