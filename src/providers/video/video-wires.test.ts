import { afterEach, describe, expect, test } from "bun:test";
import { JsonObject } from "../../lib/json.ts";
import { ProviderSetting } from "../../lib/providers.ts";
import { mp4, png } from "../../testing/media-files.ts";
import { answerAs, KEY, WIRES, wireState, type Wire, type WireState } from "../../testing/media-wires.ts";
import { wireWorld, type WireWorld } from "../../testing/wire-world.ts";
import { openAccess } from "../access.ts";
import { MEDIA_LIMITS } from "../checked-media.ts";
import { ProviderFailure } from "../failure.ts";
import { VIDEO_PROVIDERS } from "./registry.ts";
import type { VideoRequest, VideoState } from "./video-provider.ts";

const VIDEOS = WIRES.filter(({ category }) => category === "video");
let net: WireWorld | undefined;
afterEach(async () => net?.stop());

interface Bench {
  state: WireState;
  net: WireWorld;
  abort: AbortController;
  paid(): number;
  start(over?: Partial<VideoRequest>): Promise<JsonObject>;
  /** From the stored text of the operation, as another process would. */
  ask(operation: string): Promise<VideoState>;
}

async function bench(wire: Wire, limits: { timeoutMs?: number; maxBytes?: number } = {}): Promise<Bench> {
  const state = wireState("video");
  const serve = wireWorld(answerAs(wire, state), { env: { [wire.variable]: KEY } });
  net = serve;
  const provider = await VIDEO_PROVIDERS[wire.id]?.();
  if (!provider) throw new Error(`there is no video provider ${wire.id}`);
  const abort = new AbortController();
  const setting = ProviderSetting.parse({ api_key_env: wire.variable });
  const open = () =>
    openAccess(provider.spec, setting, serve.world, abort.signal, { ...MEDIA_LIMITS.video, ...limits });
  const model = provider.model(open().options);
  return {
    state,
    net: serve,
    abort,
    paid: () => serve.calls.filter((call) => wire.paid(call)).length,
    start: (over) => provider.start({ prompt: "a desk", model, duration: 5, ...over }, open()),
    ask: (operation) => provider.ask(JsonObject.parse(JSON.parse(operation)), model, open()),
  };
}

async function failure(work: Promise<unknown>): Promise<ProviderFailure> {
  const outcome: unknown = await work.catch((error: unknown) => error);
  if (outcome instanceof ProviderFailure) return outcome;
  throw new Error(`expected a failure, got ${JSON.stringify(outcome)}`);
}

const limited = (): Response => Response.json({ detail: "slow" }, { status: 429, headers: { "retry-after": "1" } });

