import { z } from "zod";

const Address = z.email().max(254);
// oxlint-disable-next-line no-control-regex
const NAMED = /^(?<name>[^<>\u0000-\u001f\u007f]{0,200}?)\s*<(?<address>[^<>\s]+)>$/;

export interface Mailbox {
  name: string;
  address: string;
}

/** "news@example.com" or "Example News <news@example.com>" taken apart; undefined where it is neither. */
export function parseMailbox(text: string): Mailbox | undefined {
  const { name = "", address = text } = NAMED.exec(text.trim())?.groups ?? {};
  return Address.safeParse(address).success ? { name: name.replace(/^"(.*)"$/, "$1").trim(), address } : undefined;
}

const MailboxText = z
  .string()
  .max(500)
  .refine((text) => parseMailbox(text) !== undefined, "expected news@example.com or Example News <news@example.com>");

/** Settings of a mail account. */
export const SmtpOptions = z.strictObject({
  from: MailboxText,
  reply_to: MailboxText.optional(),
  /** "mailto:off@example.com", or an https address that ends a subscription by POST (RFC 8058); {to} stands for the recipient. */
  unsubscribe: z
    .string()
    .max(500)
    .regex(/^(?:mailto:[^\s<>"]+@[^\s<>"]+|https:\/\/[^\s<>"]+)$/)
    .optional(),
  /** Refuse to go on without encryption; true where nothing is said, save on loopback. */
  require_tls: z.boolean().optional(),
});
export type SmtpOptions = z.infer<typeof SmtpOptions>;
