import { z } from "zod";
import { JsonObject } from "../../../lib/json.ts";
import { type FeedFile, type FeedFormat, MAKER, NotOurFeed } from "./feed-file.ts";

const VERSION = "https://jsonfeed.org/version/1.1";
const Text = z.string().optional().catch(undefined);
const Item = z.looseObject({ id: z.string(), title: Text, content_html: Text });
const Raw = z.looseObject({ version: z.string(), user_comment: Text, items: z.array(z.record(z.string(), z.json())) });

/** JSON Feed 1.1; the file is kept as it is, with every member that we do not know. */
export const JSON_FEED: FeedFormat = {
  idOf: (key) => key,
  create: (options) =>
    fileOf({
      version: VERSION,
      title: options.title,
      home_page_url: options.link,
      ...(options.feed_url ? { feed_url: options.feed_url } : {}),
      ...(options.description ? { description: options.description } : {}),
      user_comment: MAKER,
      items: [],
    }),
  open(text) {
    const raw = Raw.safeParse(parsed(text));
    if (!raw.success || !raw.data.version.startsWith("https://jsonfeed.org/version/"))
      throw new NotOurFeed("is no JSON Feed that can be read");
    if (raw.data.user_comment !== MAKER) throw new NotOurFeed(`was not made here (its user_comment is not "${MAKER}")`);
    return fileOf(JsonObject.parse(raw.data));
  },
};

function fileOf(feed: JsonObject): FeedFile {
  let items = z.array(JsonObject).parse(feed["items"]);
  return {
    entries: () =>
      items.flatMap((one) => {
        const item = Item.safeParse(one);
        return item.success ? [{ id: item.data.id, title: item.data.title, html: item.data.content_html ?? "" }] : [];
      }),
    add({ id, title, html, text, publishedAt }) {
      const item: JsonObject = {
        id,
        ...(title === undefined ? {} : { title }),
        content_html: html,
        content_text: text,
        date_published: new Date(publishedAt).toISOString(),
      };
      items = [item, ...items];
    },
    remove(ids) {
      items = items.filter(({ id }) => typeof id !== "string" || !ids.has(id));
    },
    text: () => `${JSON.stringify({ ...feed, items }, null, 2)}\n`,
  };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
