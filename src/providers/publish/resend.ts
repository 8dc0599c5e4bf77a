import { z } from "zod";
import type { JsonObject } from "../../lib/json.ts";
import type { Receipt } from "../../lib/outbox.ts";
import { sha256 } from "../../lib/canonical.ts";
import { ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";
import type { Delivery, PublishAdapter, PublishChannel, SendTools } from "./adapter.ts";
import { shaped } from "./api-call.ts";
import { collapsed } from "./checks.ts";
import { laterAt } from "./later.ts";
import { composeMails } from "./mailing.ts";
import { askedAt, idempotencyKey, possibleSince, publishOnce } from "./publish-once.ts";
import { unsubscribeAddress, unsubscribeHeaders } from "./unsubscribe.ts";
import { instant, Mail, Mails, openResend, RESEND_ORIGIN, restricted, Sent } from "./resend-api.ts";

const Address = z
  .string()
  .max(320)
  .regex(
    /^(?:[^<>\p{Cc}]*<[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+>|[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+)$/u,
    "an address such as Acme <news@acme.com>",
  );
const Options = z.strictObject({
  /** "Acme <news@acme.com>"; its domain has to be verified at Resend. */
  from: Address,
  reply_to: Address.optional(),
  /** "mailto:…" or an https address that takes a POST, for the headers of RFC 2369 and RFC 8058; {to} stands for the recipient. */
  unsubscribe: z
    .string()
    .max(1000)
    .regex(/^(?:mailto:[^\s<>,\p{Cc}]+@[^\s<>,\p{Cc}]+|https:\/\/[^\s<>,\p{Cc}]+)$/u, "a mailto: or https: address")
    .optional(),
});
type Options = z.infer<typeof Options>;

/** https://resend.com/docs/dashboard/emails/schedule-email: up to 30 days ahead. */
const LATER = { platform: "Resend", nearestMs: 60_000, furthestMs: 30 * 86_400_000 };
/** Resend forgets a key after 24 hours; one hour is left for clocks and queues. https://resend.com/docs/dashboard/emails/idempotency-keys */
const KEY_MS = 23 * 3_600_000;
/** A mail with its attachments, base64 included; https://resend.com/docs/api-reference/emails/send-email */
const MAIL_BYTES = 40 * 1024 * 1024;
/** RFC 5322 §2.1.1: a line. */
const SUBJECT = 998;
const PAGE = 100;
const PAGES = 20;
/** Events after which a mail that was accepted never leaves. */
const NOT_SENT = new Set(["canceled", "failed", "suppressed"]);
/** Noted when a person was asked about an attempt whose key Resend has forgotten: a further one is that person's word. */
const Doubted = z.looseObject({ doubted: z.literal(true) });

/** Mails one by one through Resend. */
export const RESEND: PublishAdapter<Options> = {
  spec: {
    id: "resend",
    title: "Resend",
    category: "publish",
    secrets: [{ use: "api_key", names: ["RESEND_API_KEY"] }],
    hosts: ["api.resend.com"],
    options: Options,
    setup:
      "At https://resend.com/api-keys make a key and set RESEND_API_KEY, and verify the domain of the sender. A key with full access can also look mails up and cancel scheduled ones; one for sending only cannot.",
  },
  exactlyOnce: "idempotency_key",
  readBack: { possible: true, settleMs: 0 },
  retracts: "none",
  schedules: true,
  // A day less than it may be, for the rounds of the outbox.
  holdsForMs: LATER.furthestMs - 86_400_000,
  audience: true,
  account: ({ options }) => options.from,
  compose: (draft, { options }) =>
    composeMails(draft, {
      platform: "Resend",
      subject: SUBJECT,
      size: {
        limit: MAIL_BYTES,
        unit: "bytes of a mail with its files",
        of: (files, words) => files.reduce((sum, size) => sum + Math.ceil(size / 3) * 4, words),
      },
      unsubscribe: options.unsubscribe,
      contentId,
      wire: (to) => wireOf(options, to),
    }),
  open: openChannel,
};

function contentId({ hash }: { hash: string }): string {
  return hash.slice(0, 32);
}

/** What a mail carries besides its content. */
function wireOf({ from, reply_to, unsubscribe }: Options, to: string): JsonObject {
  const address = unsubscribe === undefined ? undefined : unsubscribeAddress(unsubscribe, to);
  return {
    from,
    ...(reply_to === undefined ? {} : { reply_to }),
    ...(address === undefined ? {} : { headers: unsubscribeHeaders(address, to) }),
  };
}

function openChannel(access: Access<Options>): PublishChannel {
  const api = openResend(access);
  const at = (path: string): URL => new URL(path, RESEND_ORIGIN);
  const bare = (id: string): Receipt => ({ remote_id: id, url: `https://resend.com/emails/${encodeURIComponent(id)}` });
  const receiptOf = (mail: Mail): Receipt | undefined =>
    NOT_SENT.has(mail.last_event)
      ? undefined
      : {
          ...bare(mail.id),
          remote_hash: sha256(collapsed(mail.text ?? "")),
          remote: { last_event: mail.last_event },
          ...(mail.last_event === "scheduled" ? instant(mail.scheduled_at) : {}),
        };

  const byId = async (id: string): Promise<Mail | undefined> => {
    const answer = await api({
      method: "GET",
      url: at(`/emails/${encodeURIComponent(id)}`),
      step: "look",
      accept: [404],
    });
    return answer.status === 404 ? undefined : shaped(Mail, answer, "Resend", "look");
  };

  const byKey = async (delivery: Delivery): Promise<Receipt | undefined> => {
    const { key, payload } = delivery;
    const since = possibleSince(delivery);
    let after = "";
    for (let page = 0; page < PAGES; page += 1) {
      const url = at(`/emails?limit=${PAGE}${after}`);
      const { data, has_more } = shaped(Mails, await api({ method: "GET", url, step: "look" }), "Resend", "look");
      const recent = data.filter(({ created_at }) => !(Date.parse(created_at) < since));
      for (const { id } of recent.filter((one) => one.subject === payload.title && one.to.includes(payload.to ?? ""))) {
        const mail = await byId(id);
        const ours = mail?.tags?.some(({ name, value }) => name === "outbox" && value === key);
        // One that was cancelled may have come before one that was not.
        const receipt = mail && ours ? receiptOf(mail) : undefined;
        if (receipt) return receipt;
      }
      const last = data.at(-1);
      if (!has_more || !last || recent.length < data.length) return undefined;
      after = `&after=${encodeURIComponent(last.id)}`;
    }
    throw new ProviderFailure(
      "uncertain",
      `more than ${PAGE * PAGES} newer mails; look for it at https://resend.com/emails`,
    );
  };

  const find = async (delivery: Delivery, receipt?: Receipt): Promise<Receipt | undefined> => {
    try {
      if (!receipt) return await byKey(delivery);
      const mail = await byId(receipt.remote_id);
      return mail && receiptOf(mail);
    } catch (error) {
      if (!restricted(error)) throw error;
      // Within a day, sending again with the same key cannot make a second mail: that it is not there may be believed.
      if (!receipt && !isForgotten(delivery)) return undefined;
      // Of a mail that Resend took, its word stands.
      throw new ProviderFailure(
        receipt ? "unauthorised" : "uncertain",
        "this key of Resend may only send, so it cannot be told; look for the mail at https://resend.com/emails and say what you see",
        { cause: error },
      );
    }
  };

  const isForgotten = (delivery: Delivery): boolean =>
    access.now() - (askedAt(delivery) ?? delivery.createdAt) >= KEY_MS;

  /** That a mail is not there was believed because of its key; a delivery that waited for longer than the key lasts may be there, and then only a person can tell. */
  const askAfterItsDay = async (delivery: Delivery, { note }: Pick<SendTools, "note">): Promise<void> => {
    const isOpen = askedAt(delivery) !== undefined && isForgotten(delivery);
    if (!isOpen || Doubted.safeParse(delivery.progress).success) return;
    try {
      await find(delivery);
    } catch (error) {
      if (error instanceof ProviderFailure && error.kind === "uncertain")
        await note({ ...delivery.progress, doubted: true });
      throw error;
    }
  };

  const publish = async (delivery: Delivery, { read }: Pick<SendTools, "read">): Promise<Receipt> => {
    const { key, payload } = delivery;
    const scheduled_at = laterAt(payload.at, access.now(), LATER);
    const attachments: JsonObject[] = [];
    for (const file of payload.media)
      attachments.push({
        filename: file.path.split("/").at(-1) ?? "file",
        content: Buffer.from(await read(file)).toString("base64"),
        content_type: file.mime,
        ...(file.mime.startsWith("image/") ? { content_id: contentId(file) } : {}),
      });
    const answer = await api({
      method: "POST",
      url: at("/emails"),
      step: "publish",
      headers: { "idempotency-key": idempotencyKey(delivery) },
      json: {
        ...payload.wire,
        to: [payload.to],
        subject: payload.title,
        text: payload.text,
        html: payload.html,
        tags: [{ name: "outbox", value: key }],
        ...(attachments.length > 0 ? { attachments } : {}),
        ...(scheduled_at === undefined ? {} : { scheduled_at }),
      },
    });
    const { id } = shaped(Sent, answer, "Resend", "publish");
    const mail = await byId(id).catch(() => undefined);
    if (mail && NOT_SENT.has(mail.last_event))
      throw new ProviderFailure("rejected", `Resend does not send the mail (${mail.last_event}); see ${bare(id).url}`);
    const receipt = mail && receiptOf(mail);
    return receipt ?? { ...bare(id), ...(scheduled_at === undefined ? {} : { scheduled_for: scheduled_at }) };
  };

  return {
    async check() {
      try {
        await api({ method: "GET", url: at("/domains"), step: "look" });
      } catch (error) {
        // The key is right, and made for sending only.
        if (!restricted(error)) throw error;
      }
      return { account: access.options.from };
    },
    async send(delivery, tools) {
      await askAfterItsDay(delivery, tools);
      return publishOnce(delivery, tools, {
        now: access.now,
        find: () => find(delivery),
        publish: () => publish(delivery, tools),
      });
    },
    find,
    async retract(_delivery, { remote_id }) {
      const mail = await byId(remote_id);
      if (!mail || NOT_SENT.has(mail.last_event)) return;
      if (mail.last_event !== "scheduled")
        throw new ProviderFailure(
          "rejected",
          `the mail has left (${mail.last_event}) and cannot be taken back; send a correction`,
        );
      await api({
        method: "POST",
        url: at(`/emails/${encodeURIComponent(remote_id)}/cancel`),
        step: "retract",
        json: {},
      });
    },
  };
}
