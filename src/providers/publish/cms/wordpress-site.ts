import { z } from "zod";
import type { PayloadMedia } from "../../../lib/outbox.ts";
import { ProviderFailure, type FailureKind } from "../../failure.ts";
import type { Access } from "../../provider.ts";
import { createApi, shaped, type Answer, type Step } from "../api-call.ts";
import { hiding, siteUrl } from "./site.ts";

export const WORDPRESS_TYPES = ["posts", "pages"] as const;
export type WordPressType = (typeof WORDPRESS_TYPES)[number];
/** How the REST API is addressed: ?rest_route=… on almost every site, wp-json/… where permalinks are pretty. */
export const REST_STYLES = ["query", "pretty"] as const;
export type RestStyle = (typeof REST_STYLES)[number];

/** A post or page in the context "edit". */
const WordPressPost = z.object({
  id: z.int(),
  status: z.string(),
  slug: z.string(),
  link: z.string(),
  /** Without a zone, in UTC. */
  date_gmt: z.string().nullish(),
  title: z.object({ raw: z.string() }),
  content: z.object({ raw: z.string() }),
});
export type WordPressPost = z.infer<typeof WordPressPost>;

const WordPressMedia = z.object({ id: z.int(), source_url: z.string(), alt_text: z.string() });
export type WordPressMedia = z.infer<typeof WordPressMedia>;

const User = z.object({ name: z.string(), capabilities: z.record(z.string(), z.unknown()) });
const Failure = z.object({ code: z.string(), message: z.string().optional() });

/** The content of one WordPress site. Every method throws `ProviderFailure` only. */
export interface WordPressSite {
  check(): Promise<{ account: string }>;
  /** Undefined also for what lies in the trash. */
  byId(type: WordPressType, id: number): Promise<WordPressPost | undefined>;
  /** The one that is furthest on its way, of those with this name or one that WordPress made of it. */
  bySlug(type: WordPressType, slug: string): Promise<WordPressPost | undefined>;
  add(type: WordPressType, post: Record<string, unknown>): Promise<WordPressPost>;
  edit(type: WordPressType, id: number, change: Record<string, unknown>): Promise<void>;
  /** Into the trash, from which a person can take it back. */
  trash(type: WordPressType, id: number): Promise<void>;
  /** Stores a file under a name, once: what has the name already is used. */
  upload(file: PayloadMedia, name: string, bytes: Uint8Array): Promise<WordPressMedia>;
}

/** Of two that were made at once, the one that is published first is renamed, although it has the name already. */
const SUFFIXES = ["-2", "-3", "-4", "-5"];
/** Draft and pending posts may share a name; the public one counts, then the older one. */
const RANK = ["publish", "future"];

/** What its codes mean otherwise than their status: a site without this route, and a file that it does not take. */
const KINDS: Readonly<Record<string, FailureKind>> = {
  rest_no_route: "missing",
  rest_upload_sideload_error: "rejected",
  rest_upload_unknown_error: "rejected",
};

