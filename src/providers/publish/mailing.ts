import { z } from "zod";
import type { JsonObject } from "../../lib/json.ts";
import type { Payload } from "../../lib/outbox.ts";
import type { Composed, Draft, MediaFile } from "./adapter.ts";
import { insecureLinks, limitProblems, payloadMedia, textProblems } from "./checks.ts";
import { escapeHtml } from "./cms/html-text.ts";
import { renderMarkdown } from "./markdown.ts";
import { unsubscribeWarnings } from "./unsubscribe.ts";

export interface MailRules {
  platform: string;
  /** Longest subject, characters. */
  subject: number;
  /** The limit of a mail, and what of it counts, in bytes. */
  size: { limit: number; unit: string; of(files: readonly number[], words: number): number };
  unsubscribe: string | undefined;
  /** What a picture is called within the mail. */
  contentId(file: Pick<MediaFile, "hash">): string;
  wire(to: string): JsonObject;
}

const Address = z.email().max(254);
/** What an inbox shows of a subject, and how much HTML Gmail shows before it cuts a mail. */
const SEEN_SUBJECT = 60;
const GMAIL_BYTES = 102 * 1024;

/** One mail for every recipient: Markdown as text and as HTML, with the pictures in it; other files are attached. */
export function composeMails(draft: Draft, rules: MailRules): Composed {
  const text = draft.text.replaceAll(/\r\n?/g, "\n");
  const html = htmlOf(text, draft.media, rules);
  const title = (draft.title ?? "").trim();
  const recipients = [...new Map(draft.audience.map((one) => [one.trim().toLowerCase(), one.trim()])).values()];
  const words = Buffer.byteLength(text) + Buffer.byteLength(html);
  const bytes = rules.size.of(
    draft.media.map(({ size }) => size),
    words,
  );
  const media = draft.media.map(payloadMedia);
  const payloads = recipients.map((to): Payload => ({
    text,
    title,
    html,
    media,
    to,
    wire: rules.wire(to),
    ...(draft.at ? { at: draft.at } : {}),
  }));
  return {
    payloads,
    warnings: [
      ...unsubscribeWarnings(rules.unsubscribe, draft.class),
      ...(title.length > SEEN_SUBJECT
        ? [`the subject has ${title.length} characters; inboxes show about ${SEEN_SUBJECT}`]
        : []),
      ...(Buffer.byteLength(html) > GMAIL_BYTES
        ? [`the HTML has ${Buffer.byteLength(html)} bytes; Gmail cuts a mail at ${GMAIL_BYTES}`]
        : []),
      ...insecureLinks(text),
      ...draft.media
        .filter(({ alt, mime }) => isPicture(mime) && !alt?.trim())
        .map(({ path }) => `${path} has no alt text; describe it for those who cannot see it`),
      ...duplicates(draft.audience.length - recipients.length),
    ],
    problems: [
      ...textProblems(text),
      ...(draft.title === undefined
        ? ["a mail needs a subject; give it a title"]
        : textProblems(title, "subject (title)")),
      ...(/[\r\n\t]/.test(title) ? ["the subject (title) has more than one line or a tab; put it on one line"] : []),
      ...limitProblems(rules.platform, "characters of subject", rules.subject, title.length),
      ...limitProblems(rules.platform, rules.size.unit, rules.size.limit, bytes),
      ...(recipients.length === 0 ? ["nobody is addressed; name at least one recipient"] : []),
      ...recipients
        .filter((to) => !Address.safeParse(to).success)
        .map((to) => `expected a mail address, got ${JSON.stringify(to.slice(0, 100))}, which is no mail address`),
      ...draft.media.flatMap(({ path, alt = "" }) => (alt === "" ? [] : textProblems(alt, `alt text of ${path}`))),
    ],
  };
}

function duplicates(count: number): string[] {
  return count > 0 ? [`${count} recipient(s) are named more than once; each gets one mail`] : [];
}

/** A picture that the text names stands where it is named, the others below the words. */
function htmlOf(text: string, media: readonly MediaFile[], { contentId }: MailRules): string {
  let body = renderMarkdown(text);
  for (const file of media.filter(({ mime }) => isPicture(mime))) {
    const source = `src="cid:${contentId(file)}"`;
    const named = `src="${escapeHtml(encodeURI(file.path))}"`;
    if (body.includes(named)) body = body.replaceAll(named, source);
    else body += `<p><img ${source} alt="${escapeHtml(file.alt ?? "")}" style="max-width:100%"></p>\n`;
  }
  return body;
}

function isPicture(mime: string): boolean {
  return mime.startsWith("image/");
}
