import { describe, expect, test } from "bun:test";
import type { Email } from "postal-mime";
import { ProviderSetting } from "../../lib/providers.ts";
import { type MailServer, type MailServerOptions, startMailServer } from "../../testing/mail-server.ts";
import { testWorld } from "../../testing/provider-world.ts";
import { openAccess } from "../access.ts";
import type { FailureKind } from "../failure.ts";
import type { World } from "../world.ts";
import type { Composed, Delivery, Draft, PublishChannel, SendTools } from "./adapter.ts";
import { describeAdapter } from "./conformance.ts";
import { SMTP } from "./smtp.ts";
import { smtpFailure } from "./smtp/failure.ts";
import { contentId } from "./smtp/message.ts";
import type { SmtpOptions } from "./smtp/options.ts";
import { mustEncrypt } from "./smtp/session.ts";
import { failureOf, sha256 } from "./testing/bench.ts";
import { makePng, pictureFile } from "./testing/pictures.ts";
import {
  type AdapterSubject,
  type Fault,
  type Published,
  type PublishServer,
  RETRY_AFTER_MS,
} from "./testing/subject.ts";

const USER = "news-account";
const PASSWORD = "mail-password-1";
const draft: Draft = {
  text: "We are **open** again, see [the news](https://example.com/news).",
  title: "Open again: Grüße",
  media: [],
  audience: ["reader@example.org"],
  class: "content",
};
const picture = makePng(8, 6);
const MAX_BYTES = 19_660_800;

async function start(): Promise<PublishServer> {
  let now: Fault | undefined;
  const server = await startMailServer({
    user: USER,
    password: PASSWORD,
    fault: () => now,
    retryAfterS: RETRY_AFTER_MS / 1000,
  });
  return {
    setting: {
      url: server.url,
      options: { from: "Example News <news@example.com>", unsubscribe: "https://example.com/off?who={to}" },
    },
    env: { SMTP_USER: USER, SMTP_PASSWORD: PASSWORD },
    published: async () => (await server.messages()).map(shown),
    inject: (fault) => (now = fault),
    requests: () => [],
    close: server.close,
  };
}

function shown({ messageId = "", text = "", html = "", attachments }: Email): Published {
  const media = attachments.map(({ content }) => {
    const hash = sha256(new Uint8Array(typeof content === "string" ? Buffer.from(content) : content));
    return { hash, alt: new RegExp(`<img src="cid:${contentId({ hash })}" alt="([^"]*)"`).exec(html)?.[1] };
  });
  return { id: messageId, text: text.replace(/\n$/, ""), media };
}

const subject: AdapterSubject<SmtpOptions> = {
  name: "mail",
  adapter: SMTP,
  start,
  draft,
  limits: [
    {
      name: "characters of subject",
      at: { ...draft, title: "x".repeat(255) },
      over: { ...draft, title: "x".repeat(256) },
      limit: 255,
      got: 256,
    },
    {
      name: "bytes of files",
      at: { ...draft, media: [pictureFile(picture, { size: MAX_BYTES })] },
      over: { ...draft, media: [pictureFile(picture, { size: MAX_BYTES + 1 })] },
      limit: MAX_BYTES,
      got: MAX_BYTES + 1,
      unsent: "20 MB through two processes of JavaScript say nothing more",
    },
  ],
  media: { draft: { ...draft, media: [pictureFile(picture)] }, alt: true },
  files: [picture],
  cannot: { cut_any_request: "mail does not go over HTTP; smtp.test.ts cuts it at every command" },
};
describeAdapter(subject);

function compose(over: Partial<Draft> = {}, options: Partial<SmtpOptions> = {}): Composed {
  return SMTP.compose(
    { ...draft, ...over },
    { options: { from: "Example News <news@example.com>", ...options }, url: undefined },
  );
}

