import { lookup } from "node:dns/promises";
import { newId } from "../lib/names.ts";
import type { World } from "../providers/world.ts";
import { randomBase32 } from "../store/local/random.ts";

/** The variable that lets providers reach loopback and private addresses, for tests. */
const ALLOW_PRIVATE = "OHMYMKT_ALLOW_PRIVATE_ADDRESSES";

let boot: string | undefined;

/** The world of this process; `env` is read at each use, so that a variable set later counts. */
export function systemWorld(env: Readonly<Record<string, string | undefined>>): World {
  boot ??= newId("boot", randomBase32);
  return {
    env,
    allowPrivate: env[ALLOW_PRIVATE] === "1",
    fetch: (input, init) => globalThis.fetch(input, init),
    async lookup(host) {
      const addresses = await lookup(host, { all: true });
      return addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
    },
    now: () => Date.now(),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          clearTimeout(timer);
          reject(signal?.reason instanceof Error ? signal.reason : new Error("aborted"));
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", stop);
          resolve();
        }, ms);
        if (signal?.aborted === true) stop();
        else signal?.addEventListener("abort", stop, { once: true });
      }),
    owner: { pid: process.pid, boot },
    isAlive,
  };
}

/** Whether there is a process of this number, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
