import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { AtpAgent } from "@atproto/api";
import { type Pds, startPds } from "./pds.ts";
import { eventually } from "./process-list.ts";
import { makeWorkspace } from "./temp-workspace.ts";

test("a PDS ends with whoever started it, however that ends, and leaves no data", async () => {
  const source = `const { startPds } = await import(${JSON.stringify(join(import.meta.dir, "pds.ts"))});
    const pds = await startPds(); console.log(pds.url); process.kill(process.pid, "SIGKILL");`;
  using own = makeWorkspace();
  const leftovers = (): string[] => readdirSync(own.directory);
  const parent = Bun.spawn([process.execPath, "-e", source], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, TMPDIR: own.directory },
  });
  const url = (await new Response(parent.stdout).text()).trim();
  expect(url).toStartWith("http://127.0.0.1:");
  await eventually(() => leftovers().length === 0, 15_000);
  expect(leftovers()).toEqual([]);
  await expect(fetch(url)).rejects.toThrow();
});

describe("the PDS on loopback", () => {
  let pds: Pds;
  beforeAll(async () => {
    pds = await startPds();
  });
  afterAll(() => pds.close());

  const login = async (): Promise<AtpAgent> => {
    const agent = new AtpAgent({ service: pds.url });
    await agent.login({ identifier: pds.handle, password: pds.password });
    return agent;
  };

  test("checks records by their schema: 300 graphemes are taken, 301 are refused", async () => {
    const agent = await login();
    await agent.post({ text: "x".repeat(300) });
    await expect(agent.post({ text: "x".repeat(301) })).rejects.toThrow(/maximum 300, got 301/);
    expect(await pds.posts(pds.did)).toHaveLength(1);
  });

  test("what was acknowledged is there after a kill", async () => {
    const { uri } = await (await login()).post({ text: "kept" });
    await pds.kill();
    await expect(fetch(pds.url)).rejects.toThrow();
    await pds.restart();
    expect((await pds.posts(pds.did)).map((post) => post.uri)).toContain(uri);
    await (await login()).deletePost(uri);
    expect((await pds.posts(pds.did)).map((post) => post.uri)).not.toContain(uri);
  });
});
