import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { failureOf, KEY, kindOf, publicInternet } from "./testing/public-internet.ts";
import type { World } from "./world.ts";

const MB = 1024 * 1024;

const internet = publicInternet();
beforeEach(() => internet.reset());
afterAll(() => internet.stop());

describe("bodies", () => {
  const pieces = (count: number, size: number): ReadableStream<Uint8Array> => {
    let sent = 0;
    return new ReadableStream({
      pull(controller) {
        if ((sent += 1) > count) return controller.close();
        controller.enqueue(new Uint8Array(size));
      },
    });
  };
  const GET = "https://api.example.com/";

  test("that say that they are too long are refused unread", async () => {
    internet.answer = () => new Response(new Uint8Array(2 * MB));
    expect(await kindOf(internet.network({ maxBytes: MB }).fetch(GET))).toBe("rejected");
  });

  test("that do not say it are cut off; after a POST nobody knows what was done", async () => {
    internet.answer = () => new Response(pieces(400, 64 * 1024));
    const guarded = internet.network({ maxBytes: MB });
    expect(await kindOf((await guarded.fetch(GET)).arrayBuffer())).toBe("rejected");
    expect(await kindOf((await guarded.fetch(GET, { method: "POST", body: "x" })).arrayBuffer())).toBe("uncertain");
  });

  test("up to the limit arrive whole", async () => {
    internet.answer = () => new Response(pieces(16, 64 * 1024));
    expect((await (await internet.network({ maxBytes: MB }).fetch(GET)).arrayBuffer()).byteLength).toBe(MB);
  });

  const CODERS = {
    gzip: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
    deflate: (bytes: Uint8Array) => new Uint8Array(deflateSync(bytes)),
    br: (bytes: Uint8Array) => new Uint8Array(brotliCompressSync(bytes)),
  };
  test.each(Object.entries(CODERS))("in %s are read, and counted as what they unpack to", async (coding, pack) => {
    const packed = (size: number) => () =>
      new Response(pack(new Uint8Array(size).fill(65)), { headers: { "content-encoding": coding } });
    internet.answer = packed(1000);
    const response = await internet.network().fetch(GET);
    expect([await response.text(), response.headers.get("content-encoding")]).toEqual(["A".repeat(1000), null]);
    internet.answer = packed(4 * MB);
    expect(await kindOf((await internet.network({ maxBytes: MB }).fetch(GET)).arrayBuffer())).toBe("rejected");
  });

  test("that unpack to two gigabytes fill no memory", async () => {
    const part = Bun.gzipSync(new Uint8Array(64 * MB));
    internet.answer = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            for (let index = 0; index < 32; index += 1) controller.enqueue(part);
            controller.close();
          },
        }),
        { headers: { "content-encoding": "gzip" } },
      );
    Bun.gc(true);
    const before = process.memoryUsage.rss();
    expect(await kindOf((await internet.network({ maxBytes: MB }).fetch(GET)).arrayBuffer())).toBe("rejected");
    await Bun.sleep(200);
    expect((process.memoryUsage.rss() - before) / MB).toBeLessThan(512);
  });

  test.each(["gzip, br", "compress", "zstd"])("in %s are not guessed at", async (coding) => {
    internet.answer = () => new Response("x", { headers: { "content-encoding": coding } });
    expect(await kindOf(internet.network().fetch(GET))).toBe("uncertain");
  });

  test("that claim to be gzip and are not are uncertain", async () => {
    internet.answer = () => new Response(`not gzip ${KEY}`, { headers: { "content-encoding": "gzip" } });
    expect(
      await kindOf(
        internet
          .network()
          .fetch(GET)
          .then((response) => response.text()),
      ),
    ).toBe("uncertain");
  });

  test("that stall are given up: time covers the whole exchange", async () => {
    internet.answer = () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            controller.enqueue(new Uint8Array(10));
            await Bun.sleep(120);
          },
        }),
      );
    const started = performance.now();
    expect(await kindOf((await internet.network({ timeoutMs: 300 }).fetch(GET)).arrayBuffer())).toBe("uncertain");
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("that are given up by the caller release the connection", async () => {
    internet.answer = () => new Response(pieces(100_000, 1024));
    const response = await internet.network().fetch(GET);
    await response.body?.cancel();
    internet.answer = () => new Response("fine");
    expect(await (await internet.network().fetch(GET)).text()).toBe("fine");
  });

  test("of requests may be streams", async () => {
    const body = new Response("in pieces").body;
    await internet.network().fetch(GET, { method: "POST", body });
    expect(internet.arrived[0]?.body).toBe("in pieces");
  });

  test("that are empty are fine", async () => {
    internet.answer = () => new Response(null, { status: 204 });
    expect((await internet.network().fetch(GET, { method: "DELETE" })).status).toBe(204);
    expect((await internet.network().fetch(GET, { method: "HEAD" })).status).toBe(204);
  });
});

