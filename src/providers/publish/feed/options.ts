import { z } from "zod";

export const FEED_FORMATS = ["rss", "atom", "json"] as const;

const Web = z.url({ protocol: /^https?$/ }).max(500);
const Line = z
  .string()
  .min(1)
  .max(500)
  .regex(/^\P{Cc}+$/u, "expected one line without control characters");

/** Settings of a feed that is a file of the project. */
export const FeedOptions = z.strictObject({
  /** Relative to the project, such as public/feed.xml. */
  path: z
    .string()
    .max(300)
    .regex(/^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*\.(?:xml|rss|atom|json)$/, "expected a path such as public/feed.xml")
    // Tools read package.json, tsconfig.json and their like wherever they stand; a feed must not become one.
    .refine(
      (path) => !path.endsWith(".json") || /feed[^/]*$/i.test(path),
      "expected a JSON file with feed in its name",
    ),
  format: z.enum(FEED_FORMATS),
  title: Line,
  /** The site that the feed is of. */
  link: Web,
  /** Where readers fetch the feed. */
  feed_url: Web.optional(),
  description: Line.optional(),
  /** Our oldest items beyond these are dropped. */
  items: z.int().min(1).max(1000).default(50),
});
export type FeedOptions = z.infer<typeof FeedOptions>;
