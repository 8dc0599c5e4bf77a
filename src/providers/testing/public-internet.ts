import { expect } from "bun:test";
import { testWorld } from "../../testing/provider-world.ts";
import { ProviderFailure } from "../failure.ts";
import { createNetwork, type NetworkRules } from "../network.ts";
import type { Network } from "../provider.ts";
import type { World } from "../world.ts";

/** The one secret of the provider whose network is tried. */
export const KEY = "sk-Test-9F8e7D6c5B4a";

interface Arrived {
  method: string;
  path: string;
  headers: Headers;
  body: string;
}

/** A server that answers for every public name, and the guarded ways to it. */
export interface PublicInternet {
  port: number;
  arrived: Arrived[];
  answer: (request: Arrived) => Response | Promise<Response>;
  /** Reaches api.example.com and *.files.example.com; every name has a public address. */
  network(rules?: Partial<NetworkRules>, world?: Partial<World>): Network;
  reset(): void;
  stop(): Promise<void>;
}

export function publicInternet(): PublicInternet {
  const fine = (): Response => new Response("fine");
  const server = Bun.serve({
    port: 0,
    idleTimeout: 10,
    async fetch(request) {
      const { pathname: path } = new URL(request.url);
      const one = { method: request.method, path, headers: request.headers, body: await request.text() };
      internet.arrived.push(one);
      return internet.answer(one);
    },
  });
  const internet: PublicInternet = {
    port: server.port ?? 0,
    arrived: [],
    answer: fine,
    network: (rules = {}, world = {}) =>
      createNetwork(
        testWorld({
          allowPrivate: false,
          fetch: (input, init) => {
            const { pathname } = new URL(input instanceof Request ? input.url : input);
            return fetch(`http://127.0.0.1:${internet.port}${pathname}`, init);
          },
          lookup: async () => [{ address: "93.184.216.34", family: 4 }],
          ...world,
        }),
        {
          hosts: ["api.example.com", "*.files.example.com"],
          secrets: [KEY],
          signal: new AbortController().signal,
          timeoutMs: 2000,
          ...rules,
        },
      ),
    reset() {
      internet.arrived = [];
      internet.answer = fine;
    },
    stop: () => server.stop(true),
  };
  return internet;
}

/** The failure that the work ends with; nothing of it, causes included, may hold the key. */
export async function failureOf(work: Promise<unknown>): Promise<ProviderFailure> {
  const outcome = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof ProviderFailure)) throw new Error(`expected a ProviderFailure, got ${String(outcome)}`);
  expect(Bun.inspect(outcome, { depth: 8 })).not.toContain(KEY);
  return outcome;
}

export const kindOf = async (work: Promise<unknown>): Promise<string> => (await failureOf(work)).kind;
