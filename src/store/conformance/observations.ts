import { describe, expect, test } from "bun:test";
import type { NewObservation } from "../../lib/observations.ts";
import { CAUSE, caught } from "../local/testing/fixtures.ts";
import type { Transaction } from "../store.ts";
import { type Bench, at, observed, refused } from "./bench.ts";
import { bring, CLICKS, clicks, countedClicks, scopesOf } from "./metric-file.ts";

/** What holds for observations that somebody states, and for reading all of them. */
export function observationPromises(bench: Bench): void {
  const { run } = bench;
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

  describe("readings", () => {
    test("one series a scope, source and unit; filters by scope, prefix, source and days", async () => {
      await bring(bench, "f1", [
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
      expect(await countedClicks(bench, { scopePrefix: "query=" })).toEqual({ "query=a": [2], "query=b": [1] });
      expect(await countedClicks(bench, { scope: "page=a" })).toEqual({ "page=a": [3] });
      expect(await countedClicks(bench, { from: "2026-03-02", to: "2026-03-03" })).toEqual({
        "page=a": [3],
        "query=a": [2],
      });
      expect(await countedClicks(bench, { scope: "", source: "gsc" })).toEqual({ "": [4] });
      const [hand] = await run((tx) => tx.observations.series({ ...CLICKS, source: "dashboard" }));
      expect(hand).toMatchObject({ track: "visibility", scope: "", points: [{ day: "2026-03-04", value: 8 }] });
      const id = hand?.points[0]?.observation ?? "";
      expect(await run((tx) => tx.observations.get(id))).toMatchObject({ value: 8, source: "dashboard" });
      expect(await run((tx) => scopesOf(tx, { metric: "clicks", source: "gsc" }))).toEqual([
        "",
        "page=a",
        "query=a",
        "query=b",
      ]);
      expect(await run((tx) => scopesOf(tx, { metric: "clicks", scopePrefix: "page=" }))).toEqual(["page=a"]);
      expect(await caught(run((tx) => tx.observations.series({ ...CLICKS, to: "2026-02-30" })))).toEqual(
        refused("invalid_arguments", /2026-02-30/),
      );
    });

    test("sums of days over the scopes that a rule chooses, of the values that count", async () => {
      await bring(bench, "f1", [
        clicks(1, 10, { scope: "query=acme" }),
        clicks(1, 1, { scope: "query=crm" }),
        clicks(1, 2, { scope: "query=sales" }),
        clicks(2, 4, { scope: "query=crm" }),
      ]);
      await bring(bench, "f2", [clicks(1, 3, { scope: "query=crm" })]);
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
      expect(await countedClicks(bench)).toEqual({ "": [5] });
      expect(await run((tx) => tx.observations.list({ metric: "clicks" }))).toHaveLength(2);
    });

    test("as of a sequence number show what was known then", async () => {
      await bring(bench, "f1", [clicks(1, 10), clicks(2, 20)]);
      const asOf = await run((tx) => tx.observations.lastSeq());
      await bring(bench, "f2", [clicks(2, 25), clicks(3, 30)]);
      expect(await countedClicks(bench, { asOf })).toEqual({ "": [10, 20] });
      expect(await countedClicks(bench)).toEqual({ "": [10, 25, 30] });
      await run(async (tx) => {
        expect(await tx.observations.days({ ...CLICKS, asOf })).toHaveLength(2);
        expect((await tx.observations.list({ asOf })).map(({ value }) => value)).toEqual([10, 20]);
      });
    });
  });
}
