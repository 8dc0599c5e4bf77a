import { describe, expect, test } from "bun:test";
import type { Draft } from "./adapter.ts";
import { describeAdapter } from "./conformance.ts";
import { comparableStatus, countedLength, statusText } from "./mastodon-text.ts";
import { MASTODON } from "./mastodon.ts";
import { failureOf, makeBench } from "./testing/bench.ts";
import { startFakeMastodon } from "./testing/fake-mastodon.ts";
import { makePng, pictureFile } from "./testing/pictures.ts";
import type { AdapterSubject } from "./testing/subject.ts";

const draft: Draft = { text: "The lift works again", media: [], audience: [], class: "content" };
const PICTURE = makePng(12, 8);
const sixteen = 16 * 1024 * 1024;

const withPicture: Draft = { ...draft, media: [pictureFile(PICTURE)] };

const subject: AdapterSubject<unknown> = {
  name: "Mastodon",
  adapter: MASTODON,
  start: () => startFakeMastodon(),
  draft,
  limits: [
    {
      name: "characters",
      at: { ...draft, text: "x".repeat(500) },
      over: { ...draft, text: "x".repeat(501) },
      limit: 500,
      got: 501,
    },
    {
      name: "families",
      at: { ...draft, text: "👩‍👩‍👧‍👦".repeat(500) },
      over: { ...draft, text: "👩‍👩‍👧‍👦".repeat(501) },
      limit: 500,
      got: 501,
      unsent: "the fake counts otherwise",
    },
    {
      name: "a long link",
      at: { ...draft, text: `${"x".repeat(476)} https://acme.com/${"a".repeat(320)}` },
      over: { ...draft, text: `${"x".repeat(477)} https://acme.com/${"a".repeat(320)}` },
      limit: 500,
      got: 501,
    },
    {
      name: "bytes of a picture",
      at: { ...draft, media: [pictureFile(PICTURE, { size: sixteen })] },
      over: { ...draft, media: [pictureFile(PICTURE, { size: sixteen + 1 })] },
      limit: sixteen,
      got: sixteen + 1,
      unsent: "the size is made up",
    },
  ],
  media: { draft: withPicture, alt: true },
  files: [PICTURE],
  cannot: { quota: "Mastodon knows rate limits only" },
};

describeAdapter(subject);

describe("what Mastodon counts and shows", () => {
  test.each([
    ["hi @acme@mastodon.example", 8],
    ["hi @acme@mastodon.example.", 9],
    ["e\u0301", 1],
    ["https://acme.com/" + "a".repeat(99), 23],
  ])("%j", (text, length) => expect(countedLength(text)).toBe(length));

  test.each([
    [
      "hi @a@b.example see https://acme.com/x?a=1&b=2",
      '<p>hi <span class="h-card"><a href="https://b.example/@a">@<span>a</span></a></span> see <a href="https://acme.com/x?a=1&amp;b=2"><span class="invisible">https://</span><span class="ellipsis">acme.com/x</span><span class="invisible">?a=1&amp;b=2</span></a></p>',
    ],
    [
      "thanks @ada@b.example. Bye",
      '<p>thanks <span class="h-card"><a href="https://b.example/@ada">@<span>ada</span></a></span>. Bye</p>',
    ],
    ["one\n\ntwo\nthree", "<p>one</p><p>two<br />three</p>"],
    ["a < b & \"c\" 'd' &lt;", "<p>a &lt; b &amp; &quot;c&quot; &#39;d&#x27; &amp;lt;</p>"],
  ])("%j is found in its HTML", (text, html) => expect(statusText(html)).toBe(comparableStatus(text)));
});

