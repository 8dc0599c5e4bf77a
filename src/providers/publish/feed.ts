import { OhmymktError } from "../../errors.ts";
import { sha256 } from "../../lib/canonical.ts";
import type { Receipt } from "../../lib/outbox.ts";
import { ProviderFailure } from "../failure.ts";
import type { Access, AccessFiles } from "../provider.ts";
import type { Delivery, PublishAdapter, PublishChannel } from "./adapter.ts";
import { ATOM } from "./feed/atom.ts";
import { composeEntry } from "./feed/compose.ts";
import { type FeedFile, type FeedFormat, NotOurFeed } from "./feed/feed-file.ts";
import { JSON_FEED } from "./feed/json.ts";
import { FeedOptions } from "./feed/options.ts";
import { RSS } from "./feed/rss.ts";

const FORMATS: Record<FeedOptions["format"], FeedFormat> = { rss: RSS, atom: ATOM, json: JSON_FEED };
/** What an id of ours ends with: the key of a delivery. */
const OURS = /(?:^|:)[0-9a-f]{64}$/;

export const FEED: PublishAdapter<FeedOptions> = {
  spec: {
    id: "feed",
    title: "Feed file (RSS, Atom, JSON Feed)",
    category: "publish",
    aliases: ["rss", "atom"],
    secrets: [],
    hosts: [],
    options: FeedOptions,
    setup: "No key. Options: path (such as public/feed.xml), format, title and link; put the file on your site.",
  },
  exactlyOnce: "deterministic_id",
  readBack: { possible: true, settleMs: 0 },
  retracts: "deletes",
  schedules: false,
  audience: false,
  account: ({ options }) => options.path,
  compose: (draft, { options }) => composeEntry(draft, options),
  open: openFeed,
};

function openFeed(access: Access<FeedOptions>): PublishChannel {
  const { options } = access;
  const format = FORMATS[options.format];
  const idOf = ({ key }: Pick<Delivery, "key">): string => format.idOf(key, options);

  const opened = (text: string): FeedFile => {
    // What is not UTF-8 was read with these in its place, and would be written so.
    if (text.includes("\ufffd")) throw new NotOurFeed("is not UTF-8");
    return format.open(text.replace(/^\ufeff/, ""), options);
  };
  const receiptOf = (file: FeedFile, id: string): Receipt | undefined => {
    const entry = file.entries().find((one) => one.id === id);
    if (!entry) return undefined;
    const url = `${options.feed_url ?? options.link}#${encodeURIComponent(id)}`;
    return { remote_id: id, url, remote_hash: sha256(JSON.stringify([entry.title ?? "", entry.html])) };
  };
  const change = (work: (file: FeedFile) => boolean): Promise<void> =>
    guarded(options.path, () =>
      filesOf(access).update(options.path, (text) => {
        const file = text === undefined ? format.create(options) : opened(text);
        return work(file) ? file.text(access.now()) : undefined;
      }),
    );
  const look = (id: string): Promise<Receipt | undefined> =>
    guarded(options.path, async () => {
      const text = await filesOf(access).read(options.path);
      return text === undefined ? undefined : receiptOf(opened(text), id);
    });

  return {
    async check() {
      await look("");
      return { account: options.path };
    },
    find: (delivery) => look(idOf(delivery)),
    async send(delivery) {
      const { title, text, html = "" } = delivery.payload;
      const id = idOf(delivery);
      await change((file) => {
        if (receiptOf(file, id)) return false;
        file.add({ id, title, html, text, publishedAt: access.now() });
        file.remove(tooOld(file, options.items));
        return true;
      });
      const receipt = await look(id);
      if (receipt) return receipt;
      throw new ProviderFailure("uncertain", `${options.path} was written, and the entry is not in it`);
    },
    async retract(_delivery, { remote_id }) {
      await change((file) => {
        if (!receiptOf(file, remote_id)) return false;
        file.remove(new Set([remote_id]));
        return true;
      });
    },
  };
}

/** Ids of our entries beyond the newest so many. */
function tooOld(file: FeedFile, most: number): ReadonlySet<string> {
  const ours = file.entries().filter(({ id }) => OURS.test(id));
  return new Set(ours.slice(most).map(({ id }) => id));
}

function filesOf({ files }: Access<FeedOptions>): AccessFiles {
  if (files) return files;
  throw new ProviderFailure("missing", "a feed needs a project on a disk, and this one has none");
}

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProviderFailure) throw error;
    if (error instanceof NotOurFeed)
      throw new ProviderFailure(
        "rejected",
        `${path} ${error.message}; nothing was changed. Set another path, or move that file away`,
      );
    if (error instanceof OhmymktError && error.code === "not_allowed")
      throw new ProviderFailure("rejected", error.message);
    throw new ProviderFailure(
      "uncertain",
      `${path}: ${error instanceof Error ? error.message : "could not be changed"}`,
      {
        cause: error,
      },
    );
  }
}
