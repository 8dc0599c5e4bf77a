import { describe, expect, test } from "bun:test";
import type { Draft } from "./adapter.ts";
import { describeAdapter } from "./conformance.ts";
import { RESEND } from "./resend.ts";
import { failureOf, makeBench, reworded } from "./testing/bench.ts";
import { startFakeResend } from "./testing/fake-resend.ts";
import { makePng, pictureFile } from "./testing/pictures.ts";
import type { AdapterSubject } from "./testing/subject.ts";

const draft: Draft = {
  title: "The lift works again",
  text: "Dear all,\n\nthe **lift** works again.",
  media: [],
  audience: ["ada@customers.example", "bob@customers.example"],
  class: "content",
};
const PICTURE = makePng(12, 8);
const HOUR = 3_600_000;

const subject: AdapterSubject<unknown> = {
  name: "Resend",
  adapter: RESEND,
  start: () => startFakeResend(),
  draft,
  limits: [
    {
      name: "subject",
      at: { ...draft, audience: ["ada@customers.example"], title: "x".repeat(998) },
      over: { ...draft, title: "x".repeat(999) },
      limit: 998,
      got: 999,
    },
  ],
  media: { draft: { ...draft, media: [pictureFile(PICTURE)] }, alt: false },
  files: [PICTURE],
};

describeAdapter(subject);