/** Talks to the REST API with an application password; nothing is asked before the first call. */
export function openWordPress(access: Access, username: string, rest: RestStyle | "try"): WordPressSite {
  const basic = (): string => Buffer.from(`${username}:${access.secret("application_password")}`).toString("base64");
  const api = createApi(
    hiding(access, () => [basic(), access.secret("application_password").replaceAll(" ", "")]),
    {
      name: "WordPress",
      headers: () => ({ authorization: `Basic ${basic()}` }),
      isOwn: (json) => Failure.safeParse(json).success,
      explain({ json }) {
        const { code, message = "" } = Failure.safeParse(json).data ?? {};
        if (code === undefined) return undefined;
        return { kind: KINDS[code], message: `${message.replaceAll(/<[^>]*>/g, " ")} (${code})` };
      },
    },
  );
  const look = (url: URL, accept: readonly number[] = []): Promise<Answer> =>
    api({ method: "GET", url, step: "look", accept });
  const write = async (step: Step, url: URL, json: Record<string, unknown>): Promise<Answer> =>
    api({ method: "POST", url, step, json });

  const address = (style: RestStyle, route: string, query: Record<string, string> = {}): URL =>
    style === "pretty"
      ? siteUrl(access.url, `wp-json/${route}`, query)
      : siteUrl(access.url, "", { rest_route: `/${route}`, ...query });
  const answersAt = async (style: RestStyle): Promise<boolean> => {
    try {
      const { json } = await look(address(style, "wp/v2/types"), [400, 401, 403, 404]);
      // An error in WordPress's own words is its REST API as well.
      return typeof json === "object" && json !== null && ("post" in json || "code" in json);
    } catch (error) {
      // Where permalinks are plain, /wp-json/ leads to the front page, which may be on another host.
      if (error instanceof ProviderFailure && error.kind === "missing") return false;
      throw error;
    }
  };
  const discover = async (): Promise<RestStyle> => {
    if (rest !== "try") return rest;
    // What is missing after this is the address, and not the password.
    basic();
    for (const style of REST_STYLES) if (await answersAt(style)) return style;
    throw new ProviderFailure(
      "missing",
      `there is no WordPress REST API at ${access.url?.href ?? "this url"}, neither at ?rest_route=/ nor at wp-json/; set url to the exact address of the site, as its settings name it`,
    );
  };
  let found: RestStyle | undefined;
  const at = async (route: string, query: Record<string, string> = {}): Promise<URL> =>
    address((found ??= await discover()), `wp/v2/${route}`, query);
  const read = <T>(schema: z.ZodType<T>, answer: Answer, step: Step = "look"): T =>
    shaped(schema, answer, "WordPress", step);

  return {
    async check() {
      const user = read(User, await look(await at("users/me", { context: "edit" })));
      if (user.capabilities["publish_posts"] !== true)
        throw new ProviderFailure(
          "unauthorised",
          `${username} may not publish posts; give the user the role of an author or editor`,
        );
      return { account: user.name };
    },
    async byId(type, id) {
      const answer = await look(await at(`${type}/${id}`, { context: "edit" }), [404]);
      if (answer.status === 404) return undefined;
      const post = read(WordPressPost, answer);
      return post.status === "trash" ? undefined : post;
    },
    async bySlug(type, slug) {
      const names = [slug, ...SUFFIXES.map((suffix) => slug + suffix)].join();
      const query = { slug: names, status: "any", context: "edit", orderby: "id", order: "asc" };
      const posts = read(z.array(WordPressPost), await look(await at(type, query)));
      return RANK.map((status) => posts.find((post) => post.status === status)).find(Boolean) ?? posts[0];
    },
    add: async (type, json) =>
      read(WordPressPost, await write("publish", await at(type, { context: "edit" }), json), "publish"),
    async edit(type, id, json) {
      await write("publish", await at(`${type}/${id}`), json);
    },
    async trash(type, id) {
      await api({ method: "DELETE", url: await at(`${type}/${id}`), step: "retract", accept: [404, 410] });
    },
    async upload({ mime, alt }, name, bytes) {
      const listed = read(z.array(WordPressMedia), await look(await at("media", { slug: name })));
      const extension = mime
        .slice(mime.indexOf("/") + 1)
        .replace("jpeg", "jpg")
        .replace("quicktime", "mov");
      const store = async (): Promise<Answer> =>
        api({
          method: "POST",
          // The title within the picture would else become the name by which we look for it.
          url: await at("media", { slug: name, title: name }),
          step: "prepare",
          body: bytes.slice(),
          headers: { "content-type": mime, "content-disposition": `attachment; filename="${name}.${extension}"` },
        });
      const made = listed[0] ?? read(WordPressMedia, await store(), "prepare");
      if (alt !== undefined && made.alt_text !== alt)
        await write("prepare", await at(`media/${made.id}`), { alt_text: alt });
      return made;
    },
  };
}
