import { afterEach, describe, expect, test } from "bun:test";
import { ProviderSetting } from "../../lib/providers.ts";
import { mp4, png } from "../../testing/media-files.ts";
import { answerAs, KEY, WIRES, wireState, type Wire, type WireState } from "../../testing/media-wires.ts";
import { wireWorld, type WireWorld } from "../../testing/wire-world.ts";
import { openAccess } from "../access.ts";
import { MEDIA_LIMITS } from "../checked-media.ts";
import { ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";
import type { GeneratedMedia, ImageRequest } from "./image-provider.ts";
import { IMAGE_PROVIDERS } from "./registry.ts";

const IMAGES = WIRES.filter(({ category }) => category === "image");
let net: WireWorld | undefined;
afterEach(async () => net?.stop());

interface Bench {
  state: WireState;
  net: WireWorld;
  abort: AbortController;
  paid(): number;
  draw(over?: Partial<ImageRequest>): Promise<GeneratedMedia>;
  check(): Promise<{ account: string }>;
}

async function bench(wire: Wire, limits: { timeoutMs?: number; maxBytes?: number } = {}, key = KEY): Promise<Bench> {
  const state = wireState("image");
  const serve = wireWorld(answerAs(wire, state), { env: { [wire.variable]: key } });
  net = serve;
  const provider = await IMAGE_PROVIDERS[wire.id]?.();
  if (!provider) throw new Error(`there is no image provider ${wire.id}`);
  const abort = new AbortController();
  const setting = ProviderSetting.parse({ api_key_env: wire.variable, ...wire.setting });
  const access: Access = openAccess(provider.spec, setting, serve.world, abort.signal, {
    ...MEDIA_LIMITS.image,
    ...limits,
  });
  return {
    state,
    net: serve,
    abort,
    paid: () => serve.calls.filter((call) => wire.paid(call)).length,
    draw: (over) => provider.generate({ prompt: "a desk", model: provider.model(access.options), ...over }, access),
    check: () => provider.check(access),
  };
}

async function failure(work: Promise<unknown>): Promise<ProviderFailure> {
  const outcome: unknown = await work.catch((error: unknown) => error);
  if (outcome instanceof ProviderFailure) return outcome;
  throw new Error(`expected a failure, got ${String(outcome)}`);
}

const limited = (): Response =>
  Response.json({ error: { message: "slow down" } }, { status: 429, headers: { "retry-after-ms": "5" } });

describe.each(IMAGES.map((wire) => [wire.id, wire] as const))("%s", (_id, wire) => {
  test("the bytes arrive, with their own type whatever the server says", async () => {
    const { draw, state, paid } = await bench(wire);
    const { bytes, mime } = await draw();
    expect([Buffer.from(bytes).equals(state.file), mime, paid()]).toEqual([true, "image/png", 1]);
  });

  test("429 is waited for and repeated, at most twice", async () => {
    const one = await bench(wire);
    one.state.first.push(limited, limited);
    expect((await one.draw()).mime).toBe("image/png");
    expect(one.paid()).toBe(3);
    one.state.first.push(limited, limited, limited);
    expect(await failure(one.draw())).toMatchObject({ kind: "rate_limited", status: 429, retryAfterMs: 5 });
    expect(one.paid()).toBe(6);
  });

  test("a provider that asks for minutes is not waited for", async () => {
    const one = await bench(wire);
    one.state.first.push(() => Response.json({}, { status: 429, headers: { "retry-after": "120" } }));
    expect(await failure(one.draw())).toMatchObject({ kind: "rate_limited", retryAfterMs: 120_000 });
    expect(one.paid()).toBe(1);
  });

  test("spent money, wrong keys, refused content and broken servers are told apart, and none is repeated", async () => {
    const one = await bench(wire);
    one.state.first.push(wire.quota, () => wire.unauthorised("no"), wire.refusedContent);
    one.state.first.push(() => new Response("<html>busy</html>", { status: 503 }));
    one.state.first.push(() => new Response("", { status: 504 }));
    const kinds = [];
    for (let at = 0; at < 5; at += 1) kinds.push((await failure(one.draw())).kind);
    expect(kinds).toEqual(["quota", "unauthorised", "rejected", "unavailable", "uncertain"]);
    expect(one.paid()).toBe(5);
  });

  test("the key is in no message, although the server repeats it", async () => {
    const one = await bench(wire);
    one.state.first.push(() => wire.unauthorised(`Incorrect API key provided: ${KEY}`));
    const { message } = await failure(one.draw());
    expect(message).toContain("[redacted]");
    expect(message).not.toContain(KEY);
  });

  test("an abort in the middle is uncertain, and one before anything was sent is not", async () => {
    const one = await bench(wire);
    one.state.first.push(async () => {
      one.abort.abort();
      return Bun.sleep(2000).then(() => new Response());
    });
    expect((await failure(one.draw())).kind).toBe("uncertain");
    expect(one.paid()).toBe(1);
    expect((await failure(one.draw())).kind).toBe("unreachable");
    expect(one.paid()).toBe(1);
  });

  test("a timeout is uncertain and not repeated", async () => {
    const one = await bench(wire, { timeoutMs: 50 });
    one.state.first.push(() => Bun.sleep(500).then(() => new Response()));
    expect((await failure(one.draw())).kind).toBe("uncertain");
    expect(one.paid()).toBe(1);
  });

  test("an answer that breaks off is uncertain", async () => {
    const one = await bench(wire);
    one.state.first.push(() => new Response('{"data": [', { headers: { "content-type": "application/json" } }));
    expect((await failure(one.draw())).kind).toBe("uncertain");
    expect(one.paid()).toBe(1);
  });

  test.each<[string, Uint8Array]>([
    ["a page", new TextEncoder().encode("<!doctype html><html>")],
    ["a GIF", Buffer.from("GIF89a\x08\0\x08\0\0\0\0", "latin1")],
    ["a film", mp4()],
    ["an SVG", Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>")],
    ["nothing", new Uint8Array()],
  ])("%s in place of an image is refused, and counts as paid", async (_what, bytes) => {
    const one = await bench(wire);
    one.state.file = bytes;
    const told = await failure(one.draw());
    expect(told.kind).toBe("uncertain");
    expect(one.paid()).toBe(1);
  });

  test("a file that is too large is refused, and counts as paid", async () => {
    const one = await bench(wire, { maxBytes: 100_000 });
    one.state.file = Buffer.concat([png(), Buffer.alloc(200_000)]);
    const { kind, message } = await failure(one.draw());
    expect([kind, /more than 100000/.test(message)]).toEqual(["uncertain", true]);
    expect(one.paid()).toBe(1);
  });

  test("check costs nothing and tells a wrong key", async () => {
    const good = await bench(wire);
    expect((await good.check()).account).toMatch(/key accepted|somebody/);
    expect(good.paid()).toBe(0);
    await good.net.stop();
    const bad = await bench(wire, {}, "another-key-0000");
    const told = await failure(bad.check());
    expect(told.kind).toBe("unauthorised");
    expect(told.message).not.toContain("another-key-0000");
  });
});

test.each(["openai", "google"])("%s: base64 is not decoded by the SDK, which goes letter by letter", async (id) => {
  const wire = IMAGES.find((one) => one.id === id);
  if (!wire) throw new Error(id);
  // Its own decoder makes a plain Uint8Array; 8 MB take it a third of a second of the host's event loop.
  expect((await (await bench(wire)).draw()).bytes).toBeInstanceOf(Buffer);
});

describe("what is asked of a provider", () => {
  const body = async (id: string, over: Partial<ImageRequest>): Promise<{ sent: unknown; warnings: string[] }> => {
    const wire = IMAGES.find((one) => one.id === id);
    if (!wire) throw new Error(id);
    const {
      draw,
      net: { calls },
    } = await bench(wire);
    const { warnings } = await draw(over);
    return { sent: JSON.parse(calls.find((call) => wire.paid(call))?.body ?? "null"), warnings };
  };

  test("an aspect becomes a size where only sizes are understood, and the other way round", async () => {
    expect(await body("openai", { aspect: "16:9" })).toMatchObject({
      sent: { size: "1536x1024", quality: "medium", n: 1, model: "gpt-image-1.5" },
      warnings: ["16:9 is drawn as 1536x1024, the nearest size that it has"],
    });
    expect(await body("google", { size: "1920x1080" })).toMatchObject({
      sent: { generationConfig: { imageConfig: { aspectRatio: "16:9" } } },
      warnings: ["1920x1080 is drawn with the aspect 16:9, the nearest that it has"],
    });
    expect(await body("replicate", { aspect: "9:16" })).toMatchObject({
      sent: { input: { aspect_ratio: "9:16" } },
      warnings: [],
    });
    expect(await body("fal", { size: "640x480" })).toMatchObject({ sent: { image_size: { width: 640, height: 480 } } });
  });

  test("a result on a foreign host is not fetched", async () => {
    const wire = IMAGES.find(({ id }) => id === "fal");
    if (!wire) throw new Error("fal");
    const one = await bench(wire);
    one.state.first.push(() => Response.json({ images: [{ url: "https://fal.media.evil.example/x.png" }] }));
    const told = await failure(one.draw());
    expect(told).toMatchObject({ kind: "uncertain" });
    expect(told.message).toContain("not a host of this provider");
    expect(one.net.calls.map(({ host }) => host)).toEqual(["fal.run"]);
  });

  test.each([
    ["openai", { data: [] }],
    ["google", { candidates: [{ content: { parts: [{ text: "No." }] }, finishReason: "STOP" }], usageMetadata: {} }],
    ["fal", { images: [] }],
  ])("an answer of %s without a picture may be charged, and is not repeated", async (id, answer) => {
    const wire = IMAGES.find((one) => one.id === id);
    if (!wire) throw new Error(id);
    const one = await bench(wire);
    one.state.first.push(() => Response.json(answer));
    expect((await failure(one.draw())).kind).toBe("uncertain");
    expect(one.paid()).toBe(1);
  });

  test("Gemini's refusal of a prompt is a refusal, not a doubt", async () => {
    const wire = IMAGES.find(({ id }) => id === "google");
    if (!wire) throw new Error("google");
    const one = await bench(wire);
    one.state.first.push(() =>
      Response.json({ candidates: [{ finishReason: "IMAGE_SAFETY", index: 0 }], usageMetadata: {} }),
    );
    expect((await failure(one.draw())).kind).toBe("rejected");
  });
});
