import type { FeedOptions } from "./options.ts";

/** One entry as it is put into a feed. */
export interface FeedItem {
  id: string;
  title: string | undefined;
  html: string;
  text: string;
  /** Epoch ms. */
  publishedAt: number;
}

/** What stands in a feed under an id. */
export interface FeedEntry {
  id: string;
  title: string | undefined;
  html: string;
}

/** A feed file taken apart. Everything that it held is in it still, or it was refused. */
export interface FeedFile {
  entries(): FeedEntry[];
  /** Puts it on top. */
  add(item: FeedItem): void;
  remove(ids: ReadonlySet<string>): void;
  /** The whole file; `updatedAt` is epoch ms. */
  text(updatedAt: number): string;
}

/** One of the three formats. */
export interface FeedFormat {
  /** The id of an item in this format, from the key of its delivery. */
  idOf(key: string, options: FeedOptions): string;
  create(options: FeedOptions): FeedFile;
  /** Throws `NotOurFeed` for what cannot be read whole, is of another format or was made by something else. */
  open(text: string, options: FeedOptions): FeedFile;
}

/** Says who made a feed, so that no other is ever written over. */
export const MAKER = "ohmymkt";

/** Why a file is left alone, in words. */
export class NotOurFeed extends Error {}
