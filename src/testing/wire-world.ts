import type { World } from "../providers/world.ts";
import { testWorld } from "./provider-world.ts";

/** One request as a provider's server got it. */
export interface WireCall {
  /** The host that the caller meant. */
  host: string;
  method: string;
  /** With its query. */
  path: string;
  headers: Headers;
  body: string;
}

export interface WireWorld {
  world: World;
  /** Where the server listens on loopback. */
  port: number;
  calls: WireCall[];
  /** Pauses that were asked for, ms; none of them is waited out. */
  pauses: number[];
  stop(): Promise<void>;
}

const HOST = "x-meant-host";

/**
 * The internet as one real server on loopback: every https host leads there, with its name in a header. Names have public addresses and private ones stay
 * forbidden, so that the guard works as it does outside.
 */
export function wireWorld(
  answer: (call: WireCall) => Response | Promise<Response>,
  over: Partial<World> = {},
): WireWorld {
  const calls: WireCall[] = [];
  const pauses: number[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 30,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const call: WireCall = {
        host: request.headers.get(HOST) ?? "",
        method: request.method,
        path: pathname + search,
        headers: request.headers,
        body: await request.text(),
      };
      calls.push(call);
      return answer(call);
    },
  });
  const world = testWorld({
    ...throughWire(server.port ?? 0),
    sleep: async (ms, signal) => {
      pauses.push(ms);
      await Bun.sleep(1);
      if (signal?.aborted === true) throw new Error("aborted");
    },
    ...over,
  });
  return { world, port: server.port ?? 0, calls, pauses, stop: () => server.stop(true) };
}

/** The way to a wire server, also from another process. */
export function throughWire(port: number): Pick<World, "allowPrivate" | "lookup" | "fetch"> {
  return {
    allowPrivate: false,
    lookup: async () => [{ address: "93.184.216.34", family: 4 }],
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const headers = new Headers(init?.headers);
      headers.set(HOST, url.host);
      return fetch(`http://127.0.0.1:${port}${url.pathname}${url.search}`, { ...init, headers });
    },
  };
}
