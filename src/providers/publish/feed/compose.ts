import type { Composed, Draft } from "../adapter.ts";
import { insecureLinks, textProblems } from "../checks.ts";
import { renderMarkdown } from "../markdown.ts";
import type { FeedOptions } from "./options.ts";

/** Longest title that is made of a text; readers cut later. */
const TITLE_LENGTH = 80;
/** XML 1.0 §2.2 has no place for these. */
const NOT_XML = /[\ufffe\uffff]/;

/** The entry as it will stand in the file. */
export function composeEntry(draft: Draft, { format }: Pick<FeedOptions, "format">): Composed {
  const text = draft.text.replaceAll(/\r\n?/g, "\n");
  const title = draft.title?.trim() || (format === "atom" ? firstWords(text) : undefined);
  return {
    payloads: [
      {
        text,
        html: renderMarkdown(text).trim(),
        media: [],
        wire: {},
        ...(title ? { title } : {}),
        ...(draft.at ? { at: draft.at } : {}),
      },
    ],
    warnings: [
      ...insecureLinks(text),
      ...(draft.title?.trim() || !title
        ? []
        : [`an Atom entry needs a title; "${title}" is made of the text. Give one to have another`]),
    ],
    problems: [
      ...textProblems(text),
      ...(title ? textProblems(title, "title") : []),
      ...(title && /[\n\t]/.test(title) ? ["the title holds a line break; put it on one line"] : []),
      ...(NOT_XML.test(`${text}${title}`) ? ["the text holds U+FFFE or U+FFFF, which no feed may; remove it"] : []),
      ...draft.media.map(({ path }) => `a feed holds no files, got ${path}; publish it first and link to it`),
    ],
  };
}

function firstWords(text: string): string {
  const line = text
    .replace(/[#*_`>[\]]/g, "")
    .replace(/\s+/g, " ")
    .trim();
  if (line.length <= TITLE_LENGTH) return line;
  return `${line
    .slice(0, TITLE_LENGTH)
    .replace(/\s+\S*$/, "")
    .toWellFormed()}…`;
}
