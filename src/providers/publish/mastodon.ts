import { z } from "zod";
import type { PayloadMedia, Receipt } from "../../lib/outbox.ts";
import { sha256 } from "../../lib/canonical.ts";
import { ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";
import type { Delivery, PublishAdapter, PublishChannel, SendTools } from "./adapter.ts";
import { shaped } from "./api-call.ts";
import { limitProblems, mediaProblems, payloadMedia, postWarnings, textProblems } from "./checks.ts";
import { laterAt } from "./later.ts";
import { Account, Media, openMastodon, Scheduled, Status } from "./mastodon-api.ts";
import { comparableStatus, countedLength, statusText } from "./mastodon-text.ts";
import { idempotencyKey, possibleSince, publishOnce, SKEW_MS } from "./publish-once.ts";

const Options = z.strictObject({
  visibility: z.enum(["public", "unlisted", "private"]).default("public"),
  /** `configuration.statuses.max_characters` of the server's /api/v2/instance. */
  max_characters: z.int().min(1).max(1_000_000).default(500),
  /** The user name on that server; a token of another account is refused. */
  account: z.string().regex(/^\w+$/, "the user name without @ and server").optional(),
});
type Options = z.infer<typeof Options>;

/** https://docs.joinmastodon.org/methods/statuses/#create: at least five minutes ahead; what is nearer is published at once, so a minute is left for clocks. */
const LATER = { platform: "Mastodon", nearestMs: 5 * 60_000 + SKEW_MS };
/** The server's default limits; https://docs.joinmastodon.org/user/posting/#media */
const PICTURE_BYTES = 16 * 1024 * 1024;
const VIDEO_BYTES = 99 * 1024 * 1024;
const PICTURES = ["image/jpeg", "image/png", "image/gif", "image/webp"];
const PAGE = 40;
const PAGES = 5;
/** A server keeps 300 that wait for an account. */
const SCHEDULED_PAGES = 8;
/** Looks at media that the server is still working on, and the time between two. */
const LOOKS = 60;
const LOOK_MS = 500;

/** Posts on any server that speaks Mastodon's API. */
export const MASTODON: PublishAdapter<Options> = {
  spec: {
    id: "mastodon",
    title: "Mastodon",
    category: "publish",
    secrets: [{ use: "access_token", names: ["MASTODON_ACCESS_TOKEN"] }],
    hosts: [],
    url: { required: true, example: "https://mastodon.social", schemes: ["https:"] },
    options: Options,
    setup:
      "On your server, under Preferences, Development, make an application with the scopes profile, read:accounts, read:statuses, write:statuses and write:media, and set MASTODON_ACCESS_TOKEN to its access token.",
  },
  exactlyOnce: "idempotency_key",
  readBack: { possible: true, settleMs: 0 },
  retracts: "deletes",
  schedules: true,
  audience: false,
  account: ({ options, url }) =>
    `${options.account === undefined ? "" : `@${options.account}@`}${url?.host ?? "mastodon"}`,
  compose(draft, { options }) {
    const videos = draft.media.filter(({ mime }) => !PICTURES.includes(mime)).length;
    return {
      payloads: [
        {
          text: draft.text,
          media: draft.media.map(payloadMedia),
          wire: { visibility: options.visibility },
          ...(draft.at ? { at: draft.at } : {}),
        },
      ],
      warnings: postWarnings("Mastodon", draft),
      problems: [
        ...textProblems(draft.text),
        ...limitProblems(
          "this server",
          "characters (a link counts 23)",
          options.max_characters,
          countedLength(draft.text),
        ),
        ...mediaProblems(draft.media, {
          platform: "Mastodon",
          count: 4,
          bytes: { ...Object.fromEntries(PICTURES.map((mime) => [mime, PICTURE_BYTES])), "video/mp4": VIDEO_BYTES },
          alt: 1500,
        }),
        ...(videos > 0 && draft.media.length > 1
          ? ["Mastodon takes one video or up to 4 pictures; choose one of them"]
          : []),
      ],
    };
  },
  open: openChannel,
};

/** What was to appear later did not appear before. */
function appearsSince({ payload }: Delivery): number {
  return payload.at === undefined ? 0 : Date.parse(payload.at) - SKEW_MS;
}

function openChannel(access: Access<Options>): PublishChannel {
  const at = (path: string): URL => new URL(`/api/${path}`, access.url);
  const api = openMastodon(access);
  const look = (path: string, accept: readonly number[] = []) =>
    api({ method: "GET", url: at(path), step: "look", accept });

  const me = async (): Promise<z.infer<typeof Account>> => {
    const account = shaped(Account, await look("v1/accounts/verify_credentials"), "Mastodon", "look");
    const wanted = access.options.account ?? account.username;
    if (account.username.toLowerCase() === wanted.toLowerCase()) return account;
    throw new ProviderFailure(
      "unauthorised",
      `the token is that of @${account.username}, and the setting names @${wanted}; correct one of them`,
    );
  };

  const statusReceipt = ({ id, url, content }: Status): Receipt => ({
    remote_id: id,
    ...(url ? { url } : {}),
    remote_hash: sha256(statusText(content)),
    remote: { scheduled: false },
  });
  const scheduledReceipt = ({ id, scheduled_at, params }: Scheduled): Receipt => ({
    remote_id: id,
    scheduled_for: scheduled_at,
    remote_hash: sha256(comparableStatus(params.text)),
    remote: { scheduled: true },
  });

  const scheduledById = async (id: string): Promise<Receipt | undefined> => {
    const answer = await look(`v1/scheduled_statuses/${encodeURIComponent(id)}`, [404]);
    return answer.status === 404 ? undefined : scheduledReceipt(shaped(Scheduled, answer, "Mastodon", "look"));
  };

  const statusByText = async (delivery: Delivery): Promise<Receipt | undefined> => {
    const { id } = await me();
    const wanted = comparableStatus(delivery.payload.text);
    const since = Math.max(possibleSince(delivery), appearsSince(delivery));
    let before = "";
    for (let page = 0; page < PAGES; page += 1) {
      const path = `v1/accounts/${encodeURIComponent(id)}/statuses?exclude_reblogs=true&limit=${PAGE}${before}`;
      const statuses = shaped(z.array(Status), await look(path), "Mastodon", "look");
      const recent = statuses.filter(({ created_at }) => !(Date.parse(created_at) < since));
      const found = recent.find(({ content }) => statusText(content) === wanted);
      if (found) return statusReceipt(found);
      const last = statuses.at(-1);
      if (!last || recent.length < statuses.length) return undefined;
      before = `&max_id=${encodeURIComponent(last.id)}`;
    }
    throw new ProviderFailure("uncertain", `more than ${PAGE * PAGES} newer posts; look for it and say what you see`);
  };

  const scheduledByText = async ({ payload }: Delivery): Promise<Receipt | undefined> => {
    if (payload.at === undefined) return undefined;
    const due = Date.parse(payload.at);
    const wanted = comparableStatus(payload.text);
    let before = "";
    for (let page = 0; page < SCHEDULED_PAGES; page += 1) {
      const path = `v1/scheduled_statuses?limit=${PAGE}${before}`;
      const waiting = shaped(z.array(Scheduled), await look(path), "Mastodon", "look");
      const found = waiting.find(
        ({ scheduled_at, params }) =>
          Math.abs(Date.parse(scheduled_at) - due) < 1000 && comparableStatus(params.text) === wanted,
      );
      if (found) return scheduledReceipt(found);
      const last = waiting.at(-1);
      if (!last || waiting.length < PAGE) return undefined;
      before = `&max_id=${encodeURIComponent(last.id)}`;
    }
    throw new ProviderFailure("uncertain", "too many posts wait on the server; look for it and say what you see");
  };

  const find = async (delivery: Delivery, receipt?: Receipt): Promise<Receipt | undefined> => {
    if (receipt?.remote?.["scheduled"] === true)
      return (await scheduledById(receipt.remote_id)) ?? (await statusByText(delivery));
    if (!receipt) return (await scheduledByText(delivery)) ?? (await statusByText(delivery));
    const answer = await look(`v1/statuses/${encodeURIComponent(receipt.remote_id)}`, [404]);
    return answer.status === 404 ? undefined : statusReceipt(shaped(Status, answer, "Mastodon", "look"));
  };

  const upload = async (file: PayloadMedia, tools: Pick<SendTools, "read">): Promise<string> => {
    const body = new FormData();
    body.set(
      "file",
      new Blob([new Uint8Array(await tools.read(file))], { type: file.mime }),
      file.path.split("/").at(-1),
    );
    if (file.alt !== undefined) body.set("description", file.alt);
    const answer = await api({ method: "POST", url: at("v2/media"), step: "prepare", body });
    const { id, url } = shaped(Media, answer, "Mastodon", "prepare");
    let ready = answer.status === 200 && Boolean(url);
    for (let looks = 0; !ready; looks += 1) {
      if (looks === LOOKS) throw new ProviderFailure("unavailable", `Mastodon is still working on ${file.path}`);
      await access.sleep(LOOK_MS);
      // 206 while it works, 422 when it cannot.
      ready =
        (await api({ method: "GET", url: at(`v1/media/${encodeURIComponent(id)}`), step: "prepare" })).status === 200;
    }
    return id;
  };

  const publish = async (delivery: Delivery, tools: SendTools): Promise<Receipt> => {
    const { payload } = delivery;
    laterAt(payload.at, access.now(), LATER);
    const media_ids: string[] = [];
    for (const file of payload.media) media_ids.push(await upload(file, tools));
    // Once more: uploads take time.
    const scheduled_at = laterAt(payload.at, access.now(), LATER);
    const answer = await api({
      method: "POST",
      url: at("v1/statuses"),
      step: "publish",
      // The server knows a key for one hour; later, only the look before decides.
      headers: { "idempotency-key": idempotencyKey(delivery) },
      json: {
        status: payload.text,
        visibility: payload.wire["visibility"],
        ...(media_ids.length > 0 ? { media_ids } : {}),
        ...(scheduled_at === undefined ? {} : { scheduled_at }),
      },
    });
    const made = shaped(z.union([Scheduled, Status]), answer, "Mastodon", "publish");
    return "scheduled_at" in made ? scheduledReceipt(Scheduled.parse(made)) : statusReceipt(Status.parse(made));
  };

  const remove = async (path: string): Promise<boolean> =>
    (await api({ method: "DELETE", url: at(path), step: "retract", accept: [404] })).status !== 404;

  return {
    check: async () => ({ account: `@${(await me()).username}@${access.url?.host ?? ""}` }),
    async send(delivery, tools) {
      await me();
      return publishOnce(delivery, tools, {
        now: access.now,
        find: () => find(delivery),
        publish: () => publish(delivery, tools),
      });
    },
    find,
    async retract(delivery, receipt) {
      if (receipt.remote?.["scheduled"] !== true) {
        await remove(`v1/statuses/${encodeURIComponent(receipt.remote_id)}`);
        return;
      }
      if (await remove(`v1/scheduled_statuses/${encodeURIComponent(receipt.remote_id)}`)) return;
      // It is no longer waiting: its time may have come.
      const shown = await statusByText(delivery);
      if (shown) await remove(`v1/statuses/${encodeURIComponent(shown.remote_id)}`);
    },
  };
}
