import { z } from "zod";
import type { PayloadMedia, Receipt } from "../../lib/outbox.ts";
import { sha256 } from "../../lib/canonical.ts";
import { ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";
import type { Delivery, PublishAdapter, PublishChannel, SendTools } from "./adapter.ts";
import { failureFrom, shaped } from "./api-call.ts";
import { collapsed, limitProblems, mediaProblems, payloadMedia, postWarnings, textProblems } from "./checks.ts";
import { duplicateOf, explainLinkedIn, LINKEDIN_ORIGIN, LINKEDIN_VERSION, openLinkedIn } from "./linkedin-api.ts";
import { fromLittleText, toLittleText } from "./little-text.ts";
import { askedAt, possibleSince, publishOnce } from "./publish-once.ts";

const Options = z.strictObject({
  /** Who posts: "urn:li:person:…" or "urn:li:organization:…". */
  author: z.string().regex(/^urn:li:(?:person|organization):[\w-]{1,64}$/, "a urn such as urn:li:organization:2414183"),
  /** Release of the API, YYYYMM. */
  version: z
    .string()
    .regex(/^20\d{2}(?:0[1-9]|1[0-2])$/, "a release such as 202607")
    .default(LINKEDIN_VERSION),
});
type Options = z.infer<typeof Options>;

/** Characters that readers see; https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api. LinkedIn does not say what it counts, so the strictest is taken: UTF-16 units. */
const LIMIT = 3000;
/** LinkedIn states a limit of 36,152,320 pixels and none of bytes; larger files are no pictures for a feed. */
const PICTURE_BYTES = 8 * 1024 * 1024;
const PAGE = 100;

const Started = z.looseObject({
  value: z.looseObject({ uploadUrl: z.url(), image: z.string().regex(/^urn:li:image:[\w-]+$/) }),
});
const Post = z.looseObject({
  id: z.string(),
  commentary: z.string().default(""),
  createdAt: z.number().optional(),
  publishedAt: z.number().optional(),
});
type Post = z.infer<typeof Post>;
const Posts = z.looseObject({ elements: z.array(Post) });

/** Posts on LinkedIn as a member or an organization. */
export const LINKEDIN: PublishAdapter<Options> = {
  spec: {
    id: "linkedin",
    title: "LinkedIn",
    category: "publish",
    secrets: [{ use: "access_token", names: ["LINKEDIN_ACCESS_TOKEN"] }],
    hosts: ["api.linkedin.com", "www.linkedin.com"],
    options: Options,
    setup:
      "Create an app at https://www.linkedin.com/developers with Share on LinkedIn (w_member_social) or the Community Management API (w_organization_social), make a token for it and set LINKEDIN_ACCESS_TOKEN. To look posts up it also needs r_member_social or r_organization_social; without it an uncertain delivery waits for a person.",
  },
  exactlyOnce: "read_back",
  readBack: { possible: true, settleMs: 120_000 },
  retracts: "deletes",
  schedules: false,
  audience: false,
  account: ({ options }) => options.author,
  compose(draft) {
    return {
      payloads: [
        {
          text: draft.text,
          media: draft.media.map(payloadMedia),
          wire: {},
          ...(draft.at ? { at: draft.at } : {}),
        },
      ],
      warnings: postWarnings("LinkedIn", draft),
      problems: [
        ...textProblems(draft.text),
        ...limitProblems("LinkedIn", "characters", LIMIT, draft.text.length),
        ...mediaProblems(draft.media, {
          platform: "LinkedIn",
          count: 20,
          bytes: { "image/jpeg": PICTURE_BYTES, "image/png": PICTURE_BYTES, "image/gif": PICTURE_BYTES },
          alt: 4086,
        }),
      ],
    };
  },
  open: openChannel,
};

function openChannel(access: Access<Options>): PublishChannel {
  const { author, version } = access.options;
  const api = openLinkedIn(access, version);
  const at = (path: string): URL => new URL(`/rest/${path}`, LINKEDIN_ORIGIN);
  const bare = (urn: string): Receipt => ({
    remote_id: urn,
    url: `https://www.linkedin.com/feed/update/${encodeURIComponent(urn)}/`,
  });
  const receiptOf = ({ id, commentary }: Post): Receipt => ({
    ...bare(id),
    remote_hash: sha256(collapsed(fromLittleText(commentary))),
  });

  const startUpload = async (): Promise<z.infer<typeof Started>["value"]> => {
    const json = { initializeUploadRequest: { owner: author } };
    const url = at("images?action=initializeUpload");
    return shaped(Started, await api({ method: "POST", url, step: "prepare", json }), "LinkedIn", "prepare").value;
  };

  const upload = async (
    file: PayloadMedia,
    tools: Pick<SendTools, "read">,
  ): Promise<{ id: string; altText?: string }> => {
    const body = new Uint8Array(await tools.read(file));
    const { uploadUrl, image } = await startUpload();
    const headers = { "content-type": "application/octet-stream" };
    await api({ method: "PUT", url: new URL(uploadUrl), step: "prepare", body, headers });
    return { id: image, ...(file.alt === undefined ? {} : { altText: file.alt }) };
  };

  const read = async (urn: string): Promise<Post | undefined> => {
    const url = at(`posts/${encodeURIComponent(urn)}`);
    const answer = await api({ method: "GET", url, step: "look", accept: [403, 404] });
    if (answer.status === 403) throw unreadable("unauthorised");
    return answer.status === 404 ? undefined : shaped(Post, answer, "LinkedIn", "look");
  };
  const byId = async (urn: string): Promise<Receipt | undefined> => {
    const post = await read(urn);
    return post && receiptOf(post);
  };

  /** The post that LinkedIn names as a duplicate, if it is what an attempt of ours made: it also names older ones, and such that were deleted. */
  const ofOurs = async (urn: string, delivery: Delivery): Promise<Receipt | undefined> => {
    const since = possibleSince(delivery);
    try {
      const post = await read(urn);
      return post && isSince(post, since) ? receiptOf(post) : undefined;
    } catch (error) {
      if (!(error instanceof ProviderFailure) || error.kind !== "unauthorised") throw error;
      return bare(urn);
    }
  };

  const byText = async (delivery: Delivery): Promise<Receipt | undefined> => {
    const wanted = collapsed(delivery.payload.text);
    const since = possibleSince(delivery);
    const url = at(`posts?author=${encodeURIComponent(author)}&q=author&count=${PAGE}&sortBy=CREATED`);
    const headers = { "x-restli-method": "FINDER" };
    const answer = await api({ method: "GET", url, step: "look", headers, accept: [403] });
    if (answer.status === 403) throw unreadable("uncertain");
    const { elements } = shaped(Posts, answer, "LinkedIn", "look");
    const recent = elements.filter((post) => isSince(post, since));
    const found = recent.find(({ commentary }) => collapsed(fromLittleText(commentary)) === wanted);
    if (found) return receiptOf(found);
    if (recent.length < PAGE) return undefined;
    throw new ProviderFailure(
      "uncertain",
      `more than ${PAGE} newer posts; look for it on LinkedIn and say what you see`,
    );
  };

  const publish = async (delivery: Delivery, tools: SendTools, earlier: boolean): Promise<Receipt> => {
    const { payload } = delivery;
    const images: { id: string; altText?: string }[] = [];
    for (const file of payload.media) images.push(await upload(file, tools));
    const [first] = images;
    const answer = await api({
      method: "POST",
      url: at("posts"),
      step: "publish",
      accept: [400, 409, 422],
      json: {
        author,
        commentary: toLittleText(payload.text),
        visibility: "PUBLIC",
        distribution: { feedDistribution: "MAIN_FEED", targetEntities: [], thirdPartyDistributionChannels: [] },
        ...(first === undefined
          ? {}
          : { content: images.length === 1 ? { media: first } : { multiImage: { images } } }),
        lifecycleState: "PUBLISHED",
        isReshareDisabledByAuthor: false,
      },
    });
    const duplicate = earlier ? duplicateOf(answer) : undefined;
    if (duplicate) {
      if (duplicate.urn === undefined)
        throw new ProviderFailure("uncertain", "LinkedIn has this text already, and does not say where");
      const ours = await ofOurs(duplicate.urn, delivery);
      if (ours) return ours;
    }
    if (answer.status >= 400) throw failureFrom(access, { name: "LinkedIn", explain }, answer, "publish");
    const urn = answer.headers.get("x-restli-id") ?? answer.headers.get("x-linkedin-id");
    if (!urn) throw new ProviderFailure("uncertain", `LinkedIn answers ${answer.status} without the id of the post`);
    return (await byId(urn).catch(() => undefined)) ?? bare(urn);
  };
  const explain = (answer: Parameters<typeof explainLinkedIn>[0]) => explainLinkedIn(answer, version, access.now());

  return {
    // Asks for a place to upload to: it needs the right to post as this author, and shows nothing to anybody.
    async check() {
      await startUpload();
      return { account: author };
    },
    async send(delivery, tools) {
      const earlier = askedAt(delivery) !== undefined;
      return publishOnce(delivery, tools, {
        now: access.now,
        find: () => byText(delivery),
        publish: () => publish(delivery, tools, earlier),
      });
    },
    find: (delivery, receipt) => (receipt ? byId(receipt.remote_id) : byText(delivery)),
    async retract(_delivery, { remote_id }) {
      const url = at(`posts/${encodeURIComponent(remote_id)}`);
      const headers = { "x-restli-method": "DELETE" };
      await api({ method: "DELETE", url, step: "retract", headers, accept: [404] });
    },
  };
}

function isSince({ createdAt, publishedAt }: Post, since: number): boolean {
  return (createdAt ?? publishedAt ?? since) >= since;
}

/** The key may not look: of a post that LinkedIn took, its word stands; of an uncertain one, it cannot be told. */
function unreadable(kind: "unauthorised" | "uncertain"): ProviderFailure {
  return new ProviderFailure(
    kind,
    "LinkedIn does not let this token read posts (r_member_social or r_organization_social), so it cannot be told; look for it on LinkedIn and say what you see",
    { status: 403 },
  );
}
