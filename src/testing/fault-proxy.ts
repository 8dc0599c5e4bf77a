import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it arrived, before anything was done with it. */
export interface SeenRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

export interface ProxyAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** What becomes of one request. */
export type ProxyAction =
  | { do: "pass" }
  /** The connection breaks before the server sees anything. */
  | { do: "drop_before" }
  /** The server does its work, and the connection breaks before its answer is seen. */
  | { do: "drop_after" }
  /** Answered here; the server sees nothing. */
  | { do: "answer"; answer: ProxyAnswer }
  /** Nothing is forwarded and nothing answered until the client gives up. */
  | { do: "hang" }
  /** The server does its work, and the answer never comes. */
  | { do: "hang_after" }
  /** Forwarded after so many milliseconds. */
  | { do: "delay"; ms: number }
  /** The server gets it twice; the client sees the first answer. */
  | { do: "duplicate" }
  /** Waits until the next request has gone past it, or so many milliseconds. */
  | { do: "reorder"; ms: number };

export interface FaultProxy {
  url: string;
  requests(): readonly SeenRequest[];
  /** Breaks every open connection and listens no more. */
  close(): Promise<void>;
}

/** Headers that belong to one connection, or that the forwarding sets itself. */
const HOP = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "host",
  "accept-encoding",
  "content-encoding",
  "expect",
]);

/** An HTTP proxy on loopback in front of `upstream` (an origin) that does to each request what `plan` says. */
export async function startFaultProxy(
  upstream: string,
  plan: (request: SeenRequest) => ProxyAction,
): Promise<FaultProxy> {
  const seen: SeenRequest[] = [];
  let waiting: (() => void)[] = [];
  const letPast = (): void => {
    for (const go of waiting) go();
    waiting = [];
  };

  const forward = (request: SeenRequest): Promise<Response> =>
    fetch(new URL(request.path, upstream), {
      method: request.method,
      headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !HOP.has(name))),
      ...(request.body.byteLength > 0 ? { body: request.body.slice() } : {}),
      redirect: "manual",
    });

  const relay = async (request: SeenRequest, response: ServerResponse): Promise<void> => {
    const answer = await forward(request);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    letPast();
    const headers = [...answer.headers].filter(([name]) => !HOP.has(name));
    response.writeHead(answer.status, Object.fromEntries(headers)).end(bytes);
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    seen.push(request);
    const action = plan(request);
    switch (action.do) {
      case "pass":
        return relay(request, response);
      case "drop_before":
        incoming.socket.destroy();
        return;
      case "drop_after":
        await (await forward(request)).arrayBuffer();
        incoming.socket.destroy();
        return;
      case "answer":
        response.writeHead(action.answer.status, action.answer.headers).end(action.answer.body ?? "");
        return;
      case "hang":
        return;
      case "hang_after":
        await (await forward(request)).arrayBuffer();
        return;
      case "delay":
        await Bun.sleep(action.ms);
        return relay(request, response);
      case "duplicate": {
        const second = forward(request).then((answer) => answer.arrayBuffer());
        await relay(request, response);
        await second;
        return;
      }
      case "reorder":
        await Promise.race([new Promise<void>((resolve) => waiting.push(resolve)), Bun.sleep(action.ms)]);
        return relay(request, response);
    }
  };

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    requests: () => seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        letPast();
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) if (chunk instanceof Uint8Array) chunks.push(chunk);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  return { method: incoming.method ?? "GET", path: incoming.url ?? "/", headers, body: Buffer.concat(chunks) };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return address.port;
}