function channel(url: string, options: Partial<SmtpOptions> = {}, over: Partial<World> = {}): PublishChannel {
  const setting = ProviderSetting.parse({ url, options: { from: "news@example.com", ...options } });
  return SMTP.open(openAccess(SMTP.spec, setting, testWorld(over), new AbortController().signal, { timeoutMs: 1000 }));
}

function delivery(over: Partial<Draft> = {}, options: Partial<SmtpOptions> = {}): Delivery {
  const [payload] = compose(over, options).payloads;
  if (!payload) throw new Error("no payload");
  return { id: "out_1", key: "k1", payload, createdAt: 0, startedAt: undefined, progress: undefined };
}

async function disposable(options: MailServerOptions = {}): Promise<MailServer & AsyncDisposable> {
  const server = await startMailServer(options);
  return { ...server, [Symbol.asyncDispose]: server.close };
}

/** A line to a mail server that breaks when the client says this. */
function cutAtCommand(url: string, command: string): { url: string } & Disposable {
  const { hostname, port } = new URL(url);
  const upstreams = new Map<object, Promise<{ write(data: Uint8Array): unknown; end(): unknown }>>();
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(client) {
        const upstream = Bun.connect({
          hostname,
          port: Number(port),
          socket: { data: (_, data) => void client.write(data), close: () => void client.end() },
        });
        upstreams.set(client, upstream);
      },
      async data(client, data) {
        const upstream = await upstreams.get(client);
        if (!data.includes(command)) upstream?.write(data);
        else {
          upstream?.end();
          client.terminate();
        }
      },
    },
  });
  return { url: `smtp://127.0.0.1:${server.port}`, [Symbol.dispose]: () => server.stop(true) };
}

const tools: SendTools = { read: () => Promise.resolve(picture), note: () => Promise.resolve() };

describe("what a server says of limits", () => {
  test.each<[string, FailureKind]>([
    ["550 5.4.5 Daily user sending limit exceeded", "quota"],
    ["454 4.7.0 Too many messages, daily sending quota exceeded", "quota"],
    ["552 5.2.2 Mailbox message quota exceeded", "rejected"],
    ["452 4.2.2 The recipient's message quota exceeded", "rate_limited"],
    ["552 5.3.4 Message size limit exceeded", "rejected"],
    ["450 4.2.1 The user you are trying to contact is receiving mail too quickly", "rate_limited"],
  ])("%s", (response, kind) => {
    const error = Object.assign(new Error(response), { responseCode: Number(response.slice(0, 3)), response });
    expect(smtpFailure(error, true, (text) => text).kind).toBe(kind);
  });
});

