import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { startHost, type OpencodeHost } from "./opencode-host.ts";
import { packPlugin } from "./pack.ts";
import { makeWorkspace } from "./temp-workspace.ts";

/** A package that needed anything from a registry kept an offline host busy for a minute and more. */
const LONGEST_LOAD = 30_000;

const project = makeWorkspace();
let host: OpencodeHost;

beforeAll(async () => {
  const { spec } = await packPlugin({ root: join(import.meta.dir, "../..") });
  host = await startHost({ directory: project.directory, plugin: spec, network: "none" });
}, 60_000);

afterAll(async () => {
  await host.stop();
  project.dispose();
}, 20_000);

test("the packed plugin loads on a host without a network and a cache", async () => {
  const before = performance.now();
  const agents = await host.agents();
  expect(performance.now() - before).toBeLessThan(LONGEST_LOAD);
  expect(host.network).not.toBe("open");
  expect(agents.map(({ name }) => name)).toContain("growth-manager");
  expect((await host.tools()).map(({ id }) => id)).toContain("ohmymkt_check_gates");
  expect((await host.tools()).map(({ id }) => id)).not.toContain("ohmymkt_doctor");
}, 40_000);