describe.each(VIDEOS.map((wire) => [wire.id, wire] as const))("%s", (_id, wire) => {
  test("started once, asked until it is done, from the stored operation alone", async () => {
    const { start, ask, state, paid } = await bench(wire);
    state.working = 2;
    const stored = JSON.stringify(await start());
    expect(stored).not.toContain(KEY);
    expect([await ask(stored), await ask(stored)]).toEqual([{ state: "working" }, { state: "working" }]);
    const done = await ask(stored);
    if (done.state !== "done") throw new Error(JSON.stringify(done));
    expect([Buffer.from(done.bytes).equals(state.file), done.mime]).toEqual([true, "video/mp4"]);
    expect(paid()).toBe(1);
  });

  test("the key is in no address", async () => {
    const {
      start,
      ask,
      state,
      net: { calls },
    } = await bench(wire);
    state.working = 0;
    await ask(JSON.stringify(await start()));
    expect(calls.map(({ path }) => path).filter((path) => path.includes(KEY))).toEqual([]);
  });

  test("429 is waited for and repeated, at the start and later", async () => {
    const {
      start,
      ask,
      state,
      paid,
      net: { pauses },
    } = await bench(wire);
    state.working = 0;
    state.first.push(limited);
    const stored = JSON.stringify(await start());
    state.later.push(limited, limited);
    expect((await ask(stored)).state).toBe("done");
    expect([paid(), pauses]).toEqual([2, [1000, 1000, 1000]]);
  });

  test("a start that may have been paid is not repeated", async () => {
    const one = await bench(wire, { timeoutMs: 50 });
    one.state.first.push(() => Bun.sleep(300).then(() => new Response()));
    expect((await failure(one.start())).kind).toBe("uncertain");
    one.state.first.push(() => new Response("not json"));
    expect((await failure(one.start())).kind).toBe("uncertain");
    expect(one.paid()).toBe(2);
  });

  test("spent money, wrong keys and refused content at the start cost nothing", async () => {
    const one = await bench(wire);
    one.state.first.push(wire.quota, () => wire.unauthorised(`Incorrect key ${KEY}`), wire.refusedContent);
    const told = [await failure(one.start()), await failure(one.start()), await failure(one.start())];
    expect(told.map(({ kind }) => kind)).toEqual(["quota", "unauthorised", "rejected"]);
    expect(told.some(({ message }) => message.includes(KEY))).toBe(false);
  });

  test("a question that fails says nothing about the work: it can be asked again", async () => {
    const one = await bench(wire);
    one.state.working = 0;
    const stored = JSON.stringify(await one.start());
    one.state.later.push(() => wire.unauthorised("the key was revoked"));
    expect((await failure(one.ask(stored))).kind).toBe("unauthorised");
    one.state.later.push(...Array.from({ length: 3 }, () => () => new Response("busy", { status: 503 })));
    expect((await failure(one.ask(stored))).kind).toBe("unavailable");
    expect((await one.ask(stored)).state).toBe("done");
    expect(one.paid()).toBe(1);
  });

  test("an abort between two questions loses nothing", async () => {
    const one = await bench(wire);
    const stored = JSON.stringify(await one.start());
    one.state.later.push(async () => {
      one.abort.abort();
      return Bun.sleep(300).then(() => new Response());
    });
    expect(["uncertain", "unreachable"]).toContain((await failure(one.ask(stored))).kind);
    expect(one.paid()).toBe(1);
  });

  test("a page, a picture or nothing in place of a video is refused", async () => {
    const one = await bench(wire);
    one.state.working = 0;
    const stored = JSON.stringify(await one.start());
    for (const bytes of [new TextEncoder().encode("<html>"), png(), new Uint8Array()]) {
      one.state.file = bytes;
      expect(await one.ask(stored)).toMatchObject({
        state: "failed",
        reason: expect.stringContaining("expected an MP4"),
      });
    }
  });

  test("a file that is too large is refused while it arrives", async () => {
    const one = await bench(wire, { maxBytes: 100_000 });
    one.state.working = 0;
    one.state.file = mp4(200_000);
    const stored = JSON.stringify(await one.start());
    expect(await one.ask(stored)).toMatchObject({ state: "failed", reason: expect.stringContaining("100000") });
  });
});

