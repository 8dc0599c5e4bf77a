import type { PayloadMedia } from "../../lib/outbox.ts";
import type { Draft, MediaFile } from "./adapter.ts";

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** What makes a text impossible on every platform. */
export function textProblems(text: string, what = "text"): string[] {
  const problems: string[] = [];
  if (text.trim() === "") problems.push(`the ${what} is empty; write one`);
  if (CONTROL.test(text)) problems.push(`the ${what} holds a control character; remove it`);
  if (!text.isWellFormed()) problems.push(`the ${what} holds half of a character (a lone surrogate); remove it`);
  return problems;
}

/** One problem where `got` is above `limit`; both are in `unit`. */
export function limitProblems(platform: string, unit: string, limit: number, got: number): string[] {
  if (got <= limit) return [];
  return [`${platform} takes at most ${limit} ${unit}, got ${got}; shorten by ${got - limit}`];
}

export interface MediaLimits {
  platform: string;
  count: number;
  /** Bytes of one file, by the start of its type. */
  bytes: Readonly<Record<string, number>>;
  /** Longest description, characters. */
  alt: number;
}

/** What is wrong with the files: too many, of a kind that the platform or this adapter does not take, or too large. */
export function mediaProblems(media: readonly MediaFile[], { platform, count, bytes, alt }: MediaLimits): string[] {
  const kinds = Object.keys(bytes);
  return [
    ...(media.length > count ? [`${platform} takes at most ${count} files, got ${media.length}; leave some out`] : []),
    ...media.flatMap((file) => {
      const kind = kinds.find((one) => file.mime === one);
      if (kind === undefined)
        return [`${platform} gets ${kinds.join(", ")} from here, got ${file.mime} (${file.path}); convert it`];
      const limit = bytes[kind] ?? 0;
      if (file.size <= limit) return [];
      return [`${platform} takes at most ${limit} bytes as ${kind}, got ${file.size} (${file.path}); make it smaller`];
    }),
    ...media.flatMap((file) =>
      limitProblems(platform, `characters of alt text (${file.path})`, alt, file.alt?.length ?? 0),
    ),
    ...media.flatMap((file) =>
      CONTROL.test(file.alt ?? "") ? [`the alt text of ${file.path} holds a control character; remove it`] : [],
    ),
  ];
}

/** What a person should know of any post. */
export function postWarnings(platform: string, draft: Draft): string[] {
  return [
    ...(draft.title === undefined ? [] : [`${platform} shows no title; "${draft.title}" is left out`]),
    ...insecureLinks(draft.text),
    ...draft.media
      .filter(({ alt }) => !alt?.trim())
      .map(({ path }) => `${path} has no alt text; describe it for those who cannot see it`),
  ];
}

/** One warning for every link that is not encrypted. */
export function insecureLinks(text: string): string[] {
  return (text.match(/\bhttp:\/\/[^\s<>"')\]]+/gi) ?? []).map((link) => `${link} is not encrypted; use https`);
}

/** The file as a payload carries it. */
export function payloadMedia({ path, hash, mime, size, alt }: MediaFile): PayloadMedia {
  return { path, hash, mime, size, ...(alt?.trim() ? { alt } : {}) };
}

/** Words with one blank between them: what survives a platform's trimming and its way to show line breaks. */
export function collapsed(text: string): string {
  return text.normalize("NFC").replace(/\s+/gu, " ").trim();
}
