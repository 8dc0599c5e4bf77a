import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readExport } from "./export-reader.ts";
import type { ImportedValue } from "./imported-value.ts";
import { memorySource } from "./testing/memory-source.ts";
import { readAll, TODAY } from "./testing/read-all.ts";
import { sampleExports } from "./testing/sample-exports.ts";

const samples = sampleExports();
const sum = (values: readonly ImportedValue[], metric: string): number =>
  values.reduce((total, one) => total + (one.metric === metric ? one.value : 0), 0);

describe("sample exports", () => {
  test.each(Object.entries(samples))("%s is read without a loss, whatever the pieces", async (name, content) => {
    const { values, summary } = await readAll(memorySource(name, content));
    expect(summary.skipped.total).toBe(0);
    expect(summary.period).toEqual({ from: "2026-07-27", to: "2026-10-18" });
    const pieces = fc.integer({ min: 1, max: 5000 });
    await fc.assert(
      fc.asyncProperty(pieces, async (piece) => {
        expect((await readAll(memorySource(name, content, piece))).values).toEqual(values);
      }),
      { numRuns: 4, examples: [[1]] },
    );
  });

  test("tell one story: the queries of the zip are the daily rows summed, and the totals are larger", async () => {
    const zip = (await readAll(memorySource("gsc.zip", samples.gscZip))).values;
    const daily = (await readAll(memorySource("daily.csv", samples.gscDaily))).values;
    const queries = zip.filter(({ scope }) => scope.startsWith("query="));
    expect(sum(queries, "clicks_period")).toBe(sum(daily, "clicks"));
    expect(sum(zip, "clicks")).toBeGreaterThan(sum(daily, "clicks"));
  });

  test("the same shape gives the same bytes, another seed other ones", () => {
    expect(sampleExports()).toEqual(samples);
    expect(sampleExports({ seed: 2 }).gscDaily).not.toBe(samples.gscDaily);
  });

  test("growth shows: the last four weeks against the first", async () => {
    const grown = (await readAll(memorySource("d.csv", sampleExports({ visibilityGrowth: 0.5 }).gscDaily))).values;
    const early = sum(
      grown.filter(({ day }) => day < "2026-08-24"),
      "impressions",
    );
    const late = sum(
      grown.filter(({ day }) => day > "2026-09-20"),
      "impressions",
    );
    expect(late / early).toBeGreaterThan(1.25);
  });
});

describe("reading", () => {
  test("gives one summary for all batches, each of a few thousand values", async () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => `2026-09-01,q${at},1,2`);
    const source = memorySource("big.csv", ["date,query,clicks,impressions", ...rows].join("\n"));
    const { batches, summary } = await readExport(source, { format: "gsc", today: TODAY });
    const sizes: number[] = [];
    for await (const batch of batches) sizes.push(batch.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8000);
    expect(sizes.reduce((total, size) => total + size)).toBe(40_000);
    expect(summary).toMatchObject({ values: 40_000, rows_read: 20_000 });
  });

  test("a hash per file says which bytes were read", async () => {
    const { summary } = await readAll(memorySource("d.csv", "date,clicks\n2026-09-01,1\n"), { format: "gsc" });
    const sha256 = new Bun.CryptoHasher("sha256").update("date,clicks\n2026-09-01,1\n").digest("hex");
    expect(summary.files).toEqual([{ name: "d.csv", bytes: 25, sha256, encoding: "utf-8" }]);
  });
});
