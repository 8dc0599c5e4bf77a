import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { testWorld } from "../../testing/provider-world.ts";
import type { Draft } from "./adapter.ts";
import { describeAdapter } from "./conformance.ts";
import { GHOST } from "./ghost.ts";
import { failureOf, makeBench, type Bench } from "./testing/bench.ts";
import { startGhostFake, type GhostFake } from "./testing/ghost-fake.ts";
import { ghostSubject, serveGhost } from "./testing/ghost-subject.ts";

const start = () => {
  const fake = startGhostFake();
  return serveGhost(fake, fake.stop);
};
/** Whether a request's body has these words. */
const says = (init: RequestInit | undefined, words: string): boolean =>
  typeof init?.body === "string" && init.body.includes(words);
const subject = ghostSubject("ghost", start);

describeAdapter(subject);

describe("ghost, besides what every adapter does", () => {
  let fake: GhostFake;
  let bench: Bench;
  const benchWith = async (options: Record<string, string | string[]>): Promise<Bench> => {
    await bench?.server.close();
    const server = await serveGhost(fake);
    return makeBench(subject, { ...server, setting: { ...server.setting, options } });
  };
  beforeEach(async () => {
    fake = startGhostFake();
    bench = await benchWith({});
  });
  afterEach(async () => {
    await bench.server.close();
    await fake.stop();
  });
  const bodies = (): string[] => bench.server.requests().map(({ body }) => Buffer.from(body).toString());

  test("two processes that send at once leave one post and no second draft", async () => {
    const post = bench.post(subject.draft);
    await Promise.allSettled([post.send(), post.send(), post.send()]);
    await post.send();
    expect(fake.posts().map(({ status }) => status)).toEqual(["published"]);
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

  test("a file is uploaded once, also when the post could not be made", async () => {
    if ("none" in subject.media) throw new Error("the subject has pictures");
    const post = bench.post(subject.media.draft);
    const real = testWorld().fetch;
    const cut: typeof real = (input, init) =>
      says(init, '"status":"draft"')
        ? Promise.reject(Object.assign(new Error("closed"), { code: "ECONNRESET" }))
        : real(input, init);
    await failureOf(post.send({ fetch: cut }));
    await post.send();
    const uploads = bench.server.requests().filter(({ path }) => path.includes("images/upload"));
    expect(uploads).toHaveLength(subject.media.draft.media.length);
  });

  test("a look that is lost before anything was made says that nothing was", async () => {
    const lost = Object.assign(new Error("closed"), { code: "ECONNRESET" });
    const failure = await failureOf(bench.post(subject.draft).send({ fetch: () => Promise.reject(lost) }));
    expect(failure.kind).toBe("unavailable");
  });

  test("the token that is made of the key does not show in an error", async () => {
    bench.server.inject("reject");
    const { message } = await failureOf(bench.post(subject.draft).send());
    expect(message).toContain("no Ghost [redacted] [redacted]");
  });

  test("a draft that somebody has renamed is still ours", async () => {
    const post = bench.post(subject.draft);
    bench.server.inject("unavailable");
    await failureOf(post.send());
    bench.server.inject(undefined);
    for (const one of fake.posts()) one.slug = "renamed";
    await post.send();
    expect(fake.posts()).toMatchObject([{ slug: "renamed", status: "published" }]);
  });

  test("taking back is believed when it was read back", async () => {
    const post = bench.post(subject.draft);
    await post.send();
    fake.stuck = true;
    expect(await failureOf(post.retract())).toMatchObject({ kind: "uncertain" });
  });

  test("a draft is delivered as one, found as one and removed on taking back", async () => {
    bench = await benchWith({ deliver: "draft", tags: ["News"] });
    expect(bench.compose(subject.draft).warnings.join()).toContain("a person publishes");
    const post = bench.post(subject.draft);
    expect(await post.send()).toMatchObject({ draft: true });
    expect(fake.posts()).toMatchObject([{ status: "draft", tags: ["News"] }]);
    expect(await post.find()).toMatchObject({ draft: true });
    await post.retract();
    expect(fake.posts()).toEqual([]);
    expect(await post.find()).toBeUndefined();
  });

  test("a draft that somebody has worked on is not deleted, but no longer public", async () => {
    bench = await benchWith({ deliver: "draft" });
    const post = bench.post(subject.draft);
    await post.send();
    fake.touch();
    fake.posts().forEach((one) => (one.status = "published"));
    expect(await failureOf(post.retract())).toMatchObject({ kind: "rejected" });
    expect(fake.posts()).toMatchObject([{ status: "draft" }]);
  });

  test("options count as they were approved, not as they are now", async () => {
    const { payload } = (await benchWith({ deliver: "draft", tags: ["Then"] })).post(subject.draft);
    expect(payload.wire).toEqual({ deliver: "draft", tags: ["Then"] });
  });

  test("no newsletter goes out, and every body is asked to be taken as HTML", async () => {
    await bench.post(subject.draft).send();
    expect(bench.server.requests().some(({ path }) => path.includes("newsletter"))).toBe(false);
    expect(bodies().join()).not.toContain("newsletter");
    const [created] = bench.server.requests().filter(({ method }) => method === "POST");
    expect(created?.path).toContain("source=html");
  });

  test("a Ghost that ignores the body publishes nothing", async () => {
    fake.dropHtml = true;
    const failure = await failureOf(bench.post(subject.draft).send());
    expect(failure).toMatchObject({ kind: "rejected" });
    expect(failure.message).toContain("empty body");
    expect(fake.posts()).toMatchObject([{ status: "draft" }]);
  });

  test("an edit in the very moment is not overwritten, and sent on later", async () => {
    const post = bench.post(subject.draft);
    fake.touchAfterRead = true;
    expect((await failureOf(post.send())).kind).toBe("unavailable");
    fake.touchAfterRead = false;
    await post.send();
    expect(fake.posts()).toMatchObject([{ status: "published" }]);
  });

  test("what is nearer than Ghost takes waits in the outbox, and is not refused for good", async () => {
    const post = bench.post({ ...subject.draft, at: new Date(Date.now() + 90_000).toISOString() });
    expect(await failureOf(post.send())).toMatchObject({ kind: "unavailable", retryAfterMs: expect.any(Number) });
    expect(fake.posts()).toMatchObject([{ status: "draft" }]);
    await post.send({ now: () => Date.now() + 91_000 });
    expect(fake.posts()).toMatchObject([{ status: "published" }]);
  });

  test("a time that has come by the time of sending is at once", async () => {
    const post = bench.post({ ...subject.draft, at: "2020-01-01T00:00:00.000Z" });
    expect((await post.send()).scheduled_for).toBeUndefined();
    expect(fake.posts()).toMatchObject([{ status: "published" }]);
  });

  test.each(["not a key", "0123456789abcdef0123456789", `${"a".repeat(24)}:${"b".repeat(63)}`])(
    "the key %j is refused before anything is asked",
    async (key) => {
      const failure = await failureOf(bench.check({ GHOST_ADMIN_API_KEY: key }));
      expect(failure).toMatchObject({ kind: "unauthorised" });
      expect(failure.message).toContain("Admin API key");
      expect(failure.message).not.toContain(key);
      expect(bench.server.requests()).toEqual([]);
    },
  );

  test("Ghost is asked for what its version 5 has; one that is too old is a setting, and no refusal of the content", async () => {
    await bench.post(subject.draft).send();
    const asked = bench.server.requests().map(({ headers }) => headers["accept-version"]);
    expect(new Set(asked)).toEqual(new Set(["v5.0"]));
    const said = {
      message: "Request could not be served, the endpoint was not found.",
      context: "Provided client accept-version v5.0 is ahead of current Ghost version v4.48.",
      type: "RequestNotAcceptableError",
    };
    const old = async (): Promise<Response> => Response.json({ errors: [said] }, { status: 406 });
    const failure = await failureOf(bench.post(subject.draft).send({ fetch: old }));
    expect(failure).toMatchObject({ kind: "missing", message: expect.stringContaining("is ahead of current Ghost") });
  });

  test("the address of the Admin works as well as that of the site", async () => {
    const { server } = bench;
    const setting = { ...server.setting, url: `${server.setting.url}/ghost/` };
    expect(await makeBench(subject, { ...server, setting }).check()).toEqual({ account: "Fake site" });
  });

  test("where there is no Ghost, nothing is found to be missing, and the url is to be corrected", async () => {
    const { server } = bench;
    const other = makeBench(subject, { ...server, setting: { ...server.setting, url: `${server.setting.url}/shop` } });
    const works = [() => other.post(subject.draft).find(), () => other.post(subject.draft).send(), () => other.check()];
    for (const work of works)
      expect(await failureOf(work())).toMatchObject({
        kind: "missing",
        message: expect.stringContaining("set url to"),
      });
  });

  test.each([
    [{ deliver: "now" }],
    [{ status: "published" }],
    [{ tags: ["a,b"] }],
    [{ tags: ["\u0000"] }],
    [{ newsletter: "weekly" }],
    [{ authors: ["root"] }],
  ])("the options %j are refused", (options) => {
    expect(GHOST.spec.options.safeParse(options).success).toBe(false);
  });

  test("a video is refused in words", () => {
    const draft: Draft = { ...subject.draft, media: [{ path: "a.mp4", hash: "h", mime: "video/mp4", size: 1 }] };
    expect(bench.compose(draft).problems.join()).toContain("a.mp4 is video/mp4");
  });
});
