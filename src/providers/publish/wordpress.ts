import { z } from "zod";
import { Receipt } from "../../lib/outbox.ts";
import { ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";
import type { Delivery, PublishAdapter, PublishChannel, SendTools } from "./adapter.ts";
import { articleHash, articleSlug, composeArticle, withAddresses } from "./cms/article.ts";
import { htmlToText } from "./cms/html-text.ts";
import { laterAt } from "./later.ts";
import { SKEW_MS } from "./publish-once.ts";
import { openWordPress, REST_STYLES, WORDPRESS_TYPES, type WordPressPost } from "./cms/wordpress-site.ts";

const WordPressOptions = z.strictObject({
  /** Who the application password belongs to. */
  username: z
    .string()
    .min(1)
    .max(60)
    .regex(/^[^:\p{Cc}]+$/u),
  /** Where the REST API is; found out when it is not said. */
  rest: z.enum(["try", ...REST_STYLES]).default("try"),
  /** A draft waits in WordPress for a person to publish it. */
  deliver: z.enum(["publish", "draft"]).default("publish"),
  type: z.enum(WORDPRESS_TYPES).default("posts"),
  /** Ids of categories that are there; pages have none. */
  categories: z.array(z.int().positive()).max(20).default([]),
});
/** wp_insert_post publishes at once what is less than a minute away. */
const LATER = { platform: "WordPress", nearestMs: 60_000 + SKEW_MS };
type WordPressOptions = z.infer<typeof WordPressOptions>;
/** What a payload carries of the options, so that the approval covers it. */
const Wire = z.object({
  deliver: z.enum(["publish", "draft"]),
  type: z.enum(WORDPRESS_TYPES),
  categories: z.array(z.int()),
  feature: z.int().optional(),
});
/** What earlier attempts noted: the post. */
const Progress = z.object({ post: z.int().optional() });

/** WordPress, by its REST API. A draft is made under a name of its own, found again by it, and only then published. */
export const WORDPRESS: PublishAdapter<WordPressOptions> = {
  spec: {
    id: "wordpress",
    title: "WordPress",
    category: "publish",
    secrets: [{ use: "application_password", names: ["WORDPRESS_APPLICATION_PASSWORD"] }],
    hosts: [],
    url: { required: true, example: "https://www.example.com", schemes: ["https:", "http:"] },
    options: WordPressOptions,
    setup:
      "In WordPress, open the profile of a user who may publish, add an application password, put it into the variable and the user's name into options.username. The url is the address of the site.",
  },
  exactlyOnce: "two_steps",
  readBack: { possible: true, settleMs: 0 },
  retracts: "unpublishes",
  schedules: true,
  audience: false,
  account: ({ options, url }) => `${options.username}@${url?.host ?? ""}${url?.pathname.replace(/\/+$/, "") ?? ""}`,
  compose(draft, { options }) {
    const { deliver, type, categories } = options;
    const { feature, payloads, problems, warnings } = composeArticle(draft, {
      name: "WordPress",
      // The column post_title of WordPress's schema is MySQL's TEXT.
      title: { max: 65_535, unit: "bytes", count: (title) => Buffer.byteLength(title) },
      mimes: ["image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/webm", "video/quicktime"],
    });
    if (type === "pages" && categories.length > 0)
      problems.push("pages have no categories; leave categories out or choose type posts");
    if (deliver === "draft")
      warnings.push(
        `WordPress gets a draft that a person publishes there${draft.at === undefined ? "" : `; nothing appears at ${draft.at} by itself`}`,
      );
    const wire = { deliver, type, categories, ...(feature === undefined ? {} : { feature }) };
    return { payloads: payloads.map((payload) => ({ ...payload, wire })), problems, warnings };
  },
  open: (access) => openChannel(access),
};

function openChannel(access: Access<WordPressOptions>): PublishChannel {
  const site = openWordPress(access, access.options.username, access.options.rest);

  const locate = async (delivery: Delivery, id: number | undefined): Promise<WordPressPost | undefined> => {
    const { type } = Wire.parse(delivery.payload.wire);
    const known = id === undefined ? undefined : await site.byId(type, id);
    return known ?? (await site.bySlug(type, articleSlug(delivery)));
  };

  const create = async (delivery: Delivery, tools: SendTools): Promise<WordPressPost> => {
    const { payload } = delivery;
    const { type, categories, feature } = Wire.parse(payload.wire);
    const slug = articleSlug(delivery);
    const addresses = new Map<string, string>();
    let top: number | undefined;
    for (const [index, file] of payload.media.entries()) {
      const stored = await site.upload(file, `${slug}-m${index + 1}`, await tools.read(file));
      addresses.set(file.path, stored.source_url);
      if (index === feature) top = stored.id;
    }
    const made = await site.add(type, {
      title: payload.title ?? "",
      slug,
      content: withAddresses(payload.html ?? "", addresses),
      status: "draft",
      ...(categories.length > 0 ? { categories } : {}),
      ...(top === undefined ? {} : { featured_media: top }),
    });
    // Drafts may share a name: where an earlier attempt arrived late, its draft is the one, for all who ask.
    const kept = (await site.bySlug(type, slug)) ?? made;
    if (kept.id !== made.id) await site.trash(type, made.id);
    return kept;
  };

  return {
    check: () => site.check(),

    async send(delivery, tools) {
      const progress = Progress.parse(delivery.progress ?? {});
      const post = (await locate(delivery, progress.post)) ?? (await create(delivery, tools));
      if (progress.post !== post.id) await tools.note({ post: post.id });
      assertBody(post, delivery);
      const done = receiptOf(post, delivery);
      if (done) return done;
      const { type } = Wire.parse(delivery.payload.wire);
      const at = laterAt(delivery.payload.at, access.now(), LATER);
      await site.edit(
        type,
        post.id,
        at === undefined
          ? { status: "publish" }
          : { status: "future", date_gmt: new Date(at).toISOString().slice(0, 19) },
      );
      const receipt = receiptOf(await site.byId(type, post.id), delivery);
      if (!receipt) throw new ProviderFailure("uncertain", "WordPress took the post and does not show it as published");
      return receipt;
    },

    find: async (delivery, receipt) =>
      receiptOf(
        await locate(
          delivery,
          receipt === undefined ? Progress.parse(delivery.progress ?? {}).post : Number(receipt.remote_id),
        ),
        delivery,
      ),

    async retract({ payload }, receipt) {
      const { type } = Wire.parse(payload.wire);
      const id = Number(receipt.remote_id);
      const post = await site.byId(type, id);
      if (!post) return;
      if (receipt.draft === true) return site.trash(type, id);
      if (isOut(post)) await site.edit(type, id, { status: "draft" });
      const left = await site.byId(type, id);
      if (left && isOut(left))
        throw new ProviderFailure("uncertain", `WordPress still shows the post as ${left.status}`);
    },
  };
}

/** Public, or waiting to become so by itself. */
function isOut({ status }: WordPressPost): boolean {
  return status === "publish" || status === "future";
}

/** The delivery as WordPress has it; undefined while it is not where it was meant to be. */
function receiptOf(post: WordPressPost | undefined, { payload }: Delivery): Receipt | undefined {
  if (!post || !(isOut(post) || Wire.parse(payload.wire).deliver === "draft")) return undefined;
  return Receipt.parse({
    remote_id: String(post.id),
    url: post.link,
    remote_hash: articleHash(post.title.raw, post.content.raw),
    remote: { slug: post.slug },
    ...(isOut(post) ? {} : { draft: true }),
    ...(post.status === "future" ? { scheduled_for: `${post.date_gmt}Z` } : {}),
  });
}

/** A server that drops our HTML answers as if all was well. */
function assertBody(post: WordPressPost, { payload }: Delivery): void {
  if (htmlToText(payload.html ?? "") === "" || htmlToText(post.content.raw) !== "") return;
  throw new ProviderFailure("rejected", "WordPress made the post with an empty body; nothing was published");
}
