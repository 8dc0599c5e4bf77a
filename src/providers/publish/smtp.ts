import { ProviderFailure } from "../failure.ts";
import type { PublishAdapter } from "./adapter.ts";
import { composeMails } from "./mailing.ts";
import { contentId, mailOf, messageId, senderOf } from "./smtp/message.ts";
import { parseMailbox, SmtpOptions } from "./smtp/options.ts";
import { talk } from "./smtp/session.ts";
import { unsubscribeAddress } from "./unsubscribe.ts";

/** Gmail, Outlook.com and most others take 25 MB; base64 makes a file a third larger. */
const FILE_BYTES = (25 * 1024 * 1024 * 3) / 4;
/** Exchange Online's limit; other servers have larger ones. */
const SUBJECT = 255;

export const SMTP: PublishAdapter<SmtpOptions> = {
  spec: {
    id: "smtp",
    title: "Mail (SMTP)",
    category: "publish",
    aliases: ["mail", "email"],
    secrets: [
      { use: "user", names: ["SMTP_USER"], optional: true, open: true },
      { use: "password", names: ["SMTP_PASSWORD"], optional: true },
    ],
    hosts: [],
    url: { required: true, example: "smtps://mail.example.com:465", schemes: ["smtps:", "smtp:"] },
    options: SmtpOptions,
    setup: "The address of your provider's mail server, and its user and password. Options: from.",
  },
  exactlyOnce: "none",
  readBack: { possible: false, settleMs: 0 },
  retracts: "none",
  schedules: false,
  audience: true,
  account: ({ options, url }) => `${parseMailbox(options.from)?.address ?? options.from} by ${url?.hostname ?? "?"}`,
  compose: (draft, { options: { from, reply_to, unsubscribe } }) =>
    composeMails(draft, {
      platform: "Mail",
      subject: SUBJECT,
      size: { limit: FILE_BYTES, unit: "bytes of files", of: (files) => files.reduce((sum, size) => sum + size, 0) },
      unsubscribe,
      contentId,
      // Who it comes from and how it ends are part of what is approved.
      wire: (to) => ({
        from,
        ...(reply_to === undefined ? {} : { reply_to }),
        ...(unsubscribe === undefined ? {} : { unsubscribe: unsubscribeAddress(unsubscribe, to) }),
      }),
    }),
  open: (access) => ({
    async check() {
      await talk(access);
      return { account: parseMailbox(access.options.from)?.address ?? access.options.from };
    },
    async send(delivery, tools) {
      const { default: MailComposer } = await import("nodemailer/lib/mail-composer");
      const message = await new MailComposer(await mailOf(delivery, tools, access.now())).compile().build();
      const reply = await talk(access, { from: senderOf(delivery), to: delivery.payload.to ?? "", message });
      return { remote_id: messageId(delivery), remote: { reply: access.network.redact(reply).slice(0, 200) } };
    },
    async find() {
      throw new ProviderFailure("uncertain", "a mail server does not say what it delivered; ask the recipient");
    },
    async retract() {
      throw new ProviderFailure("rejected", "mail cannot be taken back; send a correction with class notice");
    },
  }),
};
