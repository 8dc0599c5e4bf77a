import { describe, expect, test } from "bun:test";
import { sha256 } from "../../lib/canonical.ts";
import type { NewMeasurement } from "../../lib/observations.ts";
import { caught } from "../local/testing/fixtures.ts";
import { type Bench, at, observed, refused } from "./bench.ts";
import { bring, CLICKS, clicks, countedClicks, metricFile, scopesOf } from "./metric-file.ts";

/** What holds for files of measured values. */
export function importPromises(bench: Bench): void {
  const { run } = bench;
  describe("imports", () => {
    test("a file that comes again changes nothing, of rows, imports and ledger", async () => {
      const rows = [clicks(1, 10), clicks(2, 20), clicks(1, 3, { scope: "query=a" })];
      expect(await bring(bench, "f1", rows)).toEqual({ batch: "batch-1", stored: 3, known: 0, revised: 0 });
      const before = await run(async (tx) => [await tx.observations.imports(), await tx.ledger.head()]);
      expect(await bring(bench, "f1", rows)).toEqual({ stored: 0, known: 3, revised: 0 });
      expect(await run(async (tx) => [await tx.observations.imports(), await tx.ledger.head()])).toEqual(before);
      expect(await countedClicks(bench)).toEqual({ "": [10, 20], "query=a": [3] });
    });

    test("an overlapping file stores what is new and keeps both values where it says otherwise", async () => {
      await bring(bench, "f1", [clicks(1, 10), clicks(2, 20)]);
      bench.pass(60_000);
      expect(await bring(bench, "f2", [clicks(2, 22), clicks(1, 10), clicks(3, 30)])).toMatchObject({
        stored: 2,
        known: 1,
        revised: 1,
      });
      expect(await countedClicks(bench)).toEqual({ "": [10, 22, 30] });
      const kept = await run((tx) => tx.observations.list({ metric: "clicks" }));
      expect(kept.map(({ value, batch }) => [value, batch])).toEqual([
        [10, "batch-1"],
        [20, "batch-1"],
        [22, "batch-2"],
        [30, "batch-2"],
      ]);
      expect(await bring(bench, "f1", [clicks(1, 10), clicks(2, 20)])).toMatchObject({ stored: 0, known: 2 });
      expect(await countedClicks(bench)).toEqual({ "": [10, 22, 30] });
    });

    test("a new file may return to an older value; reading an old one again may not, even one that brought no news", async () => {
      await bring(bench, "f1", [clicks(1, 10)]);
      expect(await bring(bench, "f2", [clicks(1, 10)])).toMatchObject({ batch: "batch-2", stored: 0, known: 1 });
      await bring(bench, "f3", [clicks(1, 11)]);
      expect(await bring(bench, "f2", [clicks(1, 10)])).toMatchObject({ stored: 0, known: 1 });
      expect(await countedClicks(bench)).toEqual({ "": [11] });
      expect(await bring(bench, "f4", [clicks(1, 10)])).toMatchObject({ stored: 1, revised: 1 });
      expect(await countedClicks(bench)).toEqual({ "": [10] });
      expect(await bring(bench, "f3", [clicks(1, 11)])).toMatchObject({ stored: 0, known: 1 });
      expect(await countedClicks(bench)).toEqual({ "": [10] });
    });

    test("a provisional value never replaces a final one, and a final one of the same value is news", async () => {
      const early = clicks(1, 8, { final: false });
      await bring(bench, "early", [early]);
      expect(await bring(bench, "settled", [clicks(1, 8)])).toMatchObject({ stored: 1, revised: 0 });
      expect(await bring(bench, "other", [clicks(1, 7, { final: false })])).toMatchObject({ stored: 1, revised: 1 });
      const [series] = await run((tx) => tx.observations.series(CLICKS));
      expect(series?.points).toMatchObject([{ day: "2026-03-01", value: 8, final: true }]);
      expect(await bring(bench, "early", [early])).toMatchObject({ known: 1, stored: 0 });
    });

    test("a file does not become final by being read again later, over what came in between", async () => {
      await bring(bench, "early", [clicks(1, 10, { final: false }), clicks(2, 7, { final: false })]);
      await bring(bench, "late", [clicks(1, 12)]);
      expect(await bring(bench, "early", [clicks(1, 10), clicks(2, 7)])).toMatchObject({ stored: 0, known: 2 });
      expect(await countedClicks(bench)).toEqual({ "": [12, 7] });
    });

    test("two values of one day in one file are both kept, the later counts, and reading it again adds nothing", async () => {
      const rows = [clicks(2, 1), clicks(1, 5), clicks(1, 6), clicks(1, 6)];
      expect(await bring(bench, "f1", rows)).toMatchObject({ stored: 3, known: 1, revised: 1 });
      expect(await bring(bench, "f1", rows)).toMatchObject({ stored: 0, known: 4 });
      expect(await countedClicks(bench)).toEqual({ "": [6, 1] });
    });

    test("a run that is cut off and begun again ends where an undisturbed one does", async () => {
      const part = (n: number): NewMeasurement[] =>
        Array.from({ length: 10 }, (_, i) => clicks(10 * n + i + 1, i, { scope: `query=${i % 3}` }));
      await bring(bench, "f1", part(0), 0);
      const cut = run(async (tx) => {
        await tx.observations.importBatch(metricFile("f1", 1), part(1));
        throw new Error("killed");
      });
      expect(await caught(cut)).toMatchObject({ message: "killed" });
      expect(await run((tx) => tx.observations.lastSeq())).toBe(10);
      for (const n of [0, 1, 2]) await bring(bench, "f1", part(n), n);
      expect(await run((tx) => tx.observations.imports())).toEqual([
        {
          file: "f1",
          sha256: sha256("f1"),
          format: "gsc",
          source: "gsc",
          timezone: "America/Los_Angeles",
          started_at: at(0),
          finished_at: at(0),
          parts: 3,
          rows: 30,
          stored: 30,
          known: 0,
          revised: 0,
          first_seq: 1,
          last_seq: 30,
        },
      ]);
      expect(await run((tx) => tx.observations.each(CLICKS, () => undefined))).toBe(30);
      expect(await run((tx) => tx.observations.verify())).toEqual({ ok: true, rows: 30, batches: 3, unsealed: 0 });
    });

    test("each leaves one ledger row with its file, counts and hash", async () => {
      await bring(bench, "f1", [clicks(1, 10), clicks(2, 20)]);
      const rows = await run((tx) => tx.ledger.list({ kind: "observations.imported" }));
      expect(rows).toMatchObject([
        {
          subject: "batch-1",
          evidence: { ...metricFile("f1"), rows: 2, stored: 2, known: 0, revised: 0, first_seq: 1, last_seq: 2 },
        },
      ]);
      expect(rows[0]?.evidence).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    });

    test("are listed newest first, from a time on", async () => {
      await bring(bench, "f1", [clicks(1, 1)]);
      bench.pass(3_600_000);
      await bring(bench, "f2", [clicks(2, 1)]);
      const names = async (filter: { from?: string; limit?: number }) =>
        (await run((tx) => tx.observations.imports(filter))).map((one) => one.file);
      expect(await names({})).toEqual(["f2", "f1"]);
      expect(await names({ limit: 1 })).toEqual(["f2"]);
      expect(await names({ from: at(1) })).toEqual(["f2"]);
    });
  });

  describe("rows that cannot be stored", () => {
    test.each([{ sha256: "abc" }, { part: -1 }, { part: 0.5 }])("of a file with %p", async (wrong) => {
      const attempt = run((tx) => tx.observations.importBatch({ ...metricFile("f1"), ...wrong }, [clicks(1, 1)]));
      expect(await caught(attempt)).toEqual(refused("invalid_arguments", new RegExp(Object.keys(wrong).join())));
      expect(await run((tx) => tx.observations.imports())).toEqual([]);
    });

    test.each<[string, Partial<NewMeasurement>, RegExp]>([
      ["not a number", { value: Number.NaN }, /row 2 .*value expected a finite number, got NaN/],
      ["without end", { value: -Infinity }, /got -Infinity/],
      ["a scope too long", { scope: "x".repeat(2001) }, /scope expected at most 2000 characters, got 2001/],
      ["a metric too long", { metric: "m".repeat(101) }, /metric expected at most 100/],
      ["no metric", { metric: "" }, /metric expected a name/],
      ["a name of two lines", { metric: "a\n# b" }, /metric expected one line of text/],
      ["a text that the database would cut", { scope: "a\0b" }, /scope expected Unicode/],
      ["half a character", { scope: "\ud800" }, /scope expected Unicode/],
      ["a day that does not exist", { day: "2026-02-30" }, /day expected YYYY-MM-DD, got "2026-02-30"/],
      ["a time", { day: "2026-02-03T00:00:00Z" }, /day expected YYYY-MM-DD/],
    ])("%s is named, and nothing is stored", async (_what, wrong, pattern) => {
      await run(async (tx) => {
        const attempt = tx.observations.importBatch(metricFile("f1"), [
          clicks(1, 1),
          clicks(2, 2, wrong),
          clicks(3, 3),
        ]);
        expect(await caught(attempt)).toEqual(refused("invalid_arguments", pattern));
      });
      await run(async (tx) => {
        expect(await tx.observations.lastSeq()).toBe(0);
        expect(await scopesOf(tx, { metric: "clicks" })).toEqual([]);
        expect(await tx.ledger.list({ kind: "observations.*" })).toEqual([]);
      });
      const { day: _, track, metric, value, scope } = { ...clicks(1, 1), ...wrong };
      if (wrong.day !== undefined) return;
      const stated = {
        track,
        metric,
        source: "x",
        observed_at: at(0),
        value,
        ...(scope === undefined ? {} : { scope }),
      };
      const attempt = run((tx) => tx.observations.append([observed("ctr", 1, at(0)), stated]));
      expect(await caught(attempt)).toEqual(refused("invalid_arguments", /observation 2: /));
      expect(await run((tx) => tx.observations.list({}))).toEqual([]);
    });
  });
}
