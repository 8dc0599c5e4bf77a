import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Job } from "../../lib/jobs.ts";
import { LEASE_MS, QUICK, swarmBench, type SwarmBench } from "../../testing/swarm-bench.ts";

let bench: SwarmBench;

beforeEach(() => {
  bench = swarmBench();
});
afterEach(() => bench.dispose());

const rows = (): Promise<Job[]> => bench.transact((tx) => tx.jobs.list());

describe("the row of a swarm", () => {
  test("is no job of an agent: it takes no room from them, and only its own tool stops it", async () => {
    await bench.add({ id: "a" });
    bench.scripts = { a: [{}] };
    await bench.start();
    const [row] = await rows();
    expect(row).toMatchObject({ agent: "ohmymkt_swarm", state: "running" });
    expect(await bench.jobs.cancel(row?.id ?? "", "x").catch((error: unknown) => error)).toMatchObject({
      code: "not_allowed",
      hint: expect.stringContaining("ohmymkt_swarm"),
    });
    const ask = { session: bench.root.id, caller: "lead", agent: "helper", prompt: "x" };
    for (const title of ["1", "2"]) await bench.jobs.start({ ...ask, title });
    await bench.clock.advance(100);
    expect((await rows()).map(({ state }) => state)).toEqual(["running", "running", "running"]);
    bench.jobs.sessionDeleted(bench.root.id);
    await bench.clock.advance(1000);
    expect((await rows()).map(({ state }) => state)).toEqual(["running", "cancelled", "cancelled"]);
  });

  test("that went with its host is told once as lost, with the tasks that return, and seen at the next look", async () => {
    await bench.add({ id: "done" }, { id: "held" }, { id: "foreign", owner: "a person" });
    await bench.transact((tx) => tx.tasks.claim({ id: "foreign", agent: "a person", leaseMs: 9 * LEASE_MS }));
    bench.scripts = { done: [QUICK], held: [{}, QUICK] };
    await bench.start({ maxConcurrency: 2 });
    await bench.clock.advance(4000);
    bench.world.crash();
    bench.reboot();
    const lost = await bench.swarm.earlier();
    const until = (await bench.get("held")).lease_expires_at;
    expect(lost).toMatchObject({
      state: "lost",
      error: expect.stringContaining(`1 task returns to the pool by ${until}: held.`),
    });
    await bench.clock.advance(5000);
    expect(bench.root.heard).toEqual([expect.stringMatching(/\[job-\S+ lost\] ohmymkt_swarm: swarm of/)]);
    bench.reboot();
    await bench.jobs.ready();
    await bench.clock.advance(LEASE_MS);
    expect(bench.root.heard).toHaveLength(1);
    expect(await bench.swarm.earlier()).toMatchObject({ id: lost?.id, state: "lost" });
    await bench.start();
    expect(await bench.swarm.earlier()).toBeUndefined();
    await bench.clock.advance(5000);
    expect(await bench.get("held")).toMatchObject({ status: "completed", attempts: 2 });
  });

  test("that another run took for lost ends as that says", async () => {
    await bench.add({ id: "a" });
    const { job } = await bench.start();
    expect(job).toBeUndefined();
    const [row] = await rows();
    await bench.transact((tx) => tx.jobs.transition(row?.id ?? "", "lost", { error: "too old" }));
    await bench.clock.advance(5000);
    expect(await bench.swarm.status()).toMatchObject({ state: "drained", job: { state: "lost" } });
  });
});
