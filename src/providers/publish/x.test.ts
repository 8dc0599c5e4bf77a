import { describe, expect, test } from "bun:test";
import { describeAdapter } from "./conformance.ts";
import type { FailureKind } from "../failure.ts";
import type { Draft } from "./adapter.ts";
import type { Answer } from "./api-call.ts";
import { makeBench, failureOf } from "./testing/bench.ts";
import { startFakeX } from "./testing/fake-x.ts";
import { makePng, pictureFile } from "./testing/pictures.ts";
import type { AdapterSubject } from "./testing/subject.ts";
import { explainX } from "./x-errors.ts";
import { X } from "./x.ts";

const draft: Draft = { text: "The lift works again", media: [], audience: [], class: "content" };
const PICTURE = makePng(12, 8, { bytes: 2_500_000 });

const subject = {
  name: "X",
  adapter: X,
  start: () => startFakeX(),
  draft,
  limits: [
    {
      name: "letters",
      at: { ...draft, text: "x".repeat(280) },
      over: { ...draft, text: "x".repeat(281) },
      limit: 280,
      got: 281,
    },
    {
      name: "Chinese",
      at: { ...draft, text: "字".repeat(140) },
      over: { ...draft, text: "字".repeat(141) },
      limit: 280,
      got: 282,
    },
    {
      name: "a long link",
      at: { ...draft, text: `${"x".repeat(256)} https://acme.com/${"a".repeat(320)}` },
      over: { ...draft, text: `${"x".repeat(257)} https://acme.com/${"a".repeat(320)}` },
      limit: 280,
      got: 281,
    },
    {
      name: "bytes of a picture",
      at: { ...draft, media: [pictureFile(PICTURE, { size: 5 * 1024 * 1024 })] },
      over: { ...draft, media: [pictureFile(PICTURE, { size: 5 * 1024 * 1024 + 1 })] },
      limit: 5_242_880,
      got: 5_242_881,
      unsent: "the size is made up",
    },
    {
      name: "pictures",
      at: { ...draft, media: Array.from({ length: 4 }, () => pictureFile(PICTURE)) },
      over: { ...draft, media: Array.from({ length: 5 }, () => pictureFile(PICTURE)) },
      limit: 4,
      got: 5,
    },
  ],
  media: { draft: { ...draft, media: [pictureFile(PICTURE)] }, alt: true },
  files: [PICTURE],
  patienceMs: 800,
} satisfies AdapterSubject<{ handle: string }>;

describeAdapter(subject);
describeAdapter({ ...subject, name: "X with an OAuth 2.0 token", start: () => startFakeX({ oauth2: true }) });

describe("X", () => {
  const words = "Fish & <chips> at https://acme.com/menu?a=1&b=2 today";

  test("finds a post again by links, entities and its picture's link", async () => {
    const bench = makeBench(subject, await startFakeX({ processing: 3 }));
    const post = bench.post({ ...draft, text: words, media: [pictureFile(PICTURE)] });
    const sent = await post.send();
    post.receipt = undefined;
    expect(await post.find()).toEqual(sent);
    expect(sent.url).toBe(`https://x.com/acme_co/status/${sent.remote_id}`);
    await bench.server.close();
  });

  test("a text that the account posted long ago is refused, and not taken for this delivery", async () => {
    const bench = makeBench(subject, await startFakeX({ older: draft.text }));
    const failure = await failureOf(bench.post(draft).send());
    expect(failure).toMatchObject({ kind: "rejected", status: 403 });
    expect(failure.message).toContain("duplicate content");
    await bench.server.close();
  });

  test("nor is one that the account posted a moment ago in another way", async () => {
    const bench = makeBench(subject, await startFakeX());
    const [asked, other] = [bench.post(draft), bench.post(draft)];
    await other.send();
    expect(await failureOf(asked.send())).toMatchObject({ kind: "rejected", status: 403 });
    await bench.server.close();
  });

  test("what is gone already counts as taken back, in both of X's ways to say so", async () => {
    const bench = makeBench(subject, await startFakeX({ goneStatus: 404 }));
    const post = bench.post(draft);
    await post.send();
    await post.retract();
    await post.retract();
    expect(await bench.server.published()).toEqual([]);
    await bench.server.close();
  });

  test("keys of another account post nothing", async () => {
    const bench = makeBench(subject, await startFakeX());
    bench.server.setting.options = { handle: "other" };
    for (const work of [bench.check(), bench.post(draft).send()])
      expect(await failureOf(work)).toMatchObject({
        kind: "unauthorised",
        message: "the keys are those of @acme_co, and the setting names @other; correct one of them",
      });
    expect(await bench.server.published()).toEqual([]);
    await bench.server.close();
  });

  test("no title, no alt text and an open link are said before", () => {
    const { warnings } = X.compose(
      { ...draft, text: "see http://acme.com", title: "News", media: [pictureFile(PICTURE, { alt: " " })] },
      { options: { handle: "acme_co" }, url: undefined },
    );
    expect(warnings).toEqual([
      'X shows no title; "News" is left out',
      "http://acme.com is not encrypted; use https",
      ".ohmymkt/assets/images/picture.png has no alt text; describe it for those who cannot see it",
    ]);
  });

  const now = 1_800_000_000_000;
  const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
    status,
    headers: new Headers(headers),
    text: JSON.stringify(body),
    json: body,
  });
  test.each<[string, Answer, FailureKind | undefined, number | undefined]>([
    [
      "a month's cap",
      answer(429, { title: "UsageCapExceeded", detail: "Usage cap exceeded: Monthly product cap" }),
      "quota",
      undefined,
    ],
    ["a cap by type", answer(403, { type: "https://api.x.com/2/problems/usage-capped" }), "quota", undefined],
    ["spent credits", answer(402, { title: "CreditsDepleted", detail: "no credits" }), "quota", undefined],
    [
      "a duplicate",
      answer(403, { detail: "You are not allowed to create a Tweet with duplicate content." }),
      "rejected",
      undefined,
    ],
    ["no permission", answer(403, { detail: "You are not permitted to perform this action." }), undefined, undefined],
    ["the window", answer(429, {}, { "x-rate-limit-reset": "1800000060" }), undefined, 60_000],
    [
      "the day",
      answer(
        429,
        {},
        {
          "x-rate-limit-reset": "1800000060",
          "x-user-limit-24hour-remaining": "0",
          "x-user-limit-24hour-reset": "1800003600",
        },
      ),
      undefined,
      3_600_000,
    ],
    ["no JSON", answer(500, undefined), undefined, undefined],
  ])("%s is read from X's answer", (_name, given, kind, wait) => {
    const said = explainX(given, now);
    expect({ kind: said.kind, wait: said.retryAfterMs }).toEqual({ kind, wait });
  });
});
