import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { DEFAULT_CONFIG } from "../../config.ts";
import { renderError } from "../../errors.ts";
import type { SwarmDesk } from "../../features/host-swarm/desk.ts";
import { OWNERS, swarmBench, type SwarmBench } from "../../testing/swarm-bench.ts";
import { testWorld } from "../../testing/provider-world.ts";
import type { ToolContext } from "./define.ts";
import { leanSchema } from "./lean-schema.ts";
import { swarm } from "./swarm.ts";

let bench: SwarmBench;
let context: ToolContext;

beforeEach(() => {
  bench = swarmBench();
  const unasked = async (): Promise<never> => {
    throw new Error("nobody is asked here");
  };
  context = {
    store: bench.store,
    config: DEFAULT_CONFIG,
    actor: { host: "opencode", agent: "lead", session: bench.root.id },
    signal: new AbortController().signal,
    newId: (prefix) => prefix,
    approve: unasked,
    decide: unasked,
    team: [],
    world: testWorld(),
    directory: "/nowhere",
    allows: () => ({ ok: true }),
    swarm: { swarm: bench.swarm, delegates: OWNERS, foreground: undefined },
  };
});
afterEach(() => bench.dispose());

const call = async (args: object, change: Partial<SwarmDesk> = {}): Promise<string> => {
  const desk = context.swarm && { ...context.swarm, ...change };
  const running = swarm
    .call(args, { ...context, ...(desk ? { swarm: desk } : {}) })
    .then(({ text }) => text, renderError);
  await bench.clock.advance(4000);
  return running;
};

describe("ohmymkt_swarm", () => {
  test("starts the caller's delegates and answers at once with what was started", async () => {
    await bench.add({ id: "a" }, { id: "b", owner: "content-ops" }, { id: "c", owner: "somebody" });
    bench.scripts = { a: [{}], b: [{}] };
    const text = await call({ action: "start", limits: { minutes: 5, tool_calls: 7 }, max_concurrency: 2 });
    expect(text).toContain(
      "The swarm runs.\nOwners seo-engineer, content-ops, growth-analyst; at most 2 at a time; 5 minutes, 1000 tokens and 7 tool calls for a task",
    );
    expect(text).toMatch(/seo-engineer: a \(a\) [^]*content-ops: b \(b\) [^]*You are told when it ends/);
    expect(await call({ action: "status" })).toMatch(/works in ses_\d since/);
    expect(await call({ action: "start" })).toContain("busy: a swarm runs already");
    expect(await call({ action: "stop" })).toMatch(
      /^\[job-\S+ cancelled\]\nThe swarm was stopped: stopped by lead\.[^]*2 back in the pool/,
    );
  });

  test("waits where the process ends with its turn, and what it answered is not told again", async () => {
    bench.world.turn(bench.root.id, 6000);
    await bench.add({ id: "a" });
    const text = await call({ action: "start" }, { foreground: "the process ends" });
    expect(text).toMatch(/^\[job-\S+ finished\]\n[^]*1 completed[^]*It was waited for here: the process ends\.$/);
    bench.root.heard.push(text);
    await bench.clock.advance(10_000);
    expect(bench.root.heard).toHaveLength(1);
  });

  test("what an earlier run of the host left behind is shown, and counts as read", async () => {
    await bench.add({ id: "a" });
    bench.scripts = { a: [{}] };
    await call({ action: "start" });
    bench.world.crash();
    bench.reboot();
    bench.world.turn(bench.root.id, 6000);
    const text = await call({ action: "status" }, { swarm: bench.swarm });
    expect(text).toMatch(
      /^None has run since this host started\. The last one before:\n\[job-\S+ lost\] ohmymkt_swarm: swarm of .*\nthe host ended while it ran; 1 task returns to the pool by \S+: a\./,
    );
    expect(await bench.transact((tx) => tx.jobs.list())).toMatchObject([
      { state: "lost", read_at: expect.any(String) },
    ]);
    bench.root.heard.push(text);
    await bench.clock.advance(10_000);
    expect(bench.root.heard).toHaveLength(1);
  });

  test("an empty pool is said at once", async () => {
    expect(await call({ action: "status" })).toContain("No swarm has run");
    expect(await call({ action: "stop" })).toContain("No swarm has run");
    expect(await call({ action: "start" })).toMatch(
      /finished\]\nThe swarm has finished: nothing is ready and nothing runs\./,
    );
  });

  test.each<[object, Partial<SwarmDesk>, string]>([
    [{ action: "start", owners: ["stranger"] }, {}, "lead may not start stranger"],
    [{ action: "start" }, { delegates: undefined }, "owners: expected the agents whose tasks shall be done, got none"],
    [{ action: "start" }, { delegates: [] }, "owners: expected"],
    [{ action: "begin" }, {}, "invalid_arguments"],
    [{ action: "start", max_concurrency: 99 }, {}, "invalid_arguments"],
    [{ action: "start", limits: { calls: 3 } }, {}, "invalid_arguments"],
  ])("refuses %j with %j", async (args, desk, words) => {
    await bench.add({ id: "a" });
    expect(await call(args, desk)).toContain(words);
    expect(bench.requests).toEqual([]);
    expect(await bench.get("a")).toMatchObject({ status: "pending" });
  });

  test("without a host that runs agents it says so", async () => {
    const { swarm: _none, ...bare } = context;
    expect(await swarm.call({ action: "status" }, bare).catch(renderError)).toContain(
      "only the agent host can run them",
    );
  });

  test("costs a model little", () => {
    expect(countTokens(JSON.stringify(leanSchema(swarm.args)))).toBeLessThanOrEqual(70);
  });
});