describe("what is asked of a provider", () => {
  const sent = async (id: string, over: Partial<VideoRequest>): Promise<unknown> => {
    const wire = VIDEOS.find((one) => one.id === id);
    if (!wire) throw new Error(id);
    const {
      start,
      net: { calls },
    } = await bench(wire);
    await start(over);
    return JSON.parse(calls.find((call) => wire.paid(call))?.body ?? "null");
  };
  const image = { bytes: png(), mime: "image/png" };
  const data = `data:image/png;base64,${Buffer.from(image.bytes).toString("base64")}`;

  test("duration, aspect and first frame are named as each model wants them", async () => {
    expect(await sent("google", { duration: 8, aspect: "9:16", image })).toMatchObject({
      instances: [{ prompt: "a desk", image: { mimeType: "image/png" } }],
      parameters: { durationSeconds: 8, aspectRatio: "9:16", sampleCount: 1 },
    });
    expect(await sent("replicate", { image })).toEqual({ input: { prompt: "a desk", duration: 5, start_image: data } });
    expect(await sent("fal", { image, aspect: "1:1" })).toEqual({
      prompt: "a desk",
      duration: "5",
      aspect_ratio: "1:1",
      image_url: data,
    });
  });

  test.each(["google", "fal"])(
    "%s: the first frame is not encoded by the SDK, which goes letter by letter",
    async (id) => {
      // Its own encoder takes the bytes piece by piece from this very method.
      const bytes = Object.assign(png(), { subarray: () => expect.unreachable("the SDK encodes the picture") });
      expect(JSON.stringify(await sent(id, { image: { bytes, mime: "image/png" } }))).toContain(
        Buffer.from(png()).toString("base64"),
      );
    },
  );

  test("every start carries a key of its own against double starts", async () => {
    const wire = VIDEOS.find(({ id }) => id === "replicate");
    if (!wire) throw new Error("replicate");
    const one = await bench(wire);
    one.state.first.push(limited);
    await one.start();
    const keys = one.net.calls.map(({ headers }) => headers.get("idempotency-key"));
    expect(keys[0]).toMatch(/^aisdk_vid_/);
    expect(keys[1]).toBe(keys[0] ?? "");
  });

  test("a file at another host is fetched without the key, and only from hosts of the provider", async () => {
    const wire = VIDEOS.find(({ id }) => id === "google");
    if (!wire) throw new Error("google");
    const one = await bench(wire);
    one.state.working = 0;
    const stored = JSON.stringify(await one.start());
    const usual = one.net.calls.length;
    const away = (host: string) => [
      () =>
        Response.json({
          name: "x",
          done: true,
          response: {
            generateVideoResponse: {
              generatedSamples: [
                { video: { uri: "https://generativelanguage.googleapis.com/v1beta/files/f1:download" } },
              ],
            },
          },
        }),
      () => new Response(null, { status: 302, headers: { location: `https://${host}/f1` } }),
    ];
    const direct = { video: { uri: "https://storage.googleapis.com/f1" } };
    one.state.later.push(() =>
      Response.json({ name: "x", done: true, response: { generateVideoResponse: { generatedSamples: [direct] } } }),
    );
    expect((await one.ask(stored)).state).toBe("done");
    one.net.calls.length = usual;
    one.state.later.push(...away("storage.googleapis.com"));
    expect((await one.ask(stored)).state).toBe("done");
    const [, first, second] = one.net.calls.slice(usual);
    expect([first?.headers.has("x-goog-api-key"), second?.headers.has("x-goog-api-key")]).toEqual([true, false]);
    one.state.later.push(...away("evil.example"));
    expect(await one.ask(stored)).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("not a host of this provider"),
    });
  });

  test("Veo's refusal of the content is the end of the work", async () => {
    const wire = VIDEOS.find(({ id }) => id === "google");
    if (!wire) throw new Error("google");
    const one = await bench(wire);
    const stored = JSON.stringify(await one.start());
    one.state.later.push(() =>
      Response.json({
        name: "x",
        done: true,
        response: { generateVideoResponse: { raiMediaFilteredReasons: ["a face"] } },
      }),
    );
    expect((await one.ask(stored)).state).toBe("failed");
    one.state.later.push(() => Response.json({ name: "x", done: true, error: { code: 3, message: "bad prompt" } }));
    expect(await one.ask(stored)).toMatchObject({ state: "failed", reason: expect.stringContaining("bad prompt") });
  });

  test("a stored operation that is damaged is refused", async () => {
    const wire = VIDEOS.find(({ id }) => id === "fal");
    if (!wire) throw new Error("fal");
    const one = await bench(wire);
    expect((await failure(one.ask('{"handle": 7}'))).kind).toBe("rejected");
    const foreign = {
      handle: { responseUrl: "https://evil.example/x", submitUrl: "https://evil.example/x" },
      warnings: [],
    };
    expect((await failure(one.ask(JSON.stringify(foreign)))).message).toContain("not a host of this provider");
    expect(one.net.calls).toEqual([]);
  });
});
