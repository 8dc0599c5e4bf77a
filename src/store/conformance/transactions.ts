import { describe, expect, test } from "bun:test";
import { Counter, Plans, caught } from "../local/testing/fixtures.ts";
import type { Transaction } from "../store.ts";
import { type Bench, observed, refused, task } from "./bench.ts";

/** What holds for every unit of work. */
export function transactionPromises(bench: Bench): void {
  const { run } = bench;
  describe("transactions", () => {
    test("there is no state before the first one, and there is after it", async () => {
      expect(await bench.store.exists()).toBe(false);
      await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
      expect(await bench.store.exists()).toBe(true);
    });

    test("work that throws changes nothing, of any noun", async () => {
      await run((tx) => tx.documents.write(Counter, { schema_version: 1, count: 1 }));
      const before = await run((tx) => tx.ledger.head());
      const attempt = run(async (tx) => {
        await tx.documents.write(Counter, { schema_version: 1, count: 2 });
        await tx.artifacts.write("reports/weekly/r.md", "text");
        await tx.tasks.create([task("a")]);
        await tx.observations.append([observed("ctr", 1, "2026-01-01T00:00:00Z")]);
        await tx.approvals.request({ kind: "gate", subject: 1, summary: "s" });
        throw new Error("stop here");
      });
      expect(await caught(attempt)).toMatchObject({ message: "stop here" });
      await run(async (tx) => {
        expect(await tx.documents.read(Counter)).toEqual({ schema_version: 1, count: 1 });
        expect(await tx.artifacts.exists("reports/weekly/r.md")).toBe(false);
        expect(await tx.tasks.list()).toEqual([]);
        expect(await tx.observations.list({})).toEqual([]);
        expect(await tx.approvals.list()).toEqual([]);
        expect(await tx.ledger.head()).toEqual(before);
      });
    });

    test("concurrent ones run one after the other, in one store and in two", async () => {
      const other = bench.another();
      const bump = async (tx: Transaction): Promise<void> => {
        const now = await tx.documents.read(Counter);
        await Bun.sleep(0);
        await tx.documents.write(Counter, { schema_version: 1, count: (now?.count ?? 0) + 1 });
      };
      await Promise.all(Array.from({ length: 40 }, (_, i) => run(bump, i % 2 === 0 ? bench.store : other)));
      expect(await run((tx) => tx.documents.read(Counter))).toEqual({ schema_version: 1, count: 40 });
      await other.close();
    });

    test("one inside another on the same project is refused at once", async () => {
      const other = bench.another();
      await run(async () => {
        expect(await run(async () => 1).catch((error: unknown) => error)).toEqual(
          refused("internal", /inside a transaction/),
        );
        expect(await run(async () => 1, other).catch((error: unknown) => error)).toEqual(
          refused("internal", /inside a transaction/),
        );
      });
      expect(await run(async () => "free again")).toBe("free again");
      await other.close();
    });

    test("a call that nobody awaited still lands inside; one after the end is refused", async () => {
      let kept: Transaction | undefined;
      await run(async (tx) => {
        kept = tx;
        void tx.documents.write(Plans.at("late"), { schema_version: 1, title: "Late", body: "" });
      });
      expect(await run((tx) => tx.documents.read(Plans.at("late")))).toMatchObject({ title: "Late" });
      expect(await kept?.ledger.append({ kind: "a.b", subject: "c" }).catch((error: unknown) => error)).toEqual(
        refused("internal", /after its end/),
      );
    });

    test("a closed store refuses", async () => {
      const other = bench.another();
      await run(async () => undefined, other);
      await other.close();
      expect(await caught(run(async () => 1, other))).toMatchObject({ code: "internal" });
    });
  });
}
