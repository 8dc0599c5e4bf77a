import { describe, expect, test } from "bun:test";
import type { Draft } from "./adapter.ts";
import { describeAdapter } from "./conformance.ts";
import { explainLinkedIn } from "./linkedin-api.ts";
import { LINKEDIN } from "./linkedin.ts";
import { fromLittleText, toLittleText } from "./little-text.ts";
import { failureOf, makeBench } from "./testing/bench.ts";
import { startFakeLinkedIn } from "./testing/fake-linkedin.ts";
import { makePng, pictureFile } from "./testing/pictures.ts";
import type { AdapterSubject } from "./testing/subject.ts";

const draft: Draft = { text: "The lift works again", media: [], audience: [], class: "content" };
const PICTURE = makePng(12, 8);
const SECOND = makePng(8, 12);
const eight = 8 * 1024 * 1024;

const subject: AdapterSubject<{ author: string; version: string }> = {
  name: "LinkedIn",
  adapter: LINKEDIN,
  start: () => startFakeLinkedIn(),
  draft,
  limits: [
    {
      name: "characters",
      at: { ...draft, text: "x".repeat(3000) },
      over: { ...draft, text: "x".repeat(3001) },
      limit: 3000,
      got: 3001,
    },
    {
      name: "what is escaped counts once",
      at: { ...draft, text: "_(".repeat(1500) },
      over: { ...draft, text: `${"_(".repeat(1500)})` },
      limit: 3000,
      got: 3001,
    },
    {
      name: "bytes of a picture",
      at: { ...draft, media: [pictureFile(PICTURE, { size: eight })] },
      over: { ...draft, media: [pictureFile(PICTURE, { size: eight + 1 })] },
      limit: eight,
      got: eight + 1,
      unsent: "the size is made up",
    },
  ],
  media: { draft: { ...draft, media: [pictureFile(PICTURE), pictureFile(SECOND, { alt: "Another" })] }, alt: true },
  files: [PICTURE, SECOND],
  cannot: {
    quota: "LinkedIn has no quota that a person can raise: its day's limit is a 429 that ends at midnight UTC",
  },
};

describeAdapter(subject);
describeAdapter({
  ...subject,
  name: "LinkedIn, were it to take duplicates",
  start: () => startFakeLinkedIn({ duplicates: false }),
});

describe("little text", () => {
  test.each([
    ["a_b (c) [d] {e} <f> @g *h* ~i~ j|k \\", String.raw`a\_b \(c\) \[d\] \{e\} \<f\> \@g \*h\* \~i\~ j\|k ` + "\\\\"],
    ["Read #GrowthTips now", String.raw`Read {hashtag|\#|GrowthTips} now`],
    ["#Über, #東京!", "{hashtag|\\#|Über}, {hashtag|\\#|東京}!"],
    ["a_b (see #Tag) c_d", String.raw`a\_b \(see {hashtag|\#|Tag}\) c\_d`],
    ["C# and #1 and a#b", String.raw`C\# and \#1 and a\#b`],
    ["https://acme.com/a_b#top /#x", String.raw`https://acme.com/a\_b\#top /\#x`],
    ["#a_b ##c", String.raw`\#a\_b \#\#c`],
  ])("%j", (text, little) => {
    expect(toLittleText(text)).toBe(little);
    expect(fromLittleText(little)).toBe(text);
  });
});

describe("LinkedIn", () => {
  test("without the right to read, a delivery is sent, and an uncertain one cannot be told", async () => {
    const bench = makeBench(subject, await startFakeLinkedIn({ mayRead: false }));
    const told = bench.post(draft);
    const sent = await told.send();
    expect((await failureOf(told.find())).kind).toBe("unauthorised");
    expect(sent).toEqual({
      remote_id: sent.remote_id,
      url: expect.stringContaining("feed/update/urn%3Ali%3Ashare%3A"),
    });
    const lost = bench.post({ ...draft, text: "another" });
    bench.server.inject("crash_after_accept");
    expect((await failureOf(lost.send())).kind).toBe("uncertain");
    bench.server.inject(undefined);
    expect(await failureOf(lost.find())).toMatchObject({
      kind: "uncertain",
      message: expect.stringContaining("cannot be told"),
    });
    // A person said that it should be sent again: LinkedIn itself names the post that is there.
    expect((await lost.send()).remote_id).toMatch(/^urn:li:share:/);
    expect(await bench.server.published()).toHaveLength(2);
    await bench.server.close();
  });

  test("a text that was posted before by others is refused, and not taken for this delivery", async () => {
    const bench = makeBench(subject, await startFakeLinkedIn({ older: draft.text }));
    expect(await failureOf(bench.post(draft).send())).toMatchObject({ kind: "rejected", status: 422 });
    await bench.server.close();
  });

  test("nor is it after an attempt of which nobody knows, when it is older than that or deleted", async () => {
    const bench = makeBench(subject, await startFakeLinkedIn({ older: draft.text }));
    const post = bench.post(draft);
    bench.server.inject("crash_before_accept");
    expect((await failureOf(post.send())).kind).toBe("uncertain");
    bench.server.inject(undefined);
    expect(await failureOf(post.send())).toMatchObject({ kind: "rejected", status: 422 });
    const gone = bench.post({ ...draft, text: "was here" });
    await gone.send();
    await gone.retract();
    const again = bench.post({ ...draft, text: "was here" });
    bench.server.inject("crash_before_accept");
    expect((await failureOf(again.send())).kind).toBe("uncertain");
    bench.server.inject(undefined);
    expect(await failureOf(again.send())).toMatchObject({ kind: "rejected", status: 422 });
    await bench.server.close();
  });

  test("a text that it has without saying where is uncertain after an attempt of which nobody knows", async () => {
    const bench = makeBench(subject, await startFakeLinkedIn({ mayRead: false, duplicates: "unnamed" }));
    const post = bench.post(draft);
    bench.server.inject("crash_after_accept");
    expect((await failureOf(post.send())).kind).toBe("uncertain");
    bench.server.inject(undefined);
    expect((await failureOf(post.send())).kind).toBe("uncertain");
    await bench.server.close();
  });

  test("a version that is no longer served is named with the option to set", async () => {
    const bench = makeBench(subject, await startFakeLinkedIn());
    bench.server.setting.options["version"] = "202501";
    const failure = await failureOf(bench.check());
    expect(failure).toMatchObject({ kind: "missing", status: 426 });
    expect(failure.message).toMatch(/does not serve version 202501: set the option version/);
    await bench.server.close();
  });

  test("an author that the token may not post as is found by the check", async () => {
    const bench = makeBench(subject, await startFakeLinkedIn());
    bench.server.setting.options["author"] = "urn:li:person:abc";
    expect((await failureOf(bench.check())).kind).toBe("unauthorised");
    await bench.server.close();
  });

  test.each(["", "acme", "urn:li:organization:1/../2", "urn:li:group:1"])("the author %j is refused", (author) => {
    expect(LINKEDIN.spec.options.safeParse({ author }).success).toBe(false);
  });

  test("the day's limit ends at midnight UTC", () => {
    const json = {
      status: 429,
      message: "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.",
    };
    const answer = { status: 429, headers: new Headers(), text: "", json };
    expect(explainLinkedIn(answer, "202607", Date.parse("2026-11-21T23:00:00Z")).retryAfterMs).toBe(3_600_000);
  });
});
