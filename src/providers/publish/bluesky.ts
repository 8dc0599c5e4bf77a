import { z } from "zod";
import { sha256 } from "../../lib/canonical.ts";
import type { Payload, Receipt } from "../../lib/outbox.ts";
import { ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";
import type { Delivery, PublishAdapter, PublishChannel, SendTools } from "./adapter.ts";
import { shaped } from "./api-call.ts";
import { composePost } from "./bluesky/compose.ts";
import { Blob, POST, postRecord, recordKey, shows } from "./bluesky/record.ts";
import { openRepository } from "./bluesky/repository.ts";

const Options = z.strictObject({
  /** "name.bsky.social" or a domain of your own, without "@". */
  handle: z
    .string()
    .max(253)
    .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/i),
  /** BCP 47 tags of the language of the posts; app.bsky.feed.post takes three. */
  langs: z
    .array(z.string().regex(/^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i))
    .min(1)
    .max(3)
    .optional(),
});
type Options = z.infer<typeof Options>;

export const BLUESKY: PublishAdapter<Options> = {
  spec: {
    id: "bluesky",
    title: "Bluesky",
    category: "publish",
    secrets: [{ use: "app_password", names: ["BLUESKY_APP_PASSWORD"] }],
    // An account signs in at bsky.social, which names the server that holds it.
    hosts: ["bsky.social", "*.host.bsky.network"],
    url: { required: false, example: "https://pds.example.com", schemes: ["https:", "http:"] },
    options: Options,
    setup: "Bluesky → Settings → Privacy and security → App passwords → Add. Options: handle.",
  },
  exactlyOnce: "deterministic_id",
  readBack: { possible: true, settleMs: 0 },
  retracts: "deletes",
  schedules: false,
  audience: false,
  account: ({ options }) => options.handle.toLowerCase(),
  compose: (draft, { options }) => composePost(draft, options.langs),
  open: openBluesky,
};

const Written = z.looseObject({ uri: z.string(), cid: z.string().optional(), value: z.unknown() });
const Uploaded = z.looseObject({ blob: Blob });

function openBluesky(access: Access<Options>): PublishChannel {
  const { options } = access;
  const repository = openRepository(access);

  const look = async (rkey: string, payload: Payload): Promise<Receipt | undefined> => {
    const { did } = await repository.account();
    const where = { repo: did, collection: POST, rkey };
    const answer = await repository.query("com.atproto.repo.getRecord", where, "look", ["RecordNotFound"]);
    if (answer === undefined) return undefined;
    const { uri, cid = "", value } = shaped(Written, answer, "Bluesky", "look");
    if (!shows(value, payload)) return undefined;
    return {
      remote_id: uri,
      url: `https://bsky.app/profile/${did}/post/${rkey}`,
      remote_hash: sha256(payload.text),
      remote: { cid },
    };
  };

  const upload = async ({ media }: Payload, tools: SendTools): Promise<Blob[]> => {
    const blobs: Blob[] = [];
    for (const file of media) {
      const body = new Uint8Array(await tools.read(file));
      const headers = { "content-type": file.mime };
      const answer = await repository.procedure("com.atproto.repo.uploadBlob", { body, headers }, "prepare");
      blobs.push(shaped(Uploaded, answer, "Bluesky", "prepare").blob);
    }
    return blobs;
  };

  return {
    check: async () => ({ account: (await repository.account()).handle }),
    find: (delivery) => look(recordKey(delivery), delivery.payload),
    async send(delivery, tools) {
      const { payload } = delivery;
      const rkey = recordKey(delivery);
      const { did } = await repository.account();
      const there = delivery.startedAt === undefined ? undefined : await look(rkey, payload);
      if (there) return there;
      const createdAt = await firstTime(delivery, tools, access.now());
      const record = postRecord(payload, await upload(payload, tools), createdAt);
      // Without the swap a post of somebody else at this key would be written over.
      const json = { repo: did, collection: POST, rkey, record, swapRecord: null };
      await repository.procedure("com.atproto.repo.putRecord", { json }, "publish");
      const receipt = await look(rkey, payload);
      if (receipt) return receipt;
      throw new ProviderFailure("uncertain", "Bluesky took the post, and what stands there now is not what was sent");
    },
    async retract(_delivery, { remote_id }) {
      const { did } = await repository.account();
      const [, repo, collection, rkey] = /^at:\/\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(remote_id) ?? [];
      if (repo !== did || collection !== POST || rkey === undefined)
        throw new ProviderFailure("rejected", `${remote_id} is not a post of ${options.handle}; nothing was deleted`);
      const json = { repo: did, collection, rkey };
      await repository.procedure("com.atproto.repo.deleteRecord", { json }, "retract");
    },
  };
}

/** The time that the post shows, ISO 8601: that of the first attempt, because readers see posts in that order. Kept, so that a repeat writes the very same record. */
async function firstTime({ progress }: Delivery, tools: SendTools, now: number): Promise<string> {
  const kept = progress?.["created_at"];
  if (typeof kept === "string") return kept;
  const created = new Date(now).toISOString();
  await tools.note({ created_at: created });
  return created;
}
