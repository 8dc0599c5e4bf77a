import { lookup } from "node:dns/promises";
import type { World } from "../providers/world.ts";

/** A world for tests: the real network, loopback allowed, with what the test replaces. */
export function testWorld(over: Partial<World> = {}): World {
  return {
    env: {},
    allowPrivate: true,
    fetch: (input, init) => fetch(input, init),
    lookup: async (host) =>
      (await lookup(host, { all: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })),
    now: () => Date.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
        });
      }),
    owner: { pid: process.pid, boot: "test" },
    isAlive: (pid) => pid === process.pid,
    ...over,
  };
}
