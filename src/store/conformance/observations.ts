import { describe, expect, test } from "bun:test";
import type { NewMeasurement, NewObservation } from "../../lib/observations.ts";
import { CAUSE, caught } from "../local/testing/fixtures.ts";
import type { ImportedFile, ImportOutcome, SeriesFilter } from "../observations.ts";
import type { Transaction } from "../store.ts";
import { type Bench, at, observed, refused } from "./bench.ts";

const MARCH = { from: "2026-03-01", to: "2026-03-31" };
const CLICKS: SeriesFilter = { metric: "clicks", ...MARCH };

function file(name: string, part = 0): ImportedFile {
  return {
    file: name,
    sha256: name.padEnd(64, "0"),
    format: "gsc",
    source: "gsc",
    timezone: "America/Los_Angeles",
    part,
  };
}

function clicks(day: number, value: number, rest: Partial<NewMeasurement> = {}): NewMeasurement {
  return {
    track: "visibility_track",
    metric: "clicks",
    unit: "count",
    day: `2026-03-${String(day).padStart(2, "0")}`,
    value,
    ...rest,
  };
}

/** What holds for observations, stated and imported. */
export function observationPromises(bench: Bench): void {
  const { run } = bench;
  const bring = (name: string, rows: NewMeasurement[], part = 0): Promise<ImportOutcome> =>
    run((tx) => tx.observations.importBatch(file(name, part), rows));
  const values = async (filter: Partial<SeriesFilter> = {}): Promise<Record<string, number[]>> =>
    Object.fromEntries(
      (await run((tx) => tx.observations.series({ ...CLICKS, ...filter }))).map(({ scope, points }) => [
        scope,
        points.map(({ value }) => value),
      ]),
    );

  describe("observations stated by hand", () => {
    test("are kept side by side, in order of the time observed and then of recording", async () => {
      const given = [
        observed("ctr", 3, "2026-01-03T00:00:00Z"),
        observed("ctr", 1, "2026-01-01T00:00:00Z"),
        observed("ctr", 2, "2026-01-01T00:00:00.000Z"),
        observed("cvr", 9, "2026-01-02T00:00:00Z"),
      ];
      const written = await run((tx) => tx.observations.append(given));
      expect(written[0]).toMatchObject({
        ...given[0],
        observed_at: "2026-01-03T00:00:00.000Z",
        recorded_at: at(0),
        actor: CAUSE.actor,
      });
      const listed = async (filter: Parameters<Transaction["observations"]["list"]>[0]) =>
        (await run((tx) => tx.observations.list(filter))).map(({ value }) => value);
      expect(await listed({ metric: "ctr" })).toEqual([1, 2, 3]);
      expect(await listed({})).toEqual([1, 2, 9, 3]);
      expect(await listed({ limit: 2 })).toEqual([1, 2]);
      expect(await listed({ track: "visibility", from: "2026-01-02T00:00:00Z", to: "2026-01-03T00:00:00Z" })).toEqual([
        9, 3,
      ]);
      expect(await listed({ track: "quality" })).toEqual([]);
      expect(await listed({ source: "ga4" })).toEqual([]);
      expect(await run((tx) => tx.observations.list({ metric: "cvr" }))).toEqual(written.slice(3));
      expect(await caught(run((tx) => tx.observations.list({ from: "soon" })))).toMatchObject({
        code: "invalid_arguments",
      });
    });

    test("are found by id, whatever they are about and whenever they were observed", async () => {
      const given: NewObservation[] = [
        { ...observed("ctr", 0.1, "2026-01-03T10:20:30.456Z"), unit: "share", final: false },
        { ...observed("ctr", 5, "1969-07-20T00:00:00Z"), scope: "query=a" },
        {
          track: "quality",
          metric: "conversion_assist",
          source: "cli",
          trend: "up",
          observed_at: "2026-01-03T00:00:00Z",
        },
      ];
      const written = await run((tx) => tx.observations.append(given));
      expect(new Set(written.map(({ id }) => id)).size).toBe(3);
      for (const one of written) expect(await run((tx) => tx.observations.get(one.id))).toEqual(one);
      const [first] = written;
      for (const id of ["", "obs-", "obs-1-1-zz", "obs-none", `${first?.id}0`])
        expect(await run((tx) => tx.observations.get(id))).toBeUndefined();
      expect(await run((tx) => tx.observations.list({ scope: "query=a" }))).toEqual(written.slice(1, 2));
      expect(await run((tx) => tx.observations.list({ scope: "" }))).toHaveLength(2);
    });

    test("the same statement twice is two observations", async () => {
      const one = observed("ctr", 1, "2026-01-01T00:00:00Z");
      await run((tx) => tx.observations.append([one, one]));
      expect(await run((tx) => tx.observations.list({}))).toHaveLength(2);
      expect(await run((tx) => tx.observations.append([]))).toEqual([]);
      expect(await run((tx) => tx.observations.lastSeq())).toBe(2);
    });
  });

  describe("imports", () => {
    test("a file that comes again changes nothing, of rows, imports and ledger", async () => {
      const rows = [clicks(1, 10), clicks(2, 20), clicks(1, 3, { scope: "query=a" })];
      expect(await bring("f1", rows)).toEqual({ batch: "batch-1", stored: 3, known: 0, revised: 0 });
      const before = await run(async (tx) => [await tx.observations.imports(), await tx.ledger.head()]);
      expect(await bring("f1", rows)).toEqual({ stored: 0, known: 3, revised: 0 });
      expect(await run(async (tx) => [await tx.observations.imports(), await tx.ledger.head()])).toEqual(before);
      expect(await values()).toEqual({ "": [10, 20], "query=a": [3] });
    });

    test("an overlapping file stores what is new and keeps both values where it says otherwise", async () => {
      await bring("f1", [clicks(1, 10), clicks(2, 20)]);
      bench.pass(60_000);
      expect(await bring("f2", [clicks(2, 22), clicks(1, 10), clicks(3, 30)])).toMatchObject({
        stored: 2,
        known: 1,
        revised: 1,
      });
      expect(await values()).toEqual({ "": [10, 22, 30] });
      const kept = await run((tx) => tx.observations.list({ metric: "clicks" }));
      expect(kept.map(({ value, batch }) => [value, batch])).toEqual([
        [10, "batch-1"],
        [20, "batch-1"],
        [22, "batch-2"],
        [30, "batch-2"],
      ]);
      expect(await bring("f1", [clicks(1, 10), clicks(2, 20)])).toMatchObject({ stored: 0, known: 2 });
      expect(await values()).toEqual({ "": [10, 22, 30] });
    });

    test("a new file may return to an older value; reading an old one again may not, even one that brought no news", async () => {
      await bring("f1", [clicks(1, 10)]);
      expect(await bring("f2", [clicks(1, 10)])).toMatchObject({ batch: "batch-2", stored: 0, known: 1 });
      await bring("f3", [clicks(1, 11)]);
      expect(await bring("f2", [clicks(1, 10)])).toMatchObject({ stored: 0, known: 1 });
      expect(await values()).toEqual({ "": [11] });
      expect(await bring("f4", [clicks(1, 10)])).toMatchObject({ stored: 1, revised: 1 });
      expect(await values()).toEqual({ "": [10] });
      expect(await bring("f3", [clicks(1, 11)])).toMatchObject({ stored: 0, known: 1 });
      expect(await values()).toEqual({ "": [10] });
    });

    test("a provisional value never replaces a final one, and a final one of the same value is news", async () => {
      const early = clicks(1, 8, { final: false });
      await bring("early", [early]);
      expect(await bring("settled", [clicks(1, 8)])).toMatchObject({ stored: 1, revised: 0 });
      expect(await bring("other", [clicks(1, 7, { final: false })])).toMatchObject({ stored: 1, revised: 1 });
      const [series] = await run((tx) => tx.observations.series(CLICKS));
      expect(series?.points).toMatchObject([{ day: "2026-03-01", value: 8, final: true }]);
      expect(await bring("early", [early])).toMatchObject({ known: 1, stored: 0 });
    });

    test("two values of one day in one file are both kept, the later counts, and reading it again adds nothing", async () => {
      const rows = [clicks(2, 1), clicks(1, 5), clicks(1, 6), clicks(1, 6)];
      expect(await bring("f1", rows)).toMatchObject({ stored: 3, known: 1, revised: 1 });
      expect(await bring("f1", rows)).toMatchObject({ stored: 0, known: 4 });
      expect(await values()).toEqual({ "": [6, 1] });
    });

    test("a run that is cut off and begun again ends where an undisturbed one does", async () => {
      const part = (n: number): NewMeasurement[] =>
        Array.from({ length: 10 }, (_, i) => clicks(10 * n + i + 1, i, { scope: `query=${i % 3}` }));
      await bring("f1", part(0), 0);
      const cut = run(async (tx) => {
        await tx.observations.importBatch(file("f1", 1), part(1));
        throw new Error("killed");
      });
      expect(await caught(cut)).toMatchObject({ message: "killed" });
      expect(await run((tx) => tx.observations.lastSeq())).toBe(10);
      for (const n of [0, 1, 2]) await bring("f1", part(n), n);
      expect(await run((tx) => tx.observations.imports())).toEqual([
        {
          file: "f1",
          sha256: "f1".padEnd(64, "0"),
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
      await bring("f1", [clicks(1, 10), clicks(2, 20)]);
      const rows = await run((tx) => tx.ledger.list({ kind: "observations.imported" }));
      expect(rows).toMatchObject([
        {
          subject: "batch-1",
          evidence: { ...file("f1"), rows: 2, stored: 2, known: 0, revised: 0, first_seq: 1, last_seq: 2 },
        },
      ]);
      expect(rows[0]?.evidence).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    });

    test("are listed newest first, from a time on", async () => {
      await bring("f1", [clicks(1, 1)]);
      bench.pass(3_600_000);
      await bring("f2", [clicks(2, 1)]);
      const names = async (filter: { from?: string; limit?: number }) =>
        (await run((tx) => tx.observations.imports(filter))).map((one) => one.file);
      expect(await names({})).toEqual(["f2", "f1"]);
      expect(await names({ limit: 1 })).toEqual(["f2"]);
      expect(await names({ from: at(1) })).toEqual(["f2"]);
    });
  });

  describe("readings", () => {
    test("one series a scope, source and unit; filters by scope, prefix, source and days", async () => {
      await bring("f1", [
        clicks(1, 1, { scope: "query=b" }),
        clicks(2, 2, { scope: "query=a" }),
        clicks(3, 3, { scope: "page=a" }),
        clicks(4, 4),
        clicks(5, 5, { metric: "impressions" }),
      ]);
      await run((tx) =>
        tx.observations.append([
          { ...observed("clicks", 9, "2026-03-04T17:00:00Z"), source: "dashboard" },
          { ...observed("clicks", 8, "2026-03-04T18:00:00Z"), source: "dashboard" },
        ]),
      );
      expect(await values({ scopePrefix: "query=" })).toEqual({ "query=a": [2], "query=b": [1] });
      expect(await values({ scope: "page=a" })).toEqual({ "page=a": [3] });
      expect(await values({ from: "2026-03-02", to: "2026-03-03" })).toEqual({ "page=a": [3], "query=a": [2] });
      expect(await values({ scope: "", source: "gsc" })).toEqual({ "": [4] });
      const [hand] = await run((tx) => tx.observations.series({ ...CLICKS, source: "dashboard" }));
      expect(hand).toMatchObject({ track: "visibility", scope: "", points: [{ day: "2026-03-04", value: 8 }] });
      const id = hand?.points[0]?.observation ?? "";
      expect(await run((tx) => tx.observations.get(id))).toMatchObject({ value: 8, source: "dashboard" });
      expect(await run((tx) => tx.observations.scopes({ metric: "clicks", source: "gsc" }))).toEqual([
        "",
        "page=a",
        "query=a",
        "query=b",
      ]);
      expect(await run((tx) => tx.observations.scopes({ metric: "clicks", scopePrefix: "page=" }))).toEqual(["page=a"]);
      expect(await caught(run((tx) => tx.observations.series({ ...CLICKS, to: "2026-02-30" })))).toEqual(
        refused("invalid_arguments", /2026-02-30/),
      );
    });

    test("sums of days over the scopes that a rule chooses, of the values that count", async () => {
      await bring("f1", [
        clicks(1, 10, { scope: "query=acme" }),
        clicks(1, 1, { scope: "query=crm" }),
        clicks(1, 2, { scope: "query=sales" }),
        clicks(2, 4, { scope: "query=crm" }),
      ]);
      await bring("f2", [clicks(1, 3, { scope: "query=crm" })]);
      const asked: string[] = [];
      const matches = (scope: string): boolean => {
        asked.push(scope);
        return !/acme/.test(scope);
      };
      expect(await run((tx) => tx.observations.days({ ...CLICKS, matches }))).toEqual([
        { day: "2026-03-01", value: 5, scopes: 2 },
        { day: "2026-03-02", value: 4, scopes: 1 },
      ]);
      expect(asked).toEqual(["query=acme", "query=crm", "query=sales"]);
    });

    test("a declared trend is no value, and hides none", async () => {
      await run((tx) =>
        tx.observations.append([
          { ...observed("clicks", 5, "2026-03-01T00:00:00Z") },
          {
            track: "visibility",
            metric: "clicks",
            source: "search console",
            trend: "up",
            observed_at: "2026-03-01T09:00:00Z",
          },
        ]),
      );
      expect(await values()).toEqual({ "": [5] });
      expect(await run((tx) => tx.observations.list({ metric: "clicks" }))).toHaveLength(2);
    });

    test("as of a sequence number show what was known then", async () => {
      await bring("f1", [clicks(1, 10), clicks(2, 20)]);
      const asOf = await run((tx) => tx.observations.lastSeq());
      await bring("f2", [clicks(2, 25), clicks(3, 30)]);
      expect(await values({ asOf })).toEqual({ "": [10, 20] });
      expect(await values()).toEqual({ "": [10, 25, 30] });
      await run(async (tx) => {
        expect(await tx.observations.days({ ...CLICKS, asOf })).toHaveLength(2);
        expect((await tx.observations.list({ asOf })).map(({ value }) => value)).toEqual([10, 20]);
      });
    });
  });

  describe("rows that cannot be stored", () => {
    test.each<[string, Partial<NewMeasurement>, RegExp]>([
      ["not a number", { value: Number.NaN }, /row 2 .*value expected a finite number, got NaN/],
      ["without end", { value: -Infinity }, /got -Infinity/],
      ["a scope too long", { scope: "x".repeat(2001) }, /scope expected at most 2000 characters, got 2001/],
      ["a metric too long", { metric: "m".repeat(101) }, /metric expected at most 100/],
      ["no metric", { metric: "" }, /metric expected a name/],
      ["a text that the database would cut", { scope: "a\0b" }, /scope expected Unicode/],
      ["half a character", { scope: "\ud800" }, /scope expected Unicode/],
      ["a day that does not exist", { day: "2026-02-30" }, /day expected YYYY-MM-DD, got "2026-02-30"/],
      ["a time", { day: "2026-02-03T00:00:00Z" }, /day expected YYYY-MM-DD/],
    ])("%s is named, and nothing is stored", async (_what, wrong, pattern) => {
      await run(async (tx) => {
        const attempt = tx.observations.importBatch(file("f1"), [clicks(1, 1), clicks(2, 2, wrong), clicks(3, 3)]);
        expect(await caught(attempt)).toEqual(refused("invalid_arguments", pattern));
      });
      await run(async (tx) => {
        expect(await tx.observations.lastSeq()).toBe(0);
        expect(await tx.observations.scopes({ metric: "clicks" })).toEqual([]);
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
