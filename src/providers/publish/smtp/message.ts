import { basename } from "node:path";
import type MailComposer from "nodemailer/lib/mail-composer";
import { z } from "zod";
import { sha256 } from "../../../lib/canonical.ts";
import type { Delivery, SendTools } from "../adapter.ts";
import { unsubscribeHeaders } from "../unsubscribe.ts";
import { parseMailbox } from "./options.ts";

type MailData = NonNullable<ConstructorParameters<typeof MailComposer>[0]>;

const Wire = z.object({ from: z.string(), reply_to: z.string().optional(), unsubscribe: z.string().optional() });

/** The Content-ID of a file, by its bytes. */
export function contentId({ hash }: { hash: string }): string {
  return `${hash.slice(0, 32)}@media`;
}

/** "…@example.com", the same for every attempt; without angle brackets. */
export function messageId({ key, payload }: Pick<Delivery, "key" | "payload">): string {
  const domain = parseMailbox(Wire.parse(payload.wire).from)?.address.split("@").at(-1) ?? "invalid";
  return `${sha256(`${key}\n${payload.to ?? ""}`).slice(0, 40)}@${domain}`;
}

/** The sender's bare address. */
export function senderOf({ payload }: Pick<Delivery, "payload">): string {
  return parseMailbox(Wire.parse(payload.wire).from)?.address ?? "";
}

/** What the composer of nodemailer builds the message from; `date` is epoch ms. */
export async function mailOf(delivery: Delivery, { read }: Pick<SendTools, "read">, date: number): Promise<MailData> {
  const { payload, key } = delivery;
  const { from, reply_to, unsubscribe } = Wire.parse(payload.wire);
  const replyTo = reply_to === undefined ? undefined : parseMailbox(reply_to);
  const attachments: NonNullable<MailData["attachments"]> = [];
  for (const file of payload.media)
    attachments.push({
      filename: basename(file.path),
      contentType: file.mime,
      content: Buffer.from(await read(file)),
      ...(file.mime.startsWith("image/") ? { cid: contentId(file) } : {}),
    });
  return {
    from: parseMailbox(from),
    // An object and not a text: a text would be read as a list.
    to: { name: "", address: payload.to ?? "" },
    ...(replyTo ? { replyTo } : {}),
    subject: payload.title ?? "",
    text: payload.text,
    ...(payload.html === undefined ? {} : { html: payload.html }),
    attachments,
    messageId: `<${messageId(delivery)}>`,
    date: new Date(date),
    baseBoundary: sha256(key).slice(0, 24),
    headers: unsubscribeHeaders(unsubscribe, payload.to ?? ""),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
