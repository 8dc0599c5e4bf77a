import { describe, expect, test } from "bun:test";
import { Assets, CAUSE, Counter, Incidents, Plans } from "../local/testing/fixtures.ts";
import type { Transaction } from "../store.ts";
import { type Bench, refused } from "./bench.ts";

/** What holds for governed files and for plain ones. */
export function documentPromises(bench: Bench): void {
  const { run } = bench;
  describe("documents", () => {
    test("a write is read back in and after its transaction, with revision and provenance", async () => {
      await run(async (tx) => {
        expect(await tx.documents.read(Counter)).toBeUndefined();
        const first = await tx.documents.write(Counter, { schema_version: 1, count: 1 });
        expect(first).toMatchObject({
          id: "counter",
          path: "state/counter.json",
          revision: 1,
          origin: "ours",
          value: { count: 1 },
        });
        expect(await tx.documents.revision(Counter)).toEqual(first);
        await tx.documents.write(Counter, { schema_version: 1, count: 2 });
      });
      expect(await run((tx) => tx.documents.revision(Counter))).toMatchObject({
        revision: 2,
        origin: "ours",
        value: { count: 2 },
      });
    });

    test("every write is in the ledger with hashes, reason and evidence", async () => {
      const first = await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
      const second = await run((tx) =>
        tx.documents.write(Counter, { schema_version: 1, count: 2 }, { reason: "why", evidence: { url: "u" } }),
      );
      const row = await run((tx) => tx.ledger.latest("document.write", Counter.path));
      expect(row).toMatchObject({
        before: first.hash,
        after: second.hash,
        reason: "why",
        evidence: { url: "u" },
        ...CAUSE,
      });
    });

    test("a value that does not fit is refused and nothing changes", async () => {
      await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
      const bad = run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1.5 }));
      expect(await bad.catch((error: unknown) => error)).toEqual(refused("invalid_arguments", /count/));
      expect(await run((tx) => tx.documents.read(Counter))).toEqual({ schema_version: 1, count: 1 });
    });

    test("history is newest first, and restore goes back and forth", async () => {
      const hashes: string[] = [];
      for (const count of [1, 2, 3])
        hashes.push((await run((tx) => tx.documents.write(Counter, { schema_version: 1, count }))).hash);
      const history = await run((tx) => tx.documents.history(Counter.path));
      expect(history.map(({ hash }) => hash)).toEqual(hashes.toReversed());
      expect(JSON.parse(history[2]?.content ?? "")).toEqual({ schema_version: 1, count: 1 });
      expect(await run((tx) => tx.documents.restore(Counter, hashes[0]))).toMatchObject({
        hash: hashes[0],
        value: { count: 1 },
        revision: 4,
        origin: "ours",
      });
      expect(await run((tx) => tx.documents.restore(Counter))).toMatchObject({ value: { count: 3 } });
      expect(await run((tx) => tx.documents.restore(Counter, "0".repeat(64))).catch((error: unknown) => error)).toEqual(
        refused("not_found"),
      );
    });

    test("a collection lists its members by id, in both formats", async () => {
      for (const id of ["b", "a", "c"])
        await run((tx) => tx.documents.write(Incidents.at(id), { schema_version: 1, title: id, open: true }));
      await run(async (tx) => {
        await tx.documents.write(Incidents.at("d"), { schema_version: 1, title: "d", open: false });
        const { readable, unreadable } = await tx.documents.list(Incidents);
        expect(readable.map(({ id, value }) => [id, value.title])).toEqual([
          ["a", "a"],
          ["b", "b"],
          ["c", "c"],
          ["d", "d"],
        ]);
        expect(unreadable).toEqual([]);
        expect(await tx.documents.list(Plans)).toEqual({ readable: [], unreadable: [] });
      });
    });

    test("200 concurrent creations give 200 members", async () => {
      await Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          run((tx) => tx.documents.write(Incidents.at(`i-${i}`), { schema_version: 1, title: `${i}`, open: true })),
        ),
      );
      expect((await run((tx) => tx.documents.list(Incidents))).readable).toHaveLength(200);
    });

    test("20 concurrent additions to one document are all kept", async () => {
      const add = (asset: string) => async (tx: Transaction) => {
        const now = await tx.documents.read(Assets);
        await tx.documents.write(Assets, { schema_version: 1, assets: [...(now?.assets ?? []), asset] });
      };
      await Promise.all(Array.from({ length: 20 }, (_, i) => run(add(`asset-${i}`))));
      expect((await run((tx) => tx.documents.read(Assets)))?.assets).toHaveLength(20);
    });
  });

  describe("artifacts", () => {
    test("are written whole, read in and after the transaction, and listed", async () => {
      await run(async (tx) => {
        const written = await tx.artifacts.write("reports/weekly/2026-W05.md", "# Week 5\r\n…");
        expect(written.path).toBe("reports/weekly/2026-W05.md");
        expect(written.hash).toMatch(/^[0-9a-f]{64}$/);
        expect(await tx.artifacts.read("reports/weekly/2026-W05.md")).toBe("# Week 5\r\n…");
      });
      await run(async (tx) => {
        await tx.artifacts.write("reports/summary/s.md", "");
        expect(await tx.artifacts.read("reports/weekly/2026-W05.md")).toBe("# Week 5\r\n…");
        expect(await tx.artifacts.list("reports")).toEqual(["reports/summary/s.md", "reports/weekly/2026-W05.md"]);
        expect(await tx.artifacts.list("nowhere")).toEqual([]);
        expect(await tx.artifacts.read("reports/none.md")).toBeUndefined();
        expect(await tx.artifacts.exists("reports/summary/s.md")).toBe(true);
        expect(await tx.ledger.latest("artifact.write", "reports/summary/s.md")).toBeDefined();
      });
    });

    test.each([
      "",
      "/etc/x",
      "../x",
      "a/../b",
      "a//b",
      "a\\b",
      "a\u0000b",
      "./a",
      ".gitignore",
      "C:/x",
      "ohmymkt.db",
      "OHMYMKT.DB-wal",
      "a/b.",
      "x".repeat(1001),
    ])("refuse the path %j", async (path) => {
      expect(await run((tx) => tx.artifacts.write(path, "x")).catch((error: unknown) => error)).toEqual(
        refused("invalid_arguments", /expected a path inside/),
      );
    });

    test("do not replace a governed document", async () => {
      await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
      expect(await run((tx) => tx.artifacts.write(Counter.path, "x")).catch((error: unknown) => error)).toEqual(
        refused("invalid_arguments", /governed document/),
      );
    });
  });
}
