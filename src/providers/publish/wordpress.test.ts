import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { testWorld } from "../../testing/provider-world.ts";
import { describeAdapter } from "./conformance.ts";
import { failureOf, makeBench, type Bench } from "./testing/bench.ts";
import { startWordPressFake, type WordPressFake } from "./testing/wordpress-fake.ts";
import { serveWordPress, wordpressSubject } from "./testing/wordpress-subject.ts";
import { WORDPRESS } from "./wordpress.ts";

const start = () => {
  const fake = startWordPressFake();
  return serveWordPress(fake, fake.stop);
};
/** Whether a request's body has these words. */
const says = (init: RequestInit | undefined, words: string): boolean =>
  typeof init?.body === "string" && init.body.includes(words);
const subject = wordpressSubject("wordpress", start);

describeAdapter(subject);

describe("wordpress, besides what every adapter does", () => {
  let fake: WordPressFake;
  let bench: Bench;
  const benchWith = async (options: Record<string, string | number[]>): Promise<Bench> => {
    await bench?.server.close();
    const server = await serveWordPress(fake);
    return makeBench(subject, {
      ...server,
      setting: { ...server.setting, options: { username: "admin", ...options } },
    });
  };
  beforeEach(async () => {
    fake = startWordPressFake();
    bench = await benchWith({});
  });
  afterEach(async () => {
    await bench.server.close();
    await fake.stop();
  });
  const paths = (): string[] => bench.server.requests().map(({ path }) => path);

  test.each<[string, boolean, boolean, string]>([
    ["try", true, true, "/?rest_route="],
    ["try", false, true, "/wp-json/"],
    ["try", true, false, "/?rest_route="],
    ["query", true, true, "/?rest_route="],
    ["pretty", true, true, "/wp-json/"],
  ])("rest %s, with ?rest_route=%p and /wp-json/=%p, goes by %s", async (rest, query, pretty, way) => {
    bench = await benchWith({ rest });
    Object.assign(fake, { query, pretty });
    await bench.post(subject.draft).send();
    expect(fake.posts()).toMatchObject([{ status: "publish" }]);
    const posted = bench.server.requests().filter(({ method }) => method === "POST");
    expect(posted.every(({ path }) => path.startsWith(way))).toBe(true);
    if (rest !== "try") expect(paths().some((path) => path.includes("types"))).toBe(false);
  });

  test("a site without a REST API is named", async () => {
    Object.assign(fake, { query: false, pretty: false });
    const failure = await failureOf(bench.check());
    expect(failure).toMatchObject({ kind: "missing" });
    expect(failure.message).toContain("neither at ?rest_route=/ nor at wp-json/");
    expect((await failureOf(bench.post(subject.draft).find())).kind).toBe("missing");
    expect((await failureOf(bench.post(subject.draft).send())).kind).toBe("missing");
  });

  test("processes that send at once publish one post", async () => {
    const post = bench.post(subject.draft);
    await Promise.allSettled([post.send(), post.send(), post.send()]);
    await post.send();
    const kept = fake.posts().filter(({ status }) => status !== "trash");
    expect(kept.map(({ status }) => status)).toEqual(["publish"]);
  });

  test("one that is renamed while another process makes its draft is still the only one", async () => {
    fake.sameNames = true;
    const post = bench.post(subject.draft);
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const real = testWorld().fetch;
    // The first makes its draft and waits with publishing it until there is a second draft of that name.
    const slow = post.send({
      async fetch(input, init) {
        if (says(init, '"status":"publish"')) await second.promise;
        const answer = await real(input, init);
        if (says(init, '"status":"draft"')) first.resolve();
        return answer;
      },
    });
    const late = post.send({
      async fetch(input, init) {
        const creates = says(init, '"status":"draft"');
        if (creates) await first.promise;
        const answer = await real(input, init);
        if (creates) second.resolve();
        if (creates) await slow;
        return answer;
      },
    });
    const [one, other] = await Promise.all([slow, late]);
    expect(other.remote_id).toBe(one.remote_id);
    expect(fake.posts().map(({ status, slug }) => [status, slug.endsWith("-2")])).toEqual([
      ["publish", true],
      ["trash", false],
    ]);
  });

  test("a repeat only asks", async () => {
    if ("none" in subject.media) throw new Error("the subject has pictures");
    const post = bench.post(subject.media.draft);
    const writes = (): number => bench.server.requests().filter(({ method }) => method !== "GET").length;
    await post.send();
    const before = writes();
    await post.send();
    expect(writes()).toBe(before);
  });

  test("a look that is lost before anything was made says that nothing was", async () => {
    const lost = Object.assign(new Error("closed"), { code: "ECONNRESET" });
    const failure = await failureOf(bench.post(subject.draft).send({ fetch: () => Promise.reject(lost) }));
    expect(failure.kind).toBe("unavailable");
  });

  test("its words come without tags", async () => {
    const said = { code: "some_code", message: "<strong>Error:</strong> no" };
    const failure = await failureOf(
      bench.post(subject.draft).send({ fetch: async () => Response.json(said, { status: 400 }) }),
    );
    expect(failure.message).toMatch(/^WordPress answers 400: Error: no \(some_code\)$/);
  });

  test("a draft that somebody has renamed is still ours", async () => {
    const post = bench.post(subject.draft);
    bench.server.inject("unavailable");
    await failureOf(post.send());
    bench.server.inject(undefined);
    for (const one of fake.posts()) one.slug = "renamed";
    await post.send();
    expect(fake.posts()).toMatchObject([{ slug: "renamed", status: "publish" }]);
  });

  test("taking back is believed when it was read back", async () => {
    const post = bench.post(subject.draft);
    await post.send();
    fake.stuck = true;
    expect(await failureOf(post.retract())).toMatchObject({ kind: "uncertain" });
  });

  test("a draft is delivered as one, found as one and goes into the trash on taking back", async () => {
    bench = await benchWith({ deliver: "draft", categories: [3] });
    const post = bench.post({ ...subject.draft, at: "2030-01-01T00:00:00.000Z" });
    expect(bench.compose({ ...subject.draft, at: "2030-01-01T00:00:00.000Z" }).warnings.join()).toContain(
      "nothing appears at 2030-01-01",
    );
    expect(await post.send()).toMatchObject({ draft: true });
    expect(fake.posts()).toMatchObject([{ status: "draft", categories: [3] }]);
    expect(await post.find()).toMatchObject({ draft: true });
    await post.retract();
    expect(fake.posts()).toMatchObject([{ status: "trash" }]);
    expect(await post.find()).toBeUndefined();
  });

  test("what WordPress would show before its time waits in the outbox", async () => {
    const post = bench.post({ ...subject.draft, at: new Date(Date.now() + 40_000).toISOString() });
    expect(await failureOf(post.send())).toMatchObject({ kind: "unavailable", retryAfterMs: expect.any(Number) });
    expect(fake.posts()).toMatchObject([{ status: "draft" }]);
    await post.send({ now: () => Date.now() + 41_000 });
    expect(fake.posts()).toMatchObject([{ status: "publish" }]);
  });

  test("pages are pages", async () => {
    bench = await benchWith({ type: "pages" });
    const post = bench.post(subject.draft);
    await post.send();
    expect(fake.posts()).toMatchObject([{ type: "pages", status: "publish" }]);
    await post.retract();
    expect(fake.posts()).toMatchObject([{ type: "pages", status: "draft" }]);
    bench = await benchWith({ type: "pages", categories: [1] });
    expect(bench.compose(subject.draft).problems.join()).toContain("pages have no categories");
  });

  test("a user who may not publish is told so by the check", async () => {
    fake.mayPublish = false;
    expect((await failureOf(bench.check())).message).toContain("author or editor");
    expect((await failureOf(bench.post(subject.draft).send())).kind).toBe("unauthorised");
    expect(await bench.server.published()).toEqual([]);
  });

  test("a file is stored once, and gets the alt text that a cut attempt did not set", async () => {
    if ("none" in subject.media) throw new Error("the subject has pictures");
    const post = bench.post(subject.media.draft);
    const real = fetch;
    const cut = (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
      says(init, "alt_text")
        ? Promise.reject(Object.assign(new Error("closed"), { code: "ECONNRESET" }))
        : real(input, init);
    await failureOf(post.send({ fetch: cut }));
    await post.send();
    expect(fake.media().map(({ alt_text }) => alt_text)).toEqual(["A grey square", "Second"]);
    expect(fake.posts()).toHaveLength(1);
  });

  test("a file that the site does not take is a refusal, whatever its status says", async () => {
    fake.takesFiles = false;
    if ("none" in subject.media) throw new Error("the subject has pictures");
    const failure = await failureOf(bench.post(subject.media.draft).send());
    expect(failure).toMatchObject({ kind: "rejected", status: 500 });
    expect(fake.posts()).toEqual([]);
  });

  test("a site that drops the body publishes nothing", async () => {
    fake.dropContent = true;
    expect((await failureOf(bench.post(subject.draft).send())).message).toContain("empty body");
    expect(fake.posts()).toMatchObject([{ status: "draft" }]);
  });

  test("what somebody has unpublished there is not found", async () => {
    const post = bench.post(subject.draft);
    await post.send();
    for (const one of fake.posts()) one.status = "private";
    expect(await post.find()).toBeUndefined();
  });

  test("the name and the password do not show in an error, not even as the header", async () => {
    bench.server.inject("reject");
    const { message } = await failureOf(bench.post(subject.draft).send());
    expect(message).toContain("[redacted]");
    expect(message).not.toContain(btoa(`${fake.username}:${fake.password}`));
    expect(message).not.toContain(fake.password);
  });

  test.each([
    [{}],
    [{ username: "" }],
    [{ username: "a:b" }],
    [{ username: "a\r\nX: y" }],
    [{ username: "a", rest: "xmlrpc" }],
    [{ username: "a", type: "users" }],
    [{ username: "a", categories: ["1"] }],
    [{ username: "a", author: 1 }],
    [{ username: "a", status: "publish" }],
  ])("the options %j are refused", (options) => {
    expect(WORDPRESS.spec.options.safeParse(options).success).toBe(false);
  });
});
