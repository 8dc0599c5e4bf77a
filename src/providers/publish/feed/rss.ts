import { generateRssFeed, parseRssFeed, type RssFeed } from "feedsmith";
import { type FeedFile, type FeedFormat, MAKER, NotOurFeed } from "./feed-file.ts";
import { lostParts } from "./xml-loss.ts";

type Rss = RssFeed.Feed<string>;

/** RSS 2.0. */
export const RSS: FeedFormat = {
  idOf: (key) => key,
  create: ({ title, link, feed_url, description }) =>
    fileOf({
      title,
      link,
      description: description ?? title,
      generator: MAKER,
      ...(feed_url ? { atom: { links: [{ href: feed_url, rel: "self", type: "application/rss+xml" }] } } : {}),
      items: [],
    }),
  open(text) {
    const feed = parsed(text);
    if (!feed || !text.trimEnd().endsWith("</rss>")) throw new NotOurFeed("is no RSS feed that can be read whole");
    if (feed.generator !== MAKER) throw new NotOurFeed(`was not made here (its generator is not "${MAKER}")`);
    const [lost] = lostParts(text, fileOf(feed).text(0));
    if (lost !== undefined) throw new NotOurFeed(`holds ${lost}, which would be lost when it is written anew`);
    return fileOf(feed);
  },
};

function fileOf(feed: Rss): FeedFile {
  let items = feed.items ?? [];
  return {
    entries: () =>
      items.map(({ guid, title, description }) => ({ id: guid?.value ?? "", title, html: description ?? "" })),
    add({ id, title, html, publishedAt }) {
      const item = {
        ...(title === undefined ? {} : { title }),
        description: html,
        guid: { value: id, isPermaLink: false },
        pubDate: new Date(publishedAt).toUTCString(),
      };
      items = [item, ...items];
    },
    remove(ids) {
      items = items.filter(({ guid }) => !ids.has(guid?.value ?? ""));
    },
    text: (updatedAt) => generateRssFeed({ ...feed, lastBuildDate: new Date(updatedAt).toUTCString(), items }),
  };
}

function parsed(text: string): Rss | undefined {
  try {
    return parseRssFeed(text);
  } catch {
    return undefined;
  }
}
