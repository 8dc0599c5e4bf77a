import { type AtomFeed, generateAtomFeed, parseAtomFeed } from "feedsmith";
import { type FeedFile, type FeedFormat, MAKER, NotOurFeed } from "./feed-file.ts";
import type { FeedOptions } from "./options.ts";
import { lostParts } from "./xml-loss.ts";

type Atom = AtomFeed.Feed<string>;

/** Atom (RFC 4287). */
export const ATOM: FeedFormat = {
  // An id there is an address that never changes; RFC 4151 makes one of a host and a day.
  idOf: (key, options) => tag(options, key),
  create: (options) =>
    fileOf({
      id: tag(options, options.path),
      title: { value: options.title },
      ...(options.description ? { subtitle: { value: options.description } } : {}),
      links: [
        { href: options.link, rel: "alternate" },
        ...(options.feed_url ? [{ href: options.feed_url, rel: "self" }] : []),
      ],
      authors: [{ name: options.title }],
      generator: { text: MAKER },
      updated: new Date(0).toISOString(),
      entries: [],
    }),
  open(text) {
    const feed = parsed(text);
    if (!feed || !text.trimEnd().endsWith("</feed>")) throw new NotOurFeed("is no Atom feed that can be read whole");
    if (feed.generator?.text !== MAKER) throw new NotOurFeed(`was not made here (its generator is not "${MAKER}")`);
    const [lost] = lostParts(text, fileOf(feed).text(0));
    if (lost !== undefined) throw new NotOurFeed(`holds ${lost}, which would be lost when it is written anew`);
    return fileOf(feed);
  },
};

function tag({ link }: FeedOptions, name: string): string {
  return `tag:${new URL(link).hostname},2026:${name}`;
}

function fileOf(feed: Atom): FeedFile {
  let entries = feed.entries ?? [];
  return {
    entries: () =>
      entries.map(({ id, title, content }) => ({ id: id ?? "", title: title?.value, html: content?.value ?? "" })),
    add({ id, title, html, publishedAt }) {
      const at = new Date(publishedAt).toISOString();
      const entry = {
        id,
        title: { value: title ?? "" },
        updated: at,
        published: at,
        content: { value: html, type: "html" },
      };
      entries = [entry, ...entries];
    },
    remove(ids) {
      entries = entries.filter(({ id }) => !ids.has(id ?? ""));
    },
    text: (updatedAt) => generateAtomFeed({ ...feed, updated: new Date(updatedAt).toISOString(), entries }),
  };
}

function parsed(text: string): Atom | undefined {
  try {
    return parseAtomFeed(text);
  } catch {
    return undefined;
  }
}