describe("mail", () => {
  test("each of the audience gets a message of their own, who is listed twice one", () => {
    const { payloads, problems, warnings } = compose({ audience: ["a@example.org", "b@example.org", "A@example.org"] });
    expect(problems).toEqual([]);
    expect(payloads.map(({ to }) => to)).toEqual(["A@example.org", "b@example.org"]);
    expect(warnings.join()).toMatch(/named more than once/);
  });

  test.each([
    "no address",
    "a@example.org, b@example.org",
    "a@example.org\r\nBcc: b@example.org",
    "<a@example.org>",
    "a@example.org>",
    "a@exa mple.org",
    '"a b"@example.org',
    "a@",
    "",
  ])("%j is refused as a recipient", (to) => {
    expect(compose({ audience: [to] }).problems.join()).toMatch(/is no mail address/);
  });

  test.each(["Hello\r\nBcc: b@example.org", "Hello\nX: y", "bell\u0007", "tab\there"])(
    "%j is refused as a subject",
    (title) => {
      expect(compose({ title }).problems.join()).toMatch(/subject/);
    },
  );

  test.each<[string, Draft]>([
    ["no subject", { text: draft.text, media: [], audience: ["a@example.org"], class: "content" }],
    ["nobody", { ...draft, audience: [] }],
    ["a blank subject", { ...draft, title: "  " }],
  ])("%s is a problem", (_name, one) => {
    expect(SMTP.compose(one, { options: { from: "news@example.com" }, url: undefined }).problems).toHaveLength(1);
  });

  test.each([
    { from: "news@example.com\r\nBcc: x@example.com" },
    { from: "news" },
    { from: "A <a@example.com>, B <b@example.com>" },
    { from: "news@example.com", reply_to: "x" },
    { from: "news@example.com", unsubscribe: "http://example.com/off" },
    { from: "news@example.com", unsubscribe: "https://example.com/off>\r\nX: y" },
    { from: "news@example.com", bcc: "x@example.com" },
  ])("the setting %j is refused", (options) => {
    expect(SMTP.spec.options.safeParse(options).success).toBe(false);
  });

  test("a message can be unsubscribed by one click, comes from who was approved and is the same on every attempt", async () => {
    await using server = await disposable();
    const options = {
      from: "Grüße <news@example.com>",
      reply_to: "team@example.com",
      unsubscribe: "https://example.com/off?who={to}",
    };
    const once = delivery({ audience: ["a+b@example.org"] }, options);
    // The settings of the account are others by now: what was approved counts.
    const now = { now: () => 1_790_000_000_000 };
    const first = await channel(server.url, {}, now).send(once, tools);
    const second = await channel(server.url, {}, now).send(once, tools);
    const [mail] = await server.messages();
    const header = (key: string): string | undefined => mail?.headers.find((one) => one.key === key)?.value;
    expect(header("list-unsubscribe")).toBe("<https://example.com/off?who=a%2Bb%40example.org>");
    expect(header("list-unsubscribe-post")).toBe("List-Unsubscribe=One-Click");
    expect(mail?.from).toEqual({ name: "Grüße", address: "news@example.com" });
    expect(mail?.replyTo).toEqual([{ name: "", address: "team@example.com" }]);
    expect(mail?.to).toEqual([{ name: "", address: "a+b@example.org" }]);
    expect(mail?.subject).toBe("Open again: Grüße");
    expect(mail?.messageId).toBe(`<${first.remote_id}>`);
    expect(second).toEqual({ ...first, remote: { reply: "250 2.0.0 Ok: queued as 2" } });
    expect(server.raw()[1]).toBe(server.raw()[0] ?? "");
  });

  test("an address that does not say who unsubscribes is no one-click (RFC 8058 section 3.1)", async () => {
    await using server = await disposable();
    const options = { from: "news@example.com", unsubscribe: "https://example.com/off" };
    await channel(server.url).send(delivery({}, options), tools);
    const [mail] = await server.messages();
    const header = (key: string): string | undefined => mail?.headers.find((one) => one.key === key)?.value;
    expect(header("list-unsubscribe")).toBe("<https://example.com/off>");
    expect(header("list-unsubscribe-post")).toBeUndefined();
  });

  test("HTML is made of the Markdown; a picture that the text names stands there, another at the end, a file is attached", async () => {
    await using server = await disposable();
    const other = makePng(4, 4);
    const files = [
      pictureFile(picture, { path: "pics/a.png" }),
      pictureFile(other, { path: "pics/b.png", alt: 'B "quoted" <b>' }),
      pictureFile(picture, { path: "docs/report.pdf", mime: "application/pdf" }),
    ];
    const once = delivery({ text: "Look: ![A](pics/a.png) <script>x</script>", media: files });
    await channel(server.url).send(once, {
      ...tools,
      read: ({ hash }) => Promise.resolve(hash === sha256(other) ? other : picture),
    });
    const [mail] = await server.messages();
    expect(mail?.html).toContain(`<img src="cid:${contentId({ hash: sha256(picture) })}" alt="A">`);
    expect(mail?.html).toContain(`alt="B &quot;quoted&quot; &lt;b&gt;"`);
    expect(mail?.html).not.toContain("<script>");
    expect(mail?.attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual(
      expect.arrayContaining([
        ["a.png", "image/png"],
        ["b.png", "image/png"],
        ["report.pdf", "application/pdf"],
      ]),
    );
  });

  test.each([
    ["a greeting", "220 hello\r\n", "unreachable"],
    ["nothing", "", "unreachable"],
    ["that there is no service", "554 no service\r\n", "unreachable"],
    ["that it is busy", "421 busy\r\n", "unavailable"],
    ["something of another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n", "unreachable"],
    ["a line without an end", "x".repeat(3_000_000), "unreachable"],
  ] as const)("a server that says %s and no more is no success", async (_name, greeting, kind) => {
    const server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: (socket) => void socket.write(greeting),
        data: (socket) => void socket.end(),
      },
    });
    const failure = await failureOf(channel(`smtp://127.0.0.1:${server.port}`).send(delivery(), tools));
    expect(failure.kind).toBe(kind);
    server.stop(true);
  });

  test("wherever the connection breaks before the message has ended, nothing was delivered, and it is not called uncertain", async () => {
    await using server = await disposable();
    const commands = ["EHLO", "MAIL FROM", "RCPT TO", "DATA", "From: "];
    for (const command of commands) {
      using broken = cutAtCommand(server.url, command);
      const failure = await failureOf(channel(broken.url).send(delivery(), tools));
      expect({ command, kind: failure.kind }).toEqual({
        command,
        kind: command === "From: " ? "uncertain" : "unreachable",
      });
    }
    expect(await server.messages()).toEqual([]);
  });

  test("a server that offers no encryption gets nothing where it is required", async () => {
    await using server = await disposable();
    const required = channel(server.url, { require_tls: true });
    expect((await failureOf(required.send(delivery(), tools))).kind).toBe("unreachable");
    expect((await failureOf(required.check())).kind).toBe("unreachable");
    expect(await server.messages()).toEqual([]);
  });

  test.each(["offered", "immediate"] as const)(
    "a certificate that nobody can trust gets neither mail nor login (%s)",
    async (tls) => {
      const logins: string[] = [];
      await using server = await disposable({ tls, fault: () => void logins.push("asked") });
      const env = { SMTP_USER: "news-account", SMTP_PASSWORD: "mail-password-1" };
      const required = channel(server.url, { require_tls: true }, { env });
      expect((await failureOf(required.send(delivery(), tools))).kind).toBe("unreachable");
      expect(await server.messages()).toEqual([]);
      expect(logins).toEqual([]);
    },
  );

  test.each([
    [{ loopback: true, login: true, asked: undefined }, false],
    [{ loopback: true, login: false, asked: true }, true],
    [{ loopback: false, login: false, asked: undefined }, true],
    [{ loopback: false, login: false, asked: false }, false],
    [{ loopback: false, login: true, asked: false }, true],
  ])("%j: encryption is a must: %p", (line, expected) => {
    expect(mustEncrypt(line)).toBe(expected);
  });

  test("a user without a password is a missing setting", async () => {
    await using server = await disposable();
    const half = channel(server.url, {}, { env: { SMTP_USER: "news-account" } });
    expect((await failureOf(half.check())).kind).toBe("missing");
  });

  test("the socket goes to the address that was looked up and judged", async () => {
    await using server = await disposable();
    const asked: string[] = [];
    const url = server.url.replace("127.0.0.1", "mail.example.com");
    const lookup = (host: string): ReturnType<World["lookup"]> => {
      asked.push(host);
      return Promise.resolve([{ address: "127.0.0.1", family: 4 }]);
    };
    await channel(url, {}, { lookup }).send(delivery(), tools);
    expect(asked).toEqual(["mail.example.com"]);
    expect(await server.messages()).toHaveLength(1);
    const guarded = channel(url, {}, { lookup, allowPrivate: false });
    expect((await failureOf(guarded.send(delivery(), tools))).kind).toBe("rejected");
    expect(await server.messages()).toHaveLength(1);
  });
});