describe("a mailing", () => {
  const compose = (over: Partial<Draft>, options: Record<string, unknown> = {}) =>
    RESEND.compose(
      { ...draft, ...over },
      { options: RESEND.spec.options.parse({ from: "news@acme.example", ...options }), url: undefined },
    );

  test("is text and HTML, with the picture and its alt text below", () => {
    const { payloads, warnings } = compose(
      { media: [pictureFile(PICTURE, { alt: 'A "red" <lift>' })] },
      { reply_to: "Help <help@acme.example>", unsubscribe: "https://acme.example/u?who={to}" },
    );
    const cid = payloads[0]?.media[0]?.hash.slice(0, 32);
    expect(warnings).toEqual([]);
    expect(payloads[0]).toMatchObject({
      text: draft.text,
      html: `<p>Dear all,</p>\n<p>the <strong>lift</strong> works again.</p>\n<p><img src="cid:${cid}" alt="A &quot;red&quot; &lt;lift&gt;" style="max-width:100%"></p>\n`,
      wire: {
        from: "news@acme.example",
        reply_to: "Help <help@acme.example>",
        headers: {
          "List-Unsubscribe": "<https://acme.example/u?who=ada%40customers.example>",
          "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
      },
    });
  });

  test("shows a picture that the text names where it is named, and not once more", () => {
    const { payloads } = compose({
      text: "Look: ![Lift](pics/a.png) here",
      media: [pictureFile(PICTURE, { path: "pics/a.png" })],
    });
    const cid = payloads[0]?.media[0]?.hash.slice(0, 32);
    expect(payloads[0]?.html).toBe(`<p>Look: <img src="cid:${cid}" alt="Lift"> here</p>\n`);
  });

  test("an address that does not say who unsubscribes is no one-click, and that is said", () => {
    const { payloads, warnings } = compose({}, { unsubscribe: "https://acme.example/u" });
    expect(payloads.map(({ wire }) => wire["headers"])).toEqual([
      { "List-Unsubscribe": "<https://acme.example/u>" },
      { "List-Unsubscribe": "<https://acme.example/u>" },
    ]);
    expect(warnings).toEqual([
      "the option unsubscribe does not say who unsubscribes, so there is no one-click; put {to} into it",
    ]);
  });

  test("a mailto address is no one-click", () => {
    expect(compose({}, { unsubscribe: "mailto:off@acme.example" }).payloads[0]?.wire["headers"]).toEqual({
      "List-Unsubscribe": "<mailto:off@acme.example>",
    });
  });

  test.each<[string, Partial<Draft>, RegExp]>([
    ["no subject", { title: undefined as never }, /needs a subject/],
    ["a subject of two lines", { title: "a\nBcc: x@y.example" }, /more than one line/],
    ["nobody", { audience: [] }, /nobody is addressed/],
    ["no address", { audience: ["ada"] }, /expected a mail address, got "ada"/],
    ["two in one", { audience: ["a@b.example, c@d.example"] }, /expected a mail address/],
    ["a header in an address", { audience: ["a@b.example\r\nBcc: c@d.example"] }, /expected a mail address/],
    [
      "too many bytes",
      { media: [pictureFile(PICTURE, { size: 30 * 1024 * 1024 + 4 })] },
      /at most 41943040 bytes .*, got 4194\d{4}/,
    ],
  ])("%s is a problem", (_name, over, words) => expect(compose(over).problems.join("\n")).toMatch(words));

  test("warns of what a person should know", () => {
    expect(
      compose({ title: "y".repeat(61), text: "see http://a.example", audience: ["A@b.example", "a@b.example"] })
        .warnings,
    ).toEqual([
      "there is no way to unsubscribe; set the option unsubscribe to an https or mailto address",
      "the subject has 61 characters; inboxes show about 60",
      "http://a.example is not encrypted; use https",
      "1 recipient(s) are named more than once; each gets one mail",
    ]);
    expect(compose({ class: "notice" }).warnings).toEqual([]);
  });

  test.each(["javascript:x", "http://acme.example/u", "https://acme.example/u>\r\nBcc: x", "mailto:x"])(
    "unsubscribe %j is refused",
    (unsubscribe) => expect(RESEND.spec.options.safeParse({ from: "a@b.example", unsubscribe }).success).toBe(false),
  );
});

describe("Resend", () => {
  test("the mail carries what was approved, not what the settings say later", async () => {
    const server = await startFakeResend();
    const bench = makeBench(subject, server);
    const post = bench.post(draft);
    server.setting.options = { from: "Other <other@acme.example>" };
    await post.send();
    const [sent] = server.requests().filter(({ method }) => method === "POST");
    const body: unknown = JSON.parse(new TextDecoder().decode(sent?.body));
    expect(body).toMatchObject({ from: "Acme <news@acme.example>", to: ["ada@customers.example"] });
    expect(sent?.headers["idempotency-key"]).toBe(post.key);
    await server.close();
  });

  test("after the server forgot the key, the look before sending keeps the mail from going twice", async () => {
    const server = await startFakeResend();
    const bench = makeBench(subject, server);
    const post = bench.post(draft);
    const { remote_id } = await post.send();
    server.forgetKeys();
    expect((await post.send()).remote_id).toBe(remote_id);
    expect(server.mails).toHaveLength(1);
    await server.close();
  });

  test("a mail that another row sent to the same person under the same subject is not taken for this one", async () => {
    const server = await startFakeResend();
    const bench = makeBench(subject, server);
    await bench.post(draft).send();
    expect(await bench.post(reworded(draft, "again")).find()).toBeUndefined();
    await server.close();
  });

  test("a key for sending only passes the check, sends, and within a day repeats by its key", async () => {
    const server = await startFakeResend({ sendingOnly: true });
    const bench = makeBench(subject, server);
    expect((await bench.check()).account).toBe("Acme <news@acme.example>");
    const post = bench.post(draft);
    server.inject("crash_after_accept");
    expect((await failureOf(post.send())).kind).toBe("uncertain");
    server.inject(undefined);
    expect(await post.find()).toBeUndefined();
    const receipt = await post.send();
    expect(receipt.remote_hash).toBeUndefined();
    expect(server.mails).toHaveLength(1);
    expect((await failureOf(post.find())).message).toContain("cannot be told");
    await server.close();
  });

  test("and after a day says that it cannot be told", async () => {
    const server = await startFakeResend({ sendingOnly: true });
    const bench = makeBench(
      { ...subject },
      { ...server, world: { ...server.world, now: () => Date.now() + 24 * HOUR } },
    );
    const failure = await failureOf(bench.post(draft).find());
    expect(failure).toMatchObject({ kind: "uncertain" });
    expect(failure.message).toContain("cannot be told");
    await server.close();
  });

  test("and what waited for longer than that goes again on a person's word only", async () => {
    let hours = 0;
    const server = await startFakeResend({ sendingOnly: true });
    const bench = makeBench(subject, {
      ...server,
      world: { ...server.world, now: () => Date.now() + hours * HOUR },
    });
    const post = bench.post(draft);
    server.inject("crash_after_accept");
    expect((await failureOf(post.send())).kind).toBe("uncertain");
    server.inject(undefined);
    expect(await post.find()).toBeUndefined();
    hours = 30;
    server.forgetKeys();
    expect(await failureOf(post.send())).toMatchObject({
      kind: "uncertain",
      message: expect.stringContaining("cannot be told"),
    });
    expect(server.mails).toHaveLength(1);
    await post.send();
    expect(server.mails).toHaveLength(2);
    await server.close();
  });

  test.each(["failed", "suppressed"])("a mail that Resend took and that then %s is not sent", async (event) => {
    const server = await startFakeResend({ becomes: event });
    const post = makeBench(subject, server).post(draft);
    expect(await failureOf(post.send())).toMatchObject({ kind: "rejected", message: expect.stringContaining(event) });
    expect(await post.find()).toBeUndefined();
    await server.close();
  });

  test("a scheduled mail can be cancelled until it leaves", async () => {
    const server = await startFakeResend();
    const bench = makeBench(subject, server);
    const post = bench.post({ ...draft, at: new Date(Date.now() + HOUR).toISOString() });
    await post.send();
    server.leave();
    expect(await failureOf(post.retract())).toMatchObject({
      kind: "rejected",
      message: expect.stringContaining("has left"),
    });
    await server.close();
  });

  test("more than 30 days ahead, the outbox is asked to wait", async () => {
    const bench = makeBench(subject, await startFakeResend());
    const failure = await failureOf(
      bench.post({ ...draft, at: new Date(Date.now() + 31 * 24 * HOUR).toISOString() }).send(),
    );
    expect(failure.kind).toBe("unavailable");
    expect(Math.round((failure.retryAfterMs ?? 0) / HOUR)).toBe(24);
    await bench.server.close();
  });
});
