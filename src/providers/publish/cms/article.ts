import { sha256 } from "../../../lib/canonical.ts";
import type { Payload, PayloadMedia } from "../../../lib/outbox.ts";
import type { Composed, Delivery, Draft } from "../adapter.ts";
import { renderMarkdown } from "../markdown.ts";
import { escapeHtml, htmlToText } from "./html-text.ts";

/** What a content system takes of an article. */
export interface ArticleRules {
  /** Its name in messages. */
  name: string;
  /** Longest title, and how it is counted. */
  title: { max: number; unit: string; count(title: string): number };
  /** Longest alt text of the picture above the article, characters. */
  featureAlt?: number;
  /** MIME types that it stores. */
  mimes: readonly string[];
}

export interface ComposedArticle extends Composed {
  /** Index of the medium that stands above the article, where there is one. */
  feature: number | undefined;
}

/** An image as the Markdown renderer writes it; raw HTML in the text is escaped, so nothing else looks like this. */
const IMAGE = /<img src="([^"]*)" alt="([^"]*)"/g;
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/; // oxlint-disable-line no-control-regex

/**
 * An article for a content system: Markdown as HTML, with the path of each file in the place of the address that it will get.
 * A picture that the text does not name stands above the article, further ones below it.
 */
export function composeArticle(draft: Draft, rules: ArticleRules): ComposedArticle {
  const media = draft.media.map(({ path, hash, mime, size, alt }) => ({ path, hash, mime, size, ...(alt && { alt }) }));
  const named = new Set<string>();
  const strangers = new Set<string>();
  const body = renderMarkdown(draft.text).replaceAll(IMAGE, (whole, source: string, alt: string) => {
    const path = pathOf(source);
    const file = media.find((one) => one.path === path);
    if (file) named.add(file.path);
    else if (!/^https?:/i.test(source)) strangers.add(path);
    return file ? `<img src="${escapeHtml(file.path)}" alt="${alt || escapeHtml(file.alt ?? "")}"` : whole;
  });
  const first = media.findIndex(({ path, mime }) => mime.startsWith("image/") && !named.has(path));
  const feature = first === -1 ? undefined : first;
  const rest = media.filter(({ path }, index) => index !== feature && !named.has(path));
  const html = body + rest.map(figure).join("");
  const payload: Payload = {
    text: draft.text,
    ...(draft.title === undefined ? {} : { title: draft.title }),
    html,
    media,
    ...(draft.at === undefined ? {} : { at: draft.at }),
    wire: {},
  };
  return {
    payloads: [payload],
    feature,
    problems: problemsOf(draft, rules, feature === undefined ? undefined : media[feature]),
    warnings: [
      ...media
        .filter(({ alt }) => !alt)
        .map(({ path }) => `${path} has no alt text; add one for those who cannot see it`),
      ...[...strangers].map((path) => `the text shows ${path}, which is not among its media; readers will see a gap`),
    ],
  };
}

function problemsOf(draft: Draft, rules: ArticleRules, feature: PayloadMedia | undefined): string[] {
  const title = draft.title ?? "";
  const length = rules.title.count(title);
  const texts = [draft.text, ...draft.media.map(({ alt }) => alt ?? "")];
  const foreign = draft.media.filter(({ mime }) => !rules.mimes.includes(mime));
  const alt = feature?.alt ?? "";
  const checks: [boolean, string][] = [
    [title.trim() === "", `${rules.name} needs a title; give the content one`],
    [
      length > rules.title.max,
      `the title has ${length} ${rules.title.unit}, expected at most ${rules.title.max}; shorten it`,
    ],
    [draft.text.trim() === "", "the text is empty; write one"],
    [
      CONTROL.test(title) || /[\r\n\t]/.test(title) || texts.some((one) => CONTROL.test(one)),
      "the title, the text or an alt text holds a control character; remove it",
    ],
    [
      rules.featureAlt !== undefined && alt.length > rules.featureAlt,
      `the alt text of ${feature?.path ?? ""} has ${alt.length} characters, expected at most ${rules.featureAlt}; shorten it`,
    ],
    ...foreign.map(({ path, mime }): [boolean, string] => [
      true,
      `${path} is ${mime}, and ${rules.name} takes ${rules.mimes.join(", ")}; convert it or leave it out`,
    ]),
  ];
  return checks.filter(([wrong]) => wrong).map(([, problem]) => problem);
}

/** The HTML with the address that each file got on the server in the place of its path. */
export function withAddresses(html: string, addresses: ReadonlyMap<string, string>): string {
  return html.replaceAll(/<(img|video controls) src="([^"]*)"/g, (whole, tag: string, source: string) => {
    const address = addresses.get(pathOf(source));
    return address === undefined ? whole : `<${tag} src="${escapeHtml(address)}"`;
  });
}

/** A name in the address of the article that is the same on every attempt, and no other delivery has. */
export function articleSlug({ payload, key }: Pick<Delivery, "payload" | "key">): string {
  const words = (payload.title ?? "")
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, "");
  return `${words || "post"}-${sha256(key).slice(0, 8)}`;
}

/** SHA-256 of title and words, which is what remains of an article when a server rewrites its HTML. */
export function articleHash(title: string, html: string): string {
  return sha256(`${title}\n${htmlToText(html)}`);
}

function pathOf(source: string): string {
  const plain = source
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

function figure({ path, mime, alt }: PayloadMedia): string {
  const source = `src="${escapeHtml(path)}"`;
  if (mime.startsWith("video/")) return `<figure><video controls ${source}></video></figure>\n`;
  return `<figure><img ${source} alt="${escapeHtml(alt ?? "")}"></figure>\n`;
}
