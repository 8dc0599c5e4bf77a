import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import { type Pds, startPds } from "../../testing/pds.ts";
import type { JsonObject } from "../../lib/json.ts";
import { testWorld } from "../../testing/provider-world.ts";
import { openAccess } from "../access.ts";
import type { World } from "../world.ts";
import type { Delivery, Draft, PublishChannel, SendTools } from "./adapter.ts";
import { BLUESKY } from "./bluesky.ts";
import { recordKey } from "./bluesky/record.ts";
import { describeAdapter } from "./conformance.ts";
import { failureOf, sha256 } from "./testing/bench.ts";
import { behindFaults, worldTo } from "./testing/http-server.ts";
import { makePng, pictureFile } from "./testing/pictures.ts";
import type { AdapterSubject, PublishServer } from "./testing/subject.ts";

const draft: Draft = {
  text: "We are open again. https://example.com/news #opening",
  media: [],
  audience: [],
  class: "content",
};
const picture = makePng(8, 6);
/** Of different bytes: the server makes the pictures of a post permanent side by side, and takes one of several copies away under the others. */
const several = [picture, makePng(9, 6), makePng(10, 6), makePng(11, 6), makePng(12, 6)];
const atLimit = makePng(40, 40, { bytes: 2_000_000 });
const withPicture: Draft = { ...draft, media: [pictureFile(picture, { width: 8, height: 6 })] };
const FAMILY = "👨‍👩‍👧‍👦";

let pds: Pds;
beforeAll(async () => {
  pds = await startPds();
});
afterAll(() => pds.close());

/** A real PDS behind the proxy, without a post. */
async function start(): Promise<PublishServer> {
  const { handle, did, password } = pds;
  await pds.deletePosts();
  const proxy = await behindFaults(pds.url, {
    publishes: ({ path }) => path.startsWith("/xrpc/com.atproto.repo.putRecord"),
    answers: {
      unauthorised: ({ headers }) => answer(401, "AuthenticationRequired", `Invalid ${headers["authorization"]}`),
      reject: ({ headers }) =>
        answer(400, "InvalidRequest", `Invalid record of ${headers["authorization"]} ${password}`),
    },
    cannot,
  });
  return {
    setting: { url: proxy.url, options: { handle, langs: ["en"] } },
    env: { BLUESKY_APP_PASSWORD: password },
    async published() {
      const posts = await pds.posts(did);
      return Promise.all(posts.toReversed().map(async ({ uri, value }) => ({ id: uri, ...(await shown(did, value)) })));
    },
    inject: proxy.inject,
    requests: proxy.requests,
    close: proxy.close,
  };
}

const cannot = { quota: "Bluesky has no quota beside its rate limits" };

const Post = z.object({
  text: z.string(),
  embed: z
    .object({
      images: z.array(z.object({ alt: z.string(), image: z.object({ ref: z.object({ $link: z.string() }) }) })),
    })
    .optional(),
});

async function shown(did: string, value: unknown): Promise<{ text: string; media: { hash: string; alt: string }[] }> {
  const { text, embed } = Post.parse(value);
  const images = embed?.images ?? [];
  const media = images.map(async ({ alt, image }) => ({ alt, hash: sha256(await pds.blob(did, image.ref.$link)) }));
  return { text, media: await Promise.all(media) };
}

function answer(
  status: number,
  error: string,
  message: string,
): { status: number; headers: Record<string, string>; body: string } {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ error, message }) };
}

const pictures = (count: number): Draft => ({
  ...draft,
  media: several.slice(0, count).map((one) => pictureFile(one)),
});

const subject: AdapterSubject<Parameters<typeof BLUESKY.account>[0]["options"]> = {
  name: "bluesky on a real server",
  adapter: BLUESKY,
  start,
  draft,
  limits: [
    {
      name: "graphemes",
      at: { ...draft, text: "é".repeat(300) },
      over: { ...draft, text: "é".repeat(301) },
      limit: 300,
      got: 301,
    },
    {
      name: "bytes",
      at: { ...draft, text: FAMILY.repeat(120) },
      over: { ...draft, text: `${FAMILY.repeat(120)}.` },
      limit: 3000,
      got: 3001,
    },
    { name: "pictures", at: pictures(4), over: pictures(5), limit: 4, got: 5 },
    {
      name: "bytes of a picture",
      at: { ...draft, media: [pictureFile(atLimit)] },
      over: { ...draft, media: [pictureFile(atLimit, { size: 2_000_001 })] },
      limit: 2_000_000,
      got: 2_000_001,
    },
  ],
  media: { draft: withPicture, alt: true },
  files: [...several, atLimit],
  cannot,
  patienceMs: 1500,
};
describeAdapter(subject);

