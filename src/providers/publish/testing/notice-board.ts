import { z } from "zod";
import { sha256 } from "../../../lib/canonical.ts";
import { ProviderFailure } from "../../failure.ts";
import type { Delivery, PublishAdapter } from "../adapter.ts";
import { behindFaults } from "./http-server.ts";
import type { PublishServer } from "./subject.ts";

const LIMIT = 100;
const Options = z.strictObject({});

/** The smallest adapter that keeps every promise, for the suite's own test and to copy from. */
export const NOTICE_BOARD: PublishAdapter<z.infer<typeof Options>> = {
  spec: {
    id: "notice_board",
    title: "Notice board",
    category: "publish",
    secrets: [{ use: "api_key", names: ["NOTICE_BOARD_KEY"] }],
    hosts: [],
    url: { required: true, example: "https://board.example.com", schemes: ["https:", "http:"] },
    options: Options,
    setup: "Ask the caretaker.",
  },
  exactlyOnce: "deterministic_id",
  readBack: { possible: true, settleMs: 0 },
  retracts: "deletes",
  schedules: false,
  audience: false,
  account: ({ url }) => url?.host ?? "",
  compose({ text, media, at }) {
    const problems: string[] = [];
    // oxlint-disable-next-line no-control-regex
    if (/[\u0000-\u0008\u000b-\u001f]/.test(text)) problems.push("the text holds a control character; remove it");
    if (text.trim() === "") problems.push("the text is empty; write one");
    if (text.length > LIMIT)
      problems.push(`expected at most ${LIMIT} characters, got ${text.length}; shorten the text`);
    return { payloads: [{ text, media: [...media], wire: {}, ...(at ? { at } : {}) }], warnings: [], problems };
  },
  open(access) {
    const call = async (method: string, id = "", body?: string): Promise<Response> => {
      const headers = { authorization: `Bearer ${access.secret("api_key")}` };
      const init = body === undefined ? { method, headers } : { method, headers, body };
      const response = await access.network.fetch(new URL(`/notices/${id}`, access.url), init);
      if (response.ok || response.status === 404) return response;
      const said = access.network.redact(await response.text());
      const wait = Number(response.headers.get("retry-after")) * 1000;
      const kinds = { 401: "unauthorised", 402: "quota", 422: "rejected", 429: "rate_limited" } as const;
      const kind = Object.entries(kinds).find(([status]) => Number(status) === response.status)?.[1] ?? "unavailable";
      throw new ProviderFailure(kind, `the board answers ${response.status}: ${said}`, {
        status: response.status,
        ...(kind === "rate_limited" ? { retryAfterMs: wait } : {}),
      });
    };
    const find = async ({ key }: Delivery) => {
      const response = await call("GET", key);
      if (response.status === 404) return undefined;
      return { remote_id: key, url: response.url, remote_hash: sha256(await response.text()) };
    };
    return {
      async check() {
        await call("GET");
        return { account: "board" };
      },
      find,
      async send(delivery) {
        await call("PUT", delivery.key, delivery.payload.text);
        const receipt = await find(delivery);
        if (!receipt) throw new ProviderFailure("uncertain", "the board took the notice and does not show it");
        return receipt;
      },
      async retract({ key }) {
        await call("DELETE", key);
      },
    };
  },
};

/** A board on loopback, with every fault. */
export async function startNoticeBoard(): Promise<PublishServer> {
  const key = "board-key-123456";
  const notices = new Map<string, string>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const id = new URL(request.url).pathname.slice("/notices/".length);
      if (request.headers.get("authorization") !== `Bearer ${key}`) return new Response("who?", { status: 401 });
      if (request.method === "PUT") notices.set(id, await request.text());
      if (request.method === "DELETE") notices.delete(id);
      if (id === "") return new Response("board");
      const text = notices.get(id);
      return text === undefined ? new Response("", { status: 404 }) : new Response(text);
    },
  });
  const proxy = await behindFaults(server.url.origin, {
    publishes: ({ method }) => method === "PUT",
    answers: {
      quota: () => ({ status: 402, body: "pay first" }),
      reject: ({ headers }) => ({ status: 422, body: `no, ${headers["authorization"]}` }),
    },
  });
  return {
    setting: { url: proxy.url, options: {} },
    env: { NOTICE_BOARD_KEY: key },
    published: () => Promise.resolve([...notices].map(([id, text]) => ({ id, text, media: [] }))),
    inject: proxy.inject,
    requests: proxy.requests,
    async close() {
      await proxy.close();
      await server.stop(true);
    },
  };
}
