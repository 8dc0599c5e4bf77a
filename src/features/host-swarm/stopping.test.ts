import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { EXECUTION_DOCUMENT, NO_CAMPAIGN } from "../../lib/campaign.ts";
import { INCIDENTS } from "../../lib/incidents.ts";
import { doneWith, LEASE_MS, swarmBench, type SwarmBench } from "../../testing/swarm-bench.ts";

let bench: SwarmBench;

beforeEach(() => {
  bench = swarmBench();
});
afterEach(() => bench.dispose());

const ALARMS: Record<string, () => Promise<unknown>> = {
  "rolled back": () =>
    bench.transact((tx) => tx.documents.write(EXECUTION_DOCUMENT, { ...NO_CAMPAIGN, state: "rolled_back" })),
  "scaling stops while a P0 is open: P0-1": () =>
    bench.transact((tx) => {
      const incident = {
        id: "P0-1",
        severity: "P0",
        module: "measurement",
        summary: "noindex",
        status: "open",
      } as const;
      return tx.documents.write(INCIDENTS.at("P0-1"), {
        ...incident,
        schema_version: 1,
        created_at: tx.now,
        updates: [],
      });
    }),
  "scaling stops while a P0 is open: torn": () => Bun.write(join(bench.directory, ".ohmymkt/incidents/torn.json"), "{"),
};

describe("stopping", () => {
  test("ends the sessions, gives the tasks back without an attempt, and is told once", async () => {
    await bench.add({ id: "a" }, { id: "b", owner: "content-ops" });
    bench.scripts = { a: [{}], b: [{}] };
    await bench.start();
    await bench.clock.advance(1000);
    const stopping = bench.swarm.stop("stopped by lead");
    await bench.clock.advance(3000);
    expect(await stopping).toMatchObject({ state: "stopped", reason: "stopped by lead", totals: { requeued: 2 } });
    for (const id of ["a", "b"]) {
      expect(await bench.get(id)).toMatchObject({ status: "pending", attempts: 0 });
      expect(bench.sessionOf(id)).toMatchObject({ busy: false, aborted: true });
    }
    await bench.clock.advance(10_000);
    expect(bench.root.heard).toHaveLength(1);
    expect(bench.root.heard[0]).toContain("cancelled]");
  });

  test.each(Object.entries(ALARMS))(
    "%s: scale tasks stop at once and rest, the others go on",
    async (reason, alarm) => {
      await bench.add(
        { id: "scale", module: "authority_growth" },
        { id: "scale-2", module: "scale_loop", blocked_by: ["tech"] },
        { id: "tech", owner: "content-ops", module: "technical_foundation" },
        { id: "free", owner: "growth-analyst" },
      );
      bench.scripts = { scale: [{}], tech: [{ ms: 8000, answer: doneWith() }] };
      await bench.start();
      await bench.clock.advance(1000);
      await alarm();
      bench.swarm.look();
      await bench.clock.advance(500);
      expect(await bench.get("scale")).toMatchObject({
        status: "pending",
        attempts: 0,
        error: expect.stringContaining(reason),
      });
      expect(bench.sessionOf("scale")).toMatchObject({ aborted: true });
      expect(await bench.get("tech")).toMatchObject({ status: "in_progress" });
      await bench.clock.advance(20_000);
      expect(await bench.get("tech")).toMatchObject({ status: "completed" });
      expect(await bench.swarm.status()).toMatchObject({
        state: "drained",
        totals: { completed: 2, held: 2, reasons: [expect.stringContaining(reason)] },
      });
      expect(bench.requests).toHaveLength(3);
    },
  );

  test("a P0 that nobody announced is noticed at the next look", async () => {
    await bench.add({ id: "scale", module: "authority_growth" });
    bench.scripts = { scale: [{}] };
    await bench.start();
    await bench.clock.advance(1000);
    await ALARMS["rolled back"]?.();
    await bench.clock.advance(6000);
    expect(await bench.get("scale")).toMatchObject({ status: "pending", attempts: 0 });
  });

  test("state that cannot be read holds what belongs to a module, and nothing else", async () => {
    await bench.add({ id: "some", module: "technical_foundation" }, { id: "free" });
    await Bun.write(join(bench.directory, ".ohmymkt/state/modules.json"), "{");
    await bench.start();
    await bench.clock.advance(5000);
    expect([await bench.get("some"), await bench.get("free")]).toMatchObject([
      { status: "pending" },
      { status: "completed" },
    ]);
  });

  test("a task that a rollback took back itself is given up without an attempt", async () => {
    await bench.add({ id: "scale", module: "authority_growth" });
    bench.scripts = { scale: [{}] };
    await bench.start();
    await bench.clock.advance(1000);
    await bench.transact((tx) => tx.tasks.transition("scale", "pending"));
    await ALARMS["rolled back"]?.();
    await bench.clock.advance(LEASE_MS);
    expect(await bench.get("scale")).toMatchObject({ status: "pending", attempts: 0 });
    expect(bench.sessionOf("scale")).toMatchObject({ busy: false, aborted: true });
    expect(bench.requests).toHaveLength(1);
  });

  test("the end of the root's session stops it", async () => {
    await bench.add({ id: "a" });
    bench.scripts = { a: [{}] };
    await bench.start();
    await bench.clock.advance(100);
    bench.swarm.sessionDeleted(bench.root.id);
    await bench.clock.advance(3000);
    expect(await bench.get("a")).toMatchObject({ status: "pending", attempts: 0 });
  });
});
