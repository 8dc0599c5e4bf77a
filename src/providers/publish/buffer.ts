import { z } from "zod";
import type { JsonObject } from "../../lib/json.ts";
import type { Payload, Receipt } from "../../lib/outbox.ts";
import { sha256 } from "../../lib/canonical.ts";
import { ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";
import type { Delivery, PublishAdapter, PublishChannel } from "./adapter.ts";
import { BufferPost, openBuffer } from "./buffer-api.ts";
import { collapsed, limitProblems, postWarnings, textProblems } from "./checks.ts";
import { possibleSince, publishOnce, SKEW_MS } from "./publish-once.ts";

const Options = z.strictObject({
  /** Ids of the channels, as Buffer's address bar shows them; each gets a delivery of its own. */
  channel_ids: z
    .array(z.string().regex(/^[\w-]{1,64}$/, "a channel's id"))
    .min(1)
    .max(50),
  /** `draft` leaves publishing to a person at Buffer. */
  deliver: z.enum(["publish", "draft"]).default("publish"),
  /** The smallest limit of the channels; Buffer itself checks them only when a post is made. */
  max_characters: z.int().min(1).max(100_000).optional(),
});
type Options = z.infer<typeof Options>;

const PAGES = 5;
/** Looks at a post that the network has not answered for yet, and the time between two. */
const LOOKS = 8;
const LOOK_MS = 1000;
const WAITING = new Set(["draft", "needs_approval", "scheduled"]);
/** What Buffer still holds; the others are on the network, where Buffer deletes nothing. */
const HELD = new Set([...WAITING, "error"]);

const Channel = z.looseObject({
  channel: z.looseObject({
    name: z.string(),
    service: z.string(),
    organizationId: z.string(),
    isDisconnected: z.boolean().nullish(),
    isLocked: z.boolean().nullish(),
  }),
});
const Created = z.looseObject({ createPost: z.looseObject({ post: BufferPost }) });
const One = z.looseObject({ post: BufferPost });
const Many = z.looseObject({
  posts: z.looseObject({
    edges: z.array(z.looseObject({ node: BufferPost })).nullish(),
    pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  }),
});
const Deleted = z.looseObject({ deletePost: z.looseObject({ id: z.string() }) });

/** Posts to the channels of a Buffer account. */
export const BUFFER: PublishAdapter<Options> = {
  spec: {
    id: "buffer",
    title: "Buffer",
    category: "publish",
    secrets: [{ use: "api_key", names: ["BUFFER_API_KEY"] }],
    hosts: ["api.buffer.com"],
    options: Options,
    setup:
      "At https://publish.buffer.com/settings/api make a personal key and set BUFFER_API_KEY; take the ids of the channels from their pages at Buffer.",
  },
  exactlyOnce: "read_back",
  readBack: { possible: true, settleMs: 60_000 },
  // Buffer takes back what it still holds; what a network has, it can only forget.
  retracts: "none",
  schedules: true,
  audience: false,
  // The channel stands in `to`, so adding one to the settings does not make new deliveries of the others.
  account: () => "Buffer",
  compose(draft, { options }) {
    const { channel_ids, deliver, max_characters: limit } = options;
    return {
      payloads: [...new Set(channel_ids)].map((channel) => ({
        text: draft.text,
        media: [],
        to: channel,
        wire: { channel, deliver },
        ...(draft.at ? { at: draft.at } : {}),
      })),
      warnings: [
        ...postWarnings("Buffer", { ...draft, media: [] }),
        ...(limit === undefined
          ? [
              "the networks' limits are not known here, and Buffer refuses what is too long; set the option max_characters",
            ]
          : []),
        ...(deliver === "draft" ? ["it becomes a draft at Buffer, which a person has to publish there"] : []),
      ],
      problems: [
        ...textProblems(draft.text),
        ...(limit === undefined ? [] : limitProblems("the channel", "characters", limit, draft.text.length)),
        ...draft.media.map(
          ({ path }) =>
            `Buffer takes pictures by public https address only, got the file ${path}; leave it out, or publish it to the network directly`,
        ),
      ],
    };
  },
  open: openChannel,
};

function openChannel(access: Access<Options>): PublishChannel {
  const call = openBuffer(access);

  const receiptOf = ({ id, text, status, dueAt, externalLink, error }: BufferPost): Receipt => {
    if (status === "error")
      throw new ProviderFailure(
        "rejected",
        `the network refused what Buffer sent: ${access.network.redact(error?.message ?? "no reason given")}; see it at https://publish.buffer.com`,
      );
    return {
      remote_id: id,
      remote_hash: sha256(collapsed(text)),
      ...(externalLink ? { url: externalLink } : {}),
      ...(status === "scheduled" && dueAt ? { scheduled_for: dueAt } : {}),
      ...(status === "draft" || status === "needs_approval" ? { draft: true } : {}),
    };
  };

  const channel = async (id: string): Promise<z.infer<typeof Channel>["channel"]> => {
    const { channel: found } = await call("channel", { id }, Channel, "look");
    if (!found.isDisconnected && !found.isLocked) return found;
    throw new ProviderFailure(
      "unauthorised",
      `Buffer may not post to ${found.service} ${found.name}: the channel is ${found.isLocked ? "locked" : "disconnected"}; mend it at https://publish.buffer.com`,
    );
  };

  const byId = async (id: string): Promise<BufferPost | undefined> => {
    try {
      return (await call("post", { id }, One, "look")).post;
    } catch (error) {
      if (error instanceof ProviderFailure && error.kind === "missing") return undefined;
      throw error;
    }
  };

  const byText = async (delivery: Delivery): Promise<BufferPost | undefined> => {
    const { payload } = delivery;
    const { organizationId } = await channel(channelOf(delivery));
    const since = new Date(possibleSince(delivery)).toISOString();
    const input = {
      organizationId,
      filter: { channelIds: [channelOf(delivery)], createdAt: { start: since } },
      sort: [{ field: "createdAt", direction: "desc" }],
    };
    let after: string | null = null;
    for (let page = 0; page < PAGES; page += 1) {
      const { posts }: z.infer<typeof Many> = await call("posts", { input, after }, Many, "look");
      const found = posts.edges?.find(({ node }) => isSame(node, payload));
      if (found) return found.node;
      after = posts.pageInfo.endCursor ?? null;
      if (!posts.pageInfo.hasNextPage || after === null) return undefined;
    }
    throw new ProviderFailure("uncertain", "too many newer posts; look for it at https://publish.buffer.com");
  };

  const publish = async (delivery: Delivery): Promise<Receipt> => {
    const { text, at, wire } = delivery.payload;
    const later = at !== undefined && Date.parse(at) > access.now();
    const input: JsonObject = {
      text,
      channelId: channelOf(delivery),
      schedulingType: "automatic",
      source: "ohmymkt",
      ...(later
        ? { mode: "customScheduled", dueAt: at }
        : { mode: wire["deliver"] === "draft" ? "addToQueue" : "shareNow" }),
      ...(wire["deliver"] === "draft" ? { saveToDraft: true } : {}),
    };
    const { createPost } = await call("create", { input }, Created, "publish");
    let post = await afterwards(createPost.post);
    for (let looks = 1; post.status === "sending" && looks < LOOKS; looks += 1) {
      await access.sleep(LOOK_MS);
      post = await afterwards(post);
    }
    return receiptOf(post);
  };
  /** The network's answer comes a moment later; until then the post has no address, and the network may refuse it. */
  const afterwards = async (post: BufferPost): Promise<BufferPost> =>
    (await byId(post.id).catch(() => undefined)) ?? post;

  const find = async (delivery: Delivery, receipt: Receipt | undefined): Promise<Receipt | undefined> => {
    const post = await (receipt ? byId(receipt.remote_id) : byText(delivery));
    if (post?.status === "sending")
      throw new ProviderFailure("uncertain", "Buffer has handed it to the network, which has not answered yet");
    // What did not appear at its time is missing, and can be taken from Buffer.
    if (post?.status === "error" && receipt?.scheduled_for !== undefined) return undefined;
    return post && receiptOf(post);
  };

  return {
    async check() {
      const names: string[] = [];
      for (const id of access.options.channel_ids) {
        const { service, name } = await channel(id);
        names.push(`${service} ${name}`);
      }
      return { account: names.join(", ") };
    },
    send: (delivery, tools) =>
      publishOnce(delivery, tools, {
        now: access.now,
        async find() {
          const post = await byText(delivery);
          return post && receiptOf(post);
        },
        publish: () => publish(delivery),
      }),
    find,
    async retract(_delivery, { remote_id }) {
      const post = await byId(remote_id);
      if (!post) return;
      if (!HELD.has(post.status))
        throw new ProviderFailure(
          "rejected",
          `Buffer has handed it to the network and cannot take it back there; delete it at ${post.externalLink ?? "the network"}`,
        );
      try {
        await call("remove", { id: remote_id }, Deleted, "retract");
      } catch (error) {
        if (!(error instanceof ProviderFailure) || error.kind !== "missing") throw error;
      }
    },
  };
}

/** Whether a post is this payload's: its words, and its time, because the same words may be planned for several. */
function isSame({ text, status, dueAt, createdAt }: BufferPost, payload: Payload): boolean {
  if (collapsed(text) !== collapsed(payload.text)) return false;
  if (payload.at === undefined) return status !== "scheduled";
  const early = Date.parse(dueAt ?? createdAt) - Date.parse(payload.at);
  // A draft may have no time at all; what is out may be late.
  if (WAITING.has(status)) return !dueAt || Math.abs(early) < SKEW_MS;
  return early > -SKEW_MS;
}

function channelOf({ payload }: Delivery): string {
  if (payload.to === undefined) throw new ProviderFailure("rejected", "the delivery names no channel of Buffer");
  return payload.to;
}
