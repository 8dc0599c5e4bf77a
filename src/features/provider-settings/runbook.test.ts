import { afterEach, beforeEach, expect, test } from "bun:test";
import type { World } from "../../providers/world.ts";
import { testWorld } from "../../testing/provider-world.ts";
import { makeWorkspace, type Workspace } from "../../testing/temp-workspace.ts";
import { toolBench, type ToolBench } from "../../testing/tool-bench.ts";
import { providerFailed, skippedChannel } from "./runbook.ts";

const CHANNEL = { category: "image", provider: "openai", names: ["openai"] } as const;
const SETTING = { action: "set", category: "image", provider: "openai", api_key_env: "OPENAI_API_KEY" };

let workspace: Workspace;
let bench: ToolBench;
let status: number;
beforeEach(async () => {
  workspace = makeWorkspace();
  bench = toolBench({ directory: workspace.directory });
  status = 401;
  const world: World = testWorld({
    allowPrivate: false,
    env: { OPENAI_API_KEY: "sk-test-Zx81kQwErTyUiOp9" },
    lookup: async () => [{ address: "93.184.216.34", family: 4 }],
    fetch: async () => Response.json({ data: [] }, { status }),
  });
  bench.world = { ...world, now: () => bench.now };
  await bench.call("provider_config", SETTING, "anyone");
});
afterEach(async () => {
  await bench.store.close();
  workspace.dispose();
});

let ids = 0;
const fail = async (): Promise<string> =>
  bench.look(async (tx) => {
    const newId = (prefix: string): string => `${prefix}-${(ids += 1)}`;
    const actor = { host: "library" as const };
    return (await providerFailed(tx, CHANNEL, "wrong key", { actor, newId, module: "content_system" })).step;
  });
const ask = async (answer: number, times = 1): Promise<void> => {
  status = answer;
  for (let time = 0; time < times; time += 1)
    await bench.call("provider_config", { action: "test", category: "image", provider: "openai" }, "anyone");
};
const isSkipped = async (): Promise<boolean> => (await bench.look((tx) => skippedChannel(tx, CHANNEL))) !== undefined;
const incidents = (): Promise<number> =>
  bench.look(async (tx) => (await tx.ledger.list({ kind: "incident.open*" })).length);

test("a test that fails mends nothing; what was set, or a test that answers, is followed by one retry", async () => {
  expect(await fail()).toBe("mend");
  await ask(401);
  expect(await fail()).toBe("mend");
  await bench.call("provider_config", { ...SETTING, options: { quality: "low" } }, "anyone");
  await ask(401);
  expect([await fail(), await isSkipped(), await incidents()]).toEqual(["skipped", true, 1]);
});

test("a test that answers takes the channel up, and the runbook begins anew", async () => {
  await fail();
  await ask(200);
  expect(await fail()).toBe("skipped");
  await ask(401);
  expect(await isSkipped()).toBe(true);
  await ask(200);
  expect(await isSkipped()).toBe(false);
  expect(await fail()).toBe("mend");
  await ask(401);
  expect(await isSkipped()).toBe(false);
});

test("a channel that is skipped is not skipped again with another incident", async () => {
  for (let time = 0; time < 3; time += 1) await fail();
  expect([await fail(), await fail(), await incidents()]).toEqual(["skipped", "skipped", 1]);
});

test("a channel stays skipped however often it is tested in vain, and is taken up all the same", async () => {
  await fail();
  await ask(200);
  await fail();
  await ask(401, 60);
  expect(await isSkipped()).toBe(true);
  await ask(200);
  expect(await isSkipped()).toBe(false);
});