describe("bluesky", () => {
  const compose = (over: Partial<Draft>): ReturnType<typeof BLUESKY.compose> =>
    BLUESKY.compose({ ...draft, ...over }, { options: { handle: "brand.test" }, url: undefined });

  test("links and hashtags are marked by their bytes; a mention stays text", () => {
    const { payloads } = compose({ text: "Grüße @alice.test: https://example.com/ä?b=1. #Tag" });
    const facets = z
      .array(
        z.object({
          index: z.object({ byteStart: z.int(), byteEnd: z.int() }),
          features: z.array(z.record(z.string(), z.string())),
        }),
      )
      .parse(payloads[0]?.wire["facets"]);
    const bytes = Buffer.from(payloads[0]?.text ?? "");
    expect(
      facets.map(({ index, features }) => [
        bytes.subarray(index.byteStart, index.byteEnd).toString(),
        features[0]?.["uri"] ?? features[0]?.["tag"],
      ]),
    ).toEqual([
      ["https://example.com/ä?b=1", "https://example.com/ä?b=1"],
      ["#Tag", "Tag"],
    ]);
  });

  test.each<[string, Partial<Draft>, RegExp]>([
    ["a video", { media: [pictureFile(picture, { mime: "video/mp4" })] }, /video\/mp4/],
    ["half a character", { text: "\ud83d" }, /lone surrogate/],
    ["a control character in an alt text", { media: [pictureFile(picture, { alt: "\u0007" })] }, /control character/],
    ["a long alt text", { media: [pictureFile(picture, { alt: "x".repeat(2001) })] }, /2000.*2001/],
  ])("%s is a problem", (_name, over, problem) => {
    expect(compose(over).problems.join()).toMatch(problem);
  });

  test("a missing alt text and a title are warnings; Windows line ends become plain ones", () => {
    const { media } = withPicture;
    const { payloads, problems, warnings } = compose({
      text: "one\r\ntwo",
      title: "T",
      media: media.map(({ path, hash, mime, size }) => ({ path, hash, mime, size })),
    });
    expect(problems).toEqual([]);
    expect(payloads[0]?.text).toBe("one\ntwo");
    expect(warnings.join()).toMatch(/no title.*no alt text/);
  });

  test.each(["@brand.test", "no-dot", "a..b", "x/../y.test", "brand.test?x", ""])("%j is no handle", (handle) => {
    expect(BLUESKY.spec.options.safeParse({ handle }).success).toBe(false);
  });

  test("the key of a record is a TID of its time, and another for another delivery of the same millisecond", () => {
    const keys = Array.from({ length: 500 }, (_, index) =>
      recordKey({ createdAt: 1_790_000_000_000, key: `${index}` }),
    );
    expect(new Set(keys).size).toBe(500);
    for (const key of keys) expect(key).toMatch(/^[2-7a-j][2-7a-z]{12}$/);
    const later = recordKey({ createdAt: 1_790_000_000_001, key: "0" });
    for (const key of keys) expect(later > key).toBe(true);
  });

  const opened = (server: PublishServer, over: Partial<World> = {}): PublishChannel =>
    BLUESKY.open(
      openAccess(BLUESKY.spec, server.setting, testWorld({ env: server.env, ...over }), new AbortController().signal),
    );
  const delivery = (text: string): Delivery => ({
    id: "out_1",
    key: "one key",
    payload: { text, media: [], wire: {} },
    createdAt: 1_790_000_000_000,
    startedAt: undefined,
    progress: undefined,
  });
  const tools: SendTools = { read: () => Promise.reject(new Error("no media")), note: () => Promise.resolve() };

  test("what stands at the key already is not written over, and is not taken for ours", async () => {
    const server = await start();
    const channel = opened(server);
    await channel.send(delivery("theirs"), tools);
    expect((await failureOf(channel.send(delivery("ours"), tools))).kind).toBe("rejected");
    expect(await channel.find(delivery("ours"))).toBeUndefined();
    expect((await server.published()).map(({ text }) => text)).toEqual(["theirs"]);
    await server.close();
  });

  test("a receipt of another account is not deleted", async () => {
    const server = await start();
    const channel = opened(server);
    const receipt = await channel.send(delivery("stays"), tools);
    const foreign = { ...receipt, remote_id: receipt.remote_id.replace(pds.did, "did:plc:z72i7hdynmk6r22z27h6tvur") };
    expect((await failureOf(channel.retract(delivery("stays"), foreign))).kind).toBe("rejected");
    expect((await failureOf(channel.retract(delivery("stays"), { remote_id: "x" }))).kind).toBe("rejected");
    expect(await server.published()).toHaveLength(1);
    await server.close();
  });

  test("the record of a repeat is the same, its time that of the first attempt", async () => {
    const server = await start();
    let progress: JsonObject | undefined;
    const noting: SendTools = { ...tools, note: (next) => Promise.resolve(void (progress = next)) };
    const first = await opened(server, { now: () => 1_790_000_500_000 }).send(delivery("once"), noting);
    const again = { ...delivery("once"), progress };
    const second = await opened(server, { now: () => 1_790_000_900_000 }).send(again, noting);
    expect(second).toEqual(first);
    const [post] = await pds.posts(pds.did);
    expect(post?.value["createdAt"]).toBe(new Date(1_790_000_500_000).toISOString());
    await server.close();
  });

  test("without a url it signs in at bsky.social, and follows the account to no other host than Bluesky's", async () => {
    const server = await start();
    const world = worldTo({ "bsky.social": server.setting.url ?? "" });
    const access = openAccess(
      BLUESKY.spec,
      { options: server.setting.options },
      testWorld({ env: server.env, ...world }),
      new AbortController().signal,
    );
    const channel = BLUESKY.open(access);
    expect((await channel.check()).account).toBe(pds.handle);
    const failure = await failureOf(channel.send(delivery("lost"), tools));
    expect(failure.message).toMatch(/localhost:\d+ is not a host of this provider/);
    expect(await server.published()).toEqual([]);
    await server.close();
  });
});
