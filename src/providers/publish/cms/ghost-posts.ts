import { z } from "zod";
import type { PayloadMedia } from "../../../lib/outbox.ts";
import { ProviderFailure, type FailureKind } from "../../failure.ts";
import type { Access } from "../../provider.ts";
import { createApi, shaped, type Answer, type Api } from "../api-call.ts";
import { hiding, siteUrl } from "./site.ts";

/** A post as the Admin API gives it; `updated_at` is what the next edit has to name. */
const GhostPost = z.object({
  id: z.string(),
  slug: z.string(),
  title: z.string(),
  html: z.string().nullish(),
  status: z.string(),
  url: z.string(),
  updated_at: z.string(),
  published_at: z.string().nullish(),
});
export type GhostPost = z.infer<typeof GhostPost>;

const Posts = z.object({ posts: z.tuple([GhostPost]) });
const Images = z.object({ images: z.tuple([z.object({ url: z.string() })]) });
const Site = z.object({ site: z.object({ title: z.string() }) });
const Errors = z.object({
  errors: z.array(z.object({ message: z.string(), context: z.string().nullish(), type: z.string().optional() })).min(1),
});

/** The posts of one Ghost. Every method throws `ProviderFailure` only. */
export interface GhostPosts {
  check(): Promise<{ account: string }>;
  byId(id: string): Promise<GhostPost | undefined>;
  bySlug(slug: string): Promise<GhostPost | undefined>;
  add(post: Record<string, unknown>): Promise<GhostPost>;
  /** Refused by Ghost when the post has changed since it was read. */
  edit(post: GhostPost, change: Record<string, unknown>): Promise<void>;
  remove(post: GhostPost): Promise<void>;
  /** Address of the stored file. */
  upload(file: PayloadMedia, bytes: Uint8Array): Promise<string>;
}

const FORMATS = { formats: "html" };
/** The oldest Ghost that this works with (https://docs.ghost.org/faq/api-versioning): newer ones take it too, and an older one then says that it is too old instead of that a post is not there. */
const OLDEST = "v5.0";
/** By the types of Ghost's errors; the others follow from their status. */
const KINDS: Readonly<Record<string, FailureKind>> = {
  HostLimitError: "quota",
  MaintenanceError: "unavailable",
  // It has no such call in its version.
  RequestNotAcceptableError: "missing",
  TooManyRequestsError: "rate_limited",
  // Somebody changed the post in this very moment: the next attempt reads it anew.
  UpdateCollisionError: "unavailable",
};

/** Talks to the Admin API; nothing is asked before the first call. */
export function openGhost(access: Access): GhostPosts {
  let shown = "";
  const key = (): string => {
    const secret = access.secret("api_key");
    if (/^[0-9a-f]{24}:[0-9a-f]{64}$/i.test(secret)) return secret;
    throw new ProviderFailure(
      "unauthorised",
      "expected an Admin API key of Ghost (24 hex digits, a colon, 64 hex digits); a Content API key cannot publish",
    );
  };
  const connect = async (): Promise<Api> => {
    const { default: token } = await import("@tryghost/admin-api/lib/token.js");
    const secret = key();
    return createApi(
      hiding(access, () => [shown]),
      {
        name: "Ghost",
        headers() {
          shown = token(secret, "/admin/");
          return { authorization: `Ghost ${shown}`, "accept-version": OLDEST };
        },
        isOwn: (json) => Errors.safeParse(json).success,
        explain({ json }) {
          const [first] = Errors.safeParse(json).data?.errors ?? [];
          if (!first) return undefined;
          const { message, context, type = "" } = first;
          return { kind: KINDS[type], message: [message, context, type && `(${type})`].filter(Boolean).join(" ") };
        },
      },
    );
  };
  let connection: Promise<Api> | undefined;
  const api: Api = async (call) => (await (connection ??= connect()))(call);
  // What is copied from the browser is often the address of the Admin.
  const home = access.url && new URL(access.url.href.replace(/\/ghost\/?$/, "/"));
  const at = (path: string, query: Record<string, string> = {}): URL => siteUrl(home, `ghost/api/admin/${path}`, query);
  const look = (path: string, query?: Record<string, string>, accept: readonly number[] = []): Promise<Answer> =>
    api({ method: "GET", url: at(path, query), step: "look", accept });
  const read = async (path: string): Promise<GhostPost | undefined> => {
    const answer = await look(path, FORMATS, [404]);
    return answer.status === 404 ? undefined : shaped(Posts, answer, "Ghost", "look").posts[0];
  };

  return {
    async check() {
      const { site } = shaped(Site, await look("site/"), "Ghost", "look");
      // The title is public; only this one needs the key.
      await look("posts/", { limit: "1", fields: "id" });
      return { account: site.title };
    },
    byId: (id) => read(`posts/${encodeURIComponent(id)}/`),
    bySlug: (slug) => read(`posts/slug/${encodeURIComponent(slug)}/`),
    async add(post) {
      const url = at("posts/", { source: "html", ...FORMATS });
      const answer = await api({ method: "POST", url, step: "publish", json: { posts: [post] } });
      return shaped(Posts, answer, "Ghost", "publish").posts[0];
    },
    async edit({ id, updated_at }, change) {
      const url = at(`posts/${encodeURIComponent(id)}/`, FORMATS);
      await api({ method: "PUT", url, step: "publish", json: { posts: [{ ...change, updated_at }] } });
    },
    async remove({ id }) {
      await api({ method: "DELETE", url: at(`posts/${encodeURIComponent(id)}/`), step: "retract", accept: [404] });
    },
    async upload({ hash, mime }, bytes) {
      const body = new FormData();
      const name = `${hash.slice(0, 16)}.${mime.slice("image/".length)}`;
      body.append("file", new File([bytes.slice()], name, { type: mime }));
      body.append("purpose", "image");
      const answer = await api({ method: "POST", url: at("images/upload/"), step: "prepare", body });
      return shaped(Images, answer, "Ghost", "prepare").images[0].url;
    },
  };
}
