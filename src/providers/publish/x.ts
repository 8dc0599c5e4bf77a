import { z } from "zod";
import type { Receipt } from "../../lib/outbox.ts";
import { sha256 } from "../../lib/canonical.ts";
import { ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";
import type { Delivery, PublishAdapter, PublishChannel, SendTools } from "./adapter.ts";
import { type Api, failureFrom, shaped } from "./api-call.ts";
import { limitProblems, mediaProblems, payloadMedia, postWarnings, textProblems } from "./checks.ts";
import { askedAt, possibleSince, publishOnce } from "./publish-once.ts";
import { openX, X_ORIGIN } from "./x-api.ts";
import { explainX, isDuplicate } from "./x-errors.ts";
import { uploadPictures } from "./x-media.ts";
import { comparableText, shownText, weightedLength } from "./x-text.ts";

const Options = z.strictObject({
  /** Whose account it is, without the @; a key of another account is refused. */
  handle: z.string().regex(/^\w{1,15}$/, "1 to 15 letters, digits or _, without the @"),
});
type Options = z.infer<typeof Options>;

/** Weighted characters of a post; https://docs.x.com/resources/fundamentals/counting-characters */
const LIMIT = 280;
const PICTURE_BYTES = 5 * 1024 * 1024;
/** Longer than this, a look through the latest posts would cost more reads than it is worth. */
const PAGES = 5;

const Me = z.looseObject({ data: z.looseObject({ id: z.string(), username: z.string() }) });
const Created = z.looseObject({ data: z.looseObject({ id: z.string() }) });
const Url = z.looseObject({ url: z.string(), expanded_url: z.string().optional(), media_key: z.string().optional() });
const Post = z.looseObject({
  id: z.string(),
  text: z.string(),
  entities: z.looseObject({ urls: z.array(Url).optional() }).optional(),
});
type Post = z.infer<typeof Post>;
const OnePost = z.looseObject({
  data: Post.optional(),
  errors: z.array(z.looseObject({ type: z.string() })).optional(),
});
const Posts = z.looseObject({
  data: z.array(Post).default([]),
  meta: z.looseObject({ next_token: z.string().optional() }).optional(),
});

/** Posts on X as the user whose keys are there. */
export const X: PublishAdapter<Options> = {
  spec: {
    id: "x",
    title: "X",
    category: "publish",
    aliases: ["twitter"],
    secrets: [
      // Either the four of OAuth 1.0a or a user token; `api_key_env` picks where both are there.
      { use: "api_key", names: ["X_API_KEY", "X_OAUTH2_TOKEN"] },
      { use: "api_secret", names: ["X_API_SECRET"], optional: true },
      { use: "access_token", names: ["X_ACCESS_TOKEN"], optional: true },
      { use: "access_secret", names: ["X_ACCESS_SECRET"], optional: true },
      { use: "oauth2_token", names: ["X_OAUTH2_TOKEN"], optional: true },
    ],
    hosts: ["api.x.com"],
    options: Options,
    setup:
      "In the developer console (https://console.x.com) give your app Read and Write, then create API key and secret and the access token and secret of your account: X_API_KEY, X_API_SECRET, X_ACCESS_TOKEN, X_ACCESS_SECRET. Or set X_OAUTH2_TOKEN to a user token with tweet.read, tweet.write, users.read and media.write.",
  },
  exactlyOnce: "read_back",
  readBack: { possible: true, settleMs: 120_000 },
  retracts: "deletes",
  schedules: false,
  audience: false,
  account: ({ options }) => `@${options.handle}`,
  compose(draft) {
    const got = weightedLength(draft.text);
    return {
      payloads: [
        { text: draft.text, media: draft.media.map(payloadMedia), wire: {}, ...(draft.at ? { at: draft.at } : {}) },
      ],
      warnings: postWarnings("X", draft),
      problems: [
        ...textProblems(draft.text),
        ...limitProblems("X", "weighted characters (a link counts 23, CJK and emoji 2)", LIMIT, got),
        ...mediaProblems(draft.media, {
          platform: "X",
          count: 4,
          bytes: { "image/jpeg": PICTURE_BYTES, "image/png": PICTURE_BYTES, "image/webp": PICTURE_BYTES },
          alt: 1000,
        }),
      ],
    };
  },
  open: openChannel,
};

function openChannel(access: Access<Options>): PublishChannel {
  let opened: Promise<Api> | undefined;
  const api: Api = async (call) => (await (opened ??= openX(access)))(call);
  const at = (path: string, query: Record<string, string> = {}): URL =>
    new URL(`/2/${path}?${new URLSearchParams(query).toString()}`.replace(/\?$/, ""), X_ORIGIN);

  let user: { id: string; username: string } | undefined;
  const me = async (): Promise<{ id: string; username: string }> => (user ??= await askMe());
  const askMe = async (): Promise<{ id: string; username: string }> => {
    const { data } = shaped(Me, await api({ method: "GET", url: at("users/me"), step: "look" }), "X", "look");
    if (data.username.toLowerCase() === access.options.handle.toLowerCase()) return data;
    throw new ProviderFailure(
      "unauthorised",
      `the keys are those of @${data.username}, and the setting names @${access.options.handle}; correct one of them`,
    );
  };

  const receiptOf = ({ id, text, entities }: Post): Receipt => ({
    ...bare(id),
    remote_hash: sha256(shownText(text, entities?.urls ?? [])),
  });
  const bare = (id: string): Receipt => ({ remote_id: id, url: `https://x.com/${access.options.handle}/status/${id}` });

  const byId = async (id: string): Promise<Receipt | undefined> => {
    const url = at(`tweets/${encodeURIComponent(id)}`, { "tweet.fields": "entities" });
    const answer = await api({ method: "GET", url, step: "look", accept: [404] });
    if (answer.status === 404) return undefined;
    const { data, errors } = shaped(OnePost, answer, "X", "look");
    if (data) return receiptOf(data);
    if (errors?.some(({ type }) => type.endsWith("/resource-not-found"))) return undefined;
    throw new ProviderFailure("uncertain", `X does not say whether post ${id} is there`);
  };

  const byText = async (delivery: Delivery): Promise<Receipt | undefined> => {
    const { id } = await me();
    const wanted = comparableText(delivery.payload.text);
    const query = {
      max_results: "100",
      start_time: new Date(possibleSince(delivery)).toISOString().replace(/\.\d+Z$/, "Z"),
      exclude: "retweets",
      "tweet.fields": "entities",
    };
    let next: string | undefined;
    for (let page = 0; page < PAGES; page += 1) {
      const url = at(`users/${id}/tweets`, next === undefined ? query : { ...query, pagination_token: next });
      const { data, meta } = shaped(Posts, await api({ method: "GET", url, step: "look" }), "X", "look");
      const found = data.find(({ text, entities }) => shownText(text, entities?.urls ?? []) === wanted);
      if (found) return receiptOf(found);
      next = meta?.next_token;
      if (next === undefined) return undefined;
    }
    throw new ProviderFailure(
      "uncertain",
      `more than ${PAGES * 100} newer posts; look for it on X and say what you see`,
    );
  };

  const find = (delivery: Delivery, receipt?: Receipt): Promise<Receipt | undefined> =>
    receipt ? byId(receipt.remote_id) : byText(delivery);

  const publish = async (delivery: Delivery, tools: SendTools, earlier: boolean): Promise<Receipt> => {
    const { text, media } = delivery.payload;
    const media_ids = await uploadPictures(api, at, media, tools, access);
    const answer = await api({
      method: "POST",
      url: at("tweets"),
      step: "publish",
      json: { text, ...(media_ids.length > 0 ? { media: { media_ids } } : {}) },
      accept: [403],
    });
    // Without an earlier attempt of ours in the open, what X has with this text is somebody else's doing.
    if (earlier && isDuplicate(answer)) {
      const found = await byText(delivery);
      if (found) return found;
      throw new ProviderFailure("uncertain", "X has this text already, and does not list it yet");
    }
    if (answer.status >= 400)
      throw failureFrom(access, { name: "X", explain: (one) => explainX(one, access.now()) }, answer, "publish");
    const { data } = shaped(Created, answer, "X", "publish");
    // It is there whatever the look at it comes to; reads are dear on X.
    return (await byId(data.id).catch(() => undefined)) ?? bare(data.id);
  };

  return {
    check: async () => ({ account: `@${(await me()).username}` }),
    async send(delivery, tools) {
      await me();
      const earlier = askedAt(delivery) !== undefined;
      return publishOnce(delivery, tools, {
        now: access.now,
        find: () => byText(delivery),
        publish: () => publish(delivery, tools, earlier),
      });
    },
    find,
    async retract(_delivery, { remote_id }) {
      await api({
        method: "DELETE",
        url: at(`tweets/${encodeURIComponent(remote_id)}`),
        step: "retract",
        accept: [404],
      });
    },
  };
}
