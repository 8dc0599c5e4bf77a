import { z } from "zod";
import type { JsonObject } from "../../lib/json.ts";
import { Receipt } from "../../lib/outbox.ts";
import { ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";
import type { Delivery, PublishAdapter, PublishChannel, SendTools } from "./adapter.ts";
import { articleHash, articleSlug, composeArticle, withAddresses } from "./cms/article.ts";
import { openGhost, type GhostPost } from "./cms/ghost-posts.ts";
import { htmlToText } from "./cms/html-text.ts";
import { laterAt } from "./later.ts";
import { SKEW_MS } from "./publish-once.ts";

const GhostOptions = z.strictObject({
  /** A draft waits in Ghost for a person to publish it. */
  deliver: z.enum(["publish", "draft"]).default("publish"),
  /** Names of tags; Ghost makes those that it does not have. */
  tags: z
    .array(
      z
        .string()
        .min(1)
        .max(191)
        .regex(/^[^,\p{Cc}]+$/u),
    )
    .max(20)
    .default([]),
});
/** `times.cannotScheduleAPostBeforeInMinutes` of Ghost's overrides.json is 2: it refuses what is nearer. */
const LATER = { platform: "Ghost", nearestMs: 2 * 60_000 + SKEW_MS };
type GhostOptions = z.infer<typeof GhostOptions>;
/** What a payload carries of the options, so that the approval covers it. */
const Wire = z.object({
  deliver: z.enum(["publish", "draft"]),
  tags: z.array(z.string()),
  feature: z.int().optional(),
});

/** What earlier attempts noted: addresses of uploaded files by hash, and the post. */
const Progress = z.object({
  files: z.record(z.string(), z.string()).default({}),
  post: z.string().nullable().default(null),
});

/** Ghost, by its Admin API. A draft is made under a name of its own, found again by it, and only then published. */
export const GHOST: PublishAdapter<GhostOptions> = {
  spec: {
    id: "ghost",
    title: "Ghost",
    category: "publish",
    secrets: [{ use: "api_key", names: ["GHOST_ADMIN_API_KEY"] }],
    hosts: [],
    url: { required: true, example: "https://blog.example.com", schemes: ["https:", "http:"] },
    options: GhostOptions,
    setup:
      "In Ghost's settings, under Integrations, add a custom integration and copy its Admin API key (id:secret) into the variable. The url is the one that the Admin's address begins with.",
  },
  exactlyOnce: "two_steps",
  readBack: { possible: true, settleMs: 0 },
  retracts: "unpublishes",
  schedules: true,
  audience: false,
  account: ({ url }) => `${url?.host ?? ""}${url?.pathname.replace(/\/+$/, "") ?? ""}`,
  compose(draft, { options }) {
    const composed = composeArticle(draft, {
      name: "Ghost",
      // Both of Ghost's own schema.js (6.65): posts.title and feature_image_alt; the images of its overrides.json.
      title: { max: 255, unit: "characters", count: (title) => [...title].length },
      featureAlt: 191,
      mimes: ["image/jpeg", "image/png", "image/gif", "image/webp"],
    });
    const { feature, problems, warnings } = composed;
    const wire: JsonObject = {
      deliver: options.deliver,
      tags: options.tags,
      ...(feature === undefined ? {} : { feature }),
    };
    if (options.deliver === "draft")
      warnings.push(
        `Ghost gets a draft that a person publishes there${draft.at === undefined ? "" : `; nothing appears at ${draft.at} by itself`}`,
      );
    return { payloads: composed.payloads.map((payload) => ({ ...payload, wire })), problems, warnings };
  },
  open: (access) => openChannel(access),
};

function openChannel(access: Access<GhostOptions>): PublishChannel {
  const posts = openGhost(access);

  const locate = async (delivery: Delivery, id: string | null): Promise<GhostPost | undefined> =>
    (id === null ? undefined : await posts.byId(id)) ?? (await posts.bySlug(articleSlug(delivery)));

  const send = async (delivery: Delivery, tools: SendTools): Promise<Receipt> => {
    const progress = Progress.parse(delivery.progress ?? {});
    const existing = await locate(delivery, progress.post);
    const post = existing ?? (await create(delivery, tools, progress));
    if (progress.post !== post.id) await tools.note({ ...progress, post: post.id });
    assertBody(post, delivery);
    const done = receiptOf(post, delivery);
    if (done) return done;
    const at = laterAt(delivery.payload.at, access.now(), LATER);
    await posts.edit(post, at === undefined ? { status: "published" } : { status: "scheduled", published_at: at });
    const receipt = receiptOf(await posts.byId(post.id), delivery);
    if (!receipt) throw new ProviderFailure("uncertain", "Ghost took the post and does not show it as published");
    return receipt;
  };

  const create = async (
    delivery: Delivery,
    tools: SendTools,
    progress: z.infer<typeof Progress>,
  ): Promise<GhostPost> => {
    const { payload } = delivery;
    const { tags, feature } = Wire.parse(payload.wire);
    const addresses = new Map<string, string>();
    for (const file of payload.media) {
      const address = progress.files[file.hash] ?? (await posts.upload(file, await tools.read(file)));
      addresses.set(file.path, address);
      progress.files[file.hash] = address;
      await tools.note(progress);
    }
    const top = feature === undefined ? undefined : payload.media[feature];
    const made = await posts.add({
      title: payload.title ?? "",
      slug: articleSlug(delivery),
      html: withAddresses(payload.html ?? "", addresses),
      status: "draft",
      tags,
      ...(top ? { feature_image: addresses.get(top.path) ?? null, feature_image_alt: top.alt ?? null } : {}),
    });
    if (made.slug === articleSlug(delivery)) return made;
    // An earlier attempt arrived late and has the name; ours is a second draft that nobody needs.
    await posts.remove(made);
    const first = await posts.bySlug(articleSlug(delivery));
    if (!first)
      throw new ProviderFailure("rejected", `Ghost names the post ${made.slug}, expected ${articleSlug(delivery)}`);
    return first;
  };

  return {
    check: () => posts.check(),
    send,
    find: async (delivery, receipt) =>
      receiptOf(await locate(delivery, receipt?.remote_id ?? Progress.parse(delivery.progress ?? {}).post), delivery),
    async retract(delivery, receipt) {
      const post = await posts.byId(receipt.remote_id);
      if (!post) return;
      if (receipt.draft !== true) {
        if (post.status !== "draft") await posts.edit(post, { status: "draft" });
        const left = await posts.byId(post.id);
        if (left && left.status !== "draft")
          throw new ProviderFailure("uncertain", `Ghost still shows the post as ${left.status}`);
        return;
      }
      if (post.status === "draft" && post.updated_at === receipt.remote?.["updated_at"]) return posts.remove(post);
      if (post.status !== "draft") await posts.edit(post, { status: "draft" });
      throw new ProviderFailure(
        "rejected",
        `somebody has worked on the draft in Ghost (${delivery.payload.title ?? post.id}); it is not public, delete it there if nobody needs it`,
      );
    },
  };
}

/** The delivery as Ghost has it; undefined while it is not where it was meant to be. */
function receiptOf(post: GhostPost | undefined, { payload }: Delivery): Receipt | undefined {
  if (!post) return undefined;
  const wanted = Wire.parse(payload.wire).deliver;
  if (post.status === "draft" && wanted !== "draft") return undefined;
  return Receipt.parse({
    remote_id: post.id,
    url: post.url,
    remote_hash: articleHash(post.title, post.html ?? ""),
    remote: { slug: post.slug, updated_at: post.updated_at },
    ...(post.status === "draft" ? { draft: true } : {}),
    ...(post.status === "scheduled" ? { scheduled_for: post.published_at } : {}),
  });
}

/** A server that ignores our HTML answers as if all was well. */
function assertBody(post: GhostPost, { payload }: Delivery): void {
  if (htmlToText(payload.html ?? "") === "" || htmlToText(post.html ?? "") !== "") return;
  throw new ProviderFailure("rejected", "Ghost made the post with an empty body; nothing was published");
}