describe("ends", () => {
  const GET = "https://api.example.com/";

  test("a call that is stopped before anything left is unreachable, after that uncertain", async () => {
    const early = AbortSignal.abort();
    expect(await kindOf(internet.network({ signal: early }).fetch(GET))).toBe("unreachable");
    expect(await kindOf(internet.network().fetch(GET, { signal: early }))).toBe("unreachable");
    expect(internet.arrived).toEqual([]);
    const stopper = new AbortController();
    internet.answer = async () => {
      stopper.abort();
      await Bun.sleep(200);
      return new Response("late");
    };
    expect(await kindOf(internet.network({ signal: stopper.signal }).fetch(GET))).toBe("uncertain");
  });

  test("an answer that does not come is uncertain", async () => {
    internet.answer = async () => {
      await Bun.sleep(1000);
      return new Response("late");
    };
    expect(await kindOf(internet.network({ timeoutMs: 100 }).fetch(GET, { method: "POST", body: "x" }))).toBe(
      "uncertain",
    );
  });

  test.each([
    ["ECONNREFUSED", "unreachable"],
    ["ConnectionRefused", "unreachable"],
    ["ENOTFOUND", "unreachable"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unreachable"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "unreachable"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "unreachable"],
    ["ECONNRESET", "uncertain"],
    ["EPIPE", "uncertain"],
    ["", "uncertain"],
  ])("%s is %s", async (code, kind) => {
    const broken: World["fetch"] = async () => Promise.reject(Object.assign(new Error("failed"), { code }));
    expect(await kindOf(internet.network({}, { fetch: broken }).fetch(GET))).toBe(kind);
  });

  test("a message of the connection that names a refusal says nothing of what left", async () => {
    const broken: World["fetch"] = async () =>
      Promise.reject(Object.assign(new Error("peer sent: certificate DNS ECONNREFUSED"), { code: "ECONNRESET" }));
    expect(await kindOf(internet.network({}, { fetch: broken }).fetch(GET))).toBe("uncertain");
  });

  test("a server that is really not there is unreachable", async () => {
    const own = new URL("http://127.0.0.1:1/");
    const open = internet.network({ own }, { allowPrivate: true, fetch: (input, init) => fetch(input, init) });
    expect(await kindOf(open.fetch(own))).toBe("unreachable");
  });

  test("no message holds the key, whoever wrote it", async () => {
    const basic = Buffer.from(`user:${KEY}`).toString("base64");
    const broken: World["fetch"] = async () =>
      Promise.reject(
        Object.assign(new Error(`no: ${KEY} ${encodeURIComponent(KEY)} ${basic}`), { path: `?key=${KEY}` }),
      );
    const { message } = await failureOf(internet.network({}, { fetch: broken }).fetch(GET));
    expect(message).toStartWith("api.example.com: no: [redacted] [redacted] dXNlcj");
    expect(message).not.toContain(basic.slice(8, -4));
    expect(await kindOf(internet.network().fetch(GET, { headers: { authorization: `Bearer ${KEY}\nx` } }))).toBe(
      "rejected",
    );
    expect(await kindOf(internet.network().fetch(`https://${KEY}.evil.com/`))).toBe("rejected");
    const { message: upper } = await failureOf(internet.network().fetch(`https://${KEY}.evil.com/`));
    expect(upper).toStartWith("[redacted].evil.com");
    expect(await kindOf(internet.network().fetch(`nonsense ${KEY}`))).toBe("rejected");
  });

  test("nor does one of an answer that breaks off", async () => {
    const body = new ReadableStream({ start: (controller) => controller.error(new Error(`lost ${KEY}`)) });
    const cut = internet.network({}, { fetch: async () => new Response(body) });
    const error = await failureOf(cut.fetch(GET).then((response) => response.text()));
    expect([error.kind, error.message]).toEqual(["uncertain", expect.stringContaining("[redacted]")]);
  });

  test("settings of proxies, sockets and TLS are not taken over", async () => {
    let seen: RequestInit | undefined;
    const watch: World["fetch"] = async (_input, init) => {
      seen = init;
      return new Response("fine");
    };
    const init: BunFetchRequestInit = {
      proxy: "http://evil.com",
      unix: "/run/docker.sock",
      tls: { rejectUnauthorized: false },
    };
    await internet.network({}, { fetch: watch }).fetch(GET, { ...init, headers: { host: "evil.com" } });
    expect(Object.keys(seen ?? {}).toSorted()).toEqual(["decompress", "headers", "method", "redirect", "signal"]);
    expect(new Headers(seen?.headers).get("host")).toBeNull();
  });
});
