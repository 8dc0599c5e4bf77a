import { describe, expect, test } from "bun:test";
import type { Draft } from "./adapter.ts";
import { BUFFER } from "./buffer.ts";
import { describeAdapter } from "./conformance.ts";
import { failureOf, makeBench } from "./testing/bench.ts";
import { CHANNELS, startFakeBuffer } from "./testing/fake-buffer.ts";
import { makePng, pictureFile } from "./testing/pictures.ts";
import type { AdapterSubject } from "./testing/subject.ts";

const draft: Draft = { text: "The lift works again", media: [], audience: [], class: "content" };

const subject: AdapterSubject<unknown> = {
  name: "Buffer",
  adapter: BUFFER,
  start: () => startFakeBuffer(),
  draft,
  destinations: CHANNELS,
  limits: [
    {
      name: "characters",
      at: { ...draft, text: "x".repeat(500) },
      over: { ...draft, text: "x".repeat(501) },
      limit: 500,
      got: 501,
    },
  ],
  media: { none: "Buffer takes pictures by public address only" },
};

describeAdapter(subject);

describe("Buffer", () => {
  test("a file is a problem that says why", () => {
    const options = BUFFER.spec.options.parse({ channel_ids: ["a"] });
    const composed = BUFFER.compose({ ...draft, media: [pictureFile(makePng(2, 2))] }, { options, url: undefined });
    expect(composed.problems.join()).toContain(
      "by public https address only, got the file .ohmymkt/assets/images/picture.png",
    );
    expect(composed.warnings.join()).toContain("set the option max_characters");
  });

  test("each channel has a delivery of its own, and another one in the settings leaves the others as they are", async () => {
    const bench = makeBench(subject, await startFakeBuffer({ channel_ids: [CHANNELS[0]] }));
    const [alone] = bench.posts(draft);
    bench.server.setting.options["channel_ids"] = [...CHANNELS];
    const both = bench.posts(draft);
    expect(new Set(both.map(({ key }) => key)).size).toBe(2);
    expect(both[0]?.key).toBe(alone?.key ?? "");
    for (const post of both) await post.send();
    expect(await bench.server.published()).toHaveLength(2);
    // What one channel has is not found for the other.
    const server = await startFakeBuffer();
    const [first, second] = makeBench(subject, server).posts(draft);
    await first?.send();
    expect(await second?.find()).toBeUndefined();
    await server.close();
    await bench.server.close();
  });

  test("a draft waits at Buffer, and is taken back there", async () => {
    const server = await startFakeBuffer({ deliver: "draft" });
    const post = makeBench(subject, server).post(draft);
    expect(await post.send()).toMatchObject({ draft: true });
    expect(server.posts.map(({ status }) => status)).toEqual(["draft"]);
    await post.retract();
    expect(server.posts).toEqual([]);
    await post.retract();
    await server.close();
  });

  test("what the network refuses later is no success", async () => {
    const server = await startFakeBuffer();
    const post = makeBench(subject, server).post(draft);
    await post.send();
    for (const one of server.posts) one.status = "error";
    expect(await failureOf(post.find())).toMatchObject({
      kind: "rejected",
      message: expect.stringContaining("The network says no."),
    });
    await server.close();
  });

  test("and what the network refuses a moment later is rejected, as is said", async () => {
    const server = await startFakeBuffer();
    server.busy(2, true);
    const failure = await failureOf(makeBench(subject, server).post(draft).send());
    expect(failure).toMatchObject({ kind: "rejected", message: expect.stringContaining("The network says no.") });
    await server.close();
  });

  test("while the network has not answered it is not seen; afterwards it is, with its address", async () => {
    const server = await startFakeBuffer();
    const bench = makeBench(subject, { ...server, world: { ...server.world, sleep: () => Promise.resolve() } });
    server.busy(100);
    const post = bench.post(draft);
    expect((await post.send()).url).toBeUndefined();
    expect(await failureOf(post.find())).toMatchObject({
      kind: "uncertain",
      message: expect.stringContaining("not answered"),
    });
    server.busy(1);
    await failureOf(post.find());
    expect((await post.find())?.url).toContain("https://network.example/");
    await server.close();
  });

  test("the same words for another time are another post", async () => {
    const server = await startFakeBuffer();
    const bench = makeBench(subject, server);
    const at = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
    const first = bench.post({ ...draft, at: at(1) });
    const second = bench.post({ ...draft, at: at(2) });
    const now = bench.post(draft);
    await first.send();
    expect(await second.find()).toBeUndefined();
    expect(await now.find()).toBeUndefined();
    await now.send();
    expect(await second.find()).toBeUndefined();
    await server.close();
  });

  test("what waited and was then refused can be taken from Buffer", async () => {
    const server = await startFakeBuffer();
    const post = makeBench(subject, server).post({ ...draft, at: new Date(Date.now() + 3_600_000).toISOString() });
    await post.send();
    for (const one of server.posts) one.status = "error";
    expect(await post.find()).toBeUndefined();
    await post.retract();
    expect(server.posts).toEqual([]);
    await server.close();
  });

  test("a channel that is disconnected or unknown is found by the check", async () => {
    const server = await startFakeBuffer();
    const bench = makeBench(subject, server);
    expect((await bench.check()).account).toBe("linkedin acme-a, linkedin acme-b");
    server.disconnect();
    expect(await failureOf(bench.check())).toMatchObject({
      kind: "unauthorised",
      message: expect.stringContaining("is disconnected"),
    });
    server.setting.options["channel_ids"] = ["nosuch"];
    expect((await failureOf(bench.check())).kind).toBe("missing");
    await server.close();
  });

  test("it is found below a page of newer posts", async () => {
    const server = await startFakeBuffer();
    const post = makeBench(subject, server).post(draft);
    const { remote_id } = await post.send();
    post.receipt = undefined;
    const channelId = CHANNELS[0];
    for (let nth = 0; nth < 60; nth += 1)
      server.posts.push({
        id: `n${nth}`,
        text: `${nth}`,
        status: "sent",
        createdAt: new Date().toISOString(),
        dueAt: null,
        channelId,
      });
    expect((await post.find())?.remote_id).toBe(remote_id);
    await server.close();
  });
});
