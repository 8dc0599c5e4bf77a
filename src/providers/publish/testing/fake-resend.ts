import { createHash } from "node:crypto";
import { json, listOf, startFake, textOf } from "./fake-platform.ts";
import { type PublishServer, RETRY_AFTER_MS } from "./subject.ts";

const KEY = "re_1234567890abcdefghij";

interface Stored {
  id: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  headers: unknown;
  at: number;
  due: string | null;
  canceled: boolean;
  tags: unknown[];
  files: { hash: string; cid: string }[];
}
export interface FakeResend extends PublishServer {
  mails: readonly Stored[];
  /** A day passes for the server's memory of keys. */
  forgetKeys(): void;
  /** The time of scheduled mails has come. */
  leave(): void;
}

const refuse = (statusCode: number, name: string, message: string): Response =>
  json({ statusCode, name, message }, statusCode);

/** Resend as https://resend.com/docs/api-reference describes it: keys that hold a day, scheduled mails that can be cancelled. */
export async function startFakeResend(over: { sendingOnly?: boolean; becomes?: string } = {}): Promise<FakeResend> {
  const mails: Stored[] = [];
  const keys = new Map<string, { body: string; id: string }>();
  const given = (mail: Stored): Record<string, unknown> => ({
    object: "email",
    id: mail.id,
    to: mail.to,
    from: "Acme <news@acme.example>",
    created_at: new Date(mail.at).toISOString().replace("T", " ").replace("Z", "000+00"),
    subject: mail.subject,
    bcc: null,
    cc: null,
    reply_to: null,
    last_event: mail.canceled ? "canceled" : mail.due === null ? (over.becomes ?? "delivered") : "scheduled",
    scheduled_at: mail.due?.replace("T", " ").replace("Z", "+00") ?? null,
  });

  const create = async (request: Request): Promise<Response> => {
    const key = request.headers.get("idempotency-key") ?? "";
    const text = await request.text();
    const earlier = keys.get(key);
    if (earlier && earlier.body !== text)
      return refuse(409, "invalid_idempotent_request", "Same idempotency key used with a different request payload.");
    if (earlier) return json({ id: earlier.id });
    const body: unknown = JSON.parse(text);
    if (!/<?[^<>\s]+@acme\.example>?$/.test(textOf(body, "from")))
      return refuse(403, "validation_error", "The domain is not verified.");
    const due = textOf(body, "scheduled_at");
    const id = crypto.randomUUID();
    mails.push({
      id,
      to: listOf(body, "to").map(String),
      subject: textOf(body, "subject"),
      text: textOf(body, "text"),
      html: textOf(body, "html"),
      headers: (body as { headers?: unknown }).headers,
      at: Date.now(),
      due: due === "" ? null : due,
      canceled: false,
      tags: listOf(body, "tags"),
      files: listOf(body, "attachments").map((file) => ({
        hash: createHash("sha256")
          .update(Buffer.from(textOf(file, "content"), "base64"))
          .digest("hex"),
        cid: textOf(file, "content_id"),
      })),
    });
    keys.set(key, { body: text, id });
    return json({ id });
  };

  const list = ({ searchParams }: URL): Response => {
    const newest = mails.toReversed();
    const after = newest.findIndex(({ id }) => id === searchParams.get("after"));
    const limit = Number(searchParams.get("limit") ?? 20);
    const data = newest.slice(after + 1, after + 1 + limit).map(given);
    return json({ object: "list", has_more: after + 1 + limit < newest.length, data });
  };

  const answer = async (request: Request, url: URL): Promise<Response> => {
    const authorization = request.headers.get("authorization");
    if (authorization === null) return refuse(401, "missing_api_key", "Missing API key in the authorization header.");
    if (authorization !== `Bearer ${KEY}`) return refuse(403, "invalid_api_key", "API key is invalid");
    const [, area, id, step] = url.pathname.split("/");
    if (request.method === "POST" && id === undefined) return create(request);
    if (over.sendingOnly) return refuse(401, "restricted_api_key", "This API key is restricted to only send emails");
    if (area === "domains") return json({ object: "list", data: [] });
    if (id === undefined) return list(url);
    const mail = mails.find((one) => one.id === id);
    if (!mail) return refuse(404, "not_found", "Email not found");
    if (step === "cancel") {
      if (mail.due === null || mail.canceled) return refuse(422, "validation_error", "Email cannot be canceled");
      mail.canceled = true;
      return json({ object: "email", id });
    }
    return json({ ...given(mail), text: mail.text, html: mail.html, tags: mail.tags });
  };

  const shown = (waiting: boolean) => () =>
    mails
      .filter(({ due, canceled }) => !canceled && (due !== null) === waiting)
      .map(({ id, text, files }) => ({ id, text, media: files.map(({ hash }) => ({ hash })) }));

  const server = await startFake({
    setting: {
      options: { from: "Acme <news@acme.example>", unsubscribe: "https://acme.example/unsubscribe?list=news" },
    },
    env: { RESEND_API_KEY: KEY },
    hosts: ["api.resend.com"],
    answer,
    published: shown(false),
    scheduled: shown(true),
    faults: {
      publishes: ({ method, path }) => method === "POST" && path === "/emails",
      answers: {
        rate_limited: () => ({
          status: 429,
          headers: { "retry-after": String(RETRY_AFTER_MS / 1000) },
          body: JSON.stringify({ statusCode: 429, name: "rate_limit_exceeded", message: "Too many requests." }),
        }),
        quota: () => ({
          status: 429,
          body: JSON.stringify({
            statusCode: 429,
            name: "monthly_quota_exceeded",
            message: "You have reached your monthly email sending quota.",
          }),
        }),
        unauthorised: () => ({
          status: 403,
          body: JSON.stringify({ statusCode: 403, name: "invalid_api_key", message: "API key is invalid" }),
        }),
        reject: ({ headers }) => ({
          status: 422,
          body: JSON.stringify({
            statusCode: 422,
            name: "validation_error",
            message: `no: ${headers["authorization"]}`,
          }),
        }),
      },
    },
  });
  return {
    ...server,
    mails,
    forgetKeys: () => keys.clear(),
    leave() {
      for (const mail of mails) mail.due = null;
    },
  };
}