describe("Mastodon", () => {
  test("media that takes a while is waited for", async () => {
    const bench = makeBench(subject, await startFakeMastodon({ looks: 3 }));
    await bench.post(withPicture).send();
    expect((await bench.server.published()).map(({ media }) => media.length)).toEqual([1]);
    await bench.server.close();
  });

  test("the key lasts an hour; after it the look before sending keeps it from appearing twice", async () => {
    const server = await startFakeMastodon();
    const bench = makeBench(subject, server);
    const post = bench.post(draft);
    const first = await post.send();
    const sent = () =>
      server
        .requests()
        .filter(({ method }) => method === "POST")
        .map(({ headers }) => headers["idempotency-key"]);
    expect(sent()).toEqual([post.key]);
    server.forgetKeys();
    expect((await post.send()).remote_id).toBe(first.remote_id);
    expect(await server.published()).toHaveLength(1);
    await server.close();
  });

  test("less than five minutes ahead, the outbox is asked to wait; in the past, it appears at once", async () => {
    const bench = makeBench(subject, await startFakeMastodon());
    const failure = await failureOf(bench.post({ ...draft, at: new Date(Date.now() + 120_000).toISOString() }).send());
    expect(failure.kind).toBe("unavailable");
    expect(failure.retryAfterMs).toBeGreaterThan(115_000);
    expect(failure.retryAfterMs).toBeLessThanOrEqual(120_000);
    const receipt = await bench.post({ ...draft, at: new Date(Date.now() - 1000).toISOString() }).send();
    expect(receipt.scheduled_for).toBeUndefined();
    expect(await bench.server.published()).toHaveLength(1);
    await bench.server.close();
  });

  test("what would be within five minutes by the server's clock is not sent early", async () => {
    const server = await startFakeMastodon();
    const behind = { ...server, world: { ...server.world, now: () => Date.now() - 40_000 } };
    const bench = makeBench(subject, behind);
    const at = new Date(Date.now() + 280_000).toISOString();
    expect((await failureOf(bench.post({ ...draft, at }).send())).kind).toBe("unavailable");
    expect(await server.published()).toEqual([]);
    await server.close();
  });

  test("what waits below a page of later ones is found", async () => {
    const server = await startFakeMastodon();
    const bench = makeBench(subject, server);
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const post = bench.post({ ...draft, at });
    const { remote_id } = await post.send();
    post.receipt = undefined;
    server.fill(45, at);
    expect((await post.find())?.remote_id).toBe(remote_id);
    await server.close();
  });

  test("a post that ends with a mention is taken back after its time has come", async () => {
    const server = await startFakeMastodon();
    const at = new Date(Date.now() + 3_600_000).toISOString();
    const post = makeBench(subject, server).post({ ...draft, text: "Thanks @ada@other.example.", at });
    await post.send();
    server.appear();
    expect((await post.find())?.url).toContain("/@acme/");
    await post.retract();
    expect(await server.published()).toEqual([]);
    await server.close();
  });

  test("what waited is found and taken back after its time has come, although its id is another", async () => {
    const server = await startFakeMastodon();
    const bench = makeBench(subject, server);
    const post = bench.post({ ...draft, at: new Date(Date.now() + 3_600_000).toISOString() });
    const receipt = await post.send();
    server.appear();
    const found = await post.find();
    expect(found?.url).toMatch(/^https:\/\/mastodon\.example\/@acme\//);
    expect(found?.remote_id).not.toBe(receipt.remote_id);
    await post.retract();
    expect(await server.published()).toEqual([]);
    await server.close();
  });

  test("it is found below a page of newer posts, and a search that leads too far is no answer", async () => {
    const server = await startFakeMastodon();
    const bench = makeBench(subject, server);
    const post = bench.post(draft);
    const { remote_id } = await post.send();
    post.receipt = undefined;
    server.fill(45);
    expect((await post.find())?.remote_id).toBe(remote_id);
    server.fill(200);
    expect((await failureOf(post.find())).kind).toBe("uncertain");
    await server.close();
  });

  test("a token of another account posts nothing", async () => {
    const bench = makeBench(subject, await startFakeMastodon());
    bench.server.setting.options = { account: "other" };
    expect((await failureOf(bench.post(draft).send())).message).toContain("@acme, and the setting names @other");
    expect(await bench.server.published()).toEqual([]);
    await bench.server.close();
  });

  test.each<[string, () => Response]>([
    ["a page", () => new Response("<h1>A shop</h1>", { headers: { "content-type": "text/html" } })],
    ["a page that is not there", () => new Response("<h1>Not found</h1>", { status: 404 })],
    ["another host", () => new Response("", { status: 301, headers: { location: "https://www.mastodon.example/" } })],
  ])("a url that leads to %s is to be corrected, and no refusal of the content", async (_name, answer) => {
    const bench = makeBench(subject, await startFakeMastodon());
    const over = { fetch: async () => answer() };
    const failure = await failureOf(bench.post(draft).send(over));
    expect(failure).toMatchObject({ kind: "missing", message: expect.stringContaining("set url to") });
    await bench.server.close();
  });

  test("a post of which another server says that it is not there is not believed to be gone", async () => {
    const server = await startFakeMastodon();
    const post = makeBench(subject, server).post(draft);
    await post.send();
    const away = makeBench(subject, {
      ...server,
      world: { ...server.world, fetch: async () => new Response("404 page not found", { status: 404 }) },
    }).post(draft);
    away.receipt = post.receipt;
    expect((await failureOf(away.find())).kind).toBe("missing");
    expect((await failureOf(away.retract())).kind).toBe("missing");
    await server.close();
  });
});
