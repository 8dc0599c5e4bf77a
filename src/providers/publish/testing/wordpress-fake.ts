import { z } from "zod";

interface FakePost {
  id: number;
  type: string;
  status: string;
  slug: string;
  title: string;
  content: string;
  date_gmt: string;
  featured_media: number;
  categories: unknown;
}

interface FakeMedia {
  id: number;
  slug: string;
  path: string;
  mime: string;
  alt_text: string;
  bytes: Uint8Array;
}

const USERNAME = "admin";
const PASSWORD = "cJ3J mngX 8chn jqUJ XypO tk9q";
const Sent = z.object({
  title: z.string().optional(),
  content: z.string().optional(),
  slug: z.string().optional(),
  status: z.string().optional(),
  date_gmt: z.string().optional(),
  featured_media: z.int().optional(),
  categories: z.array(z.int()).optional(),
  alt_text: z.string().optional(),
});
type Sent = z.infer<typeof Sent>;

export interface WordPressFake {
  url: string;
  username: string;
  password: string;
  /** All that there are, the trash included; to look at and to change. */
  posts(): FakePost[];
  media(): FakeMedia[];
  /** Whether the user may publish; a contributor may not. */
  mayPublish: boolean;
  /** Whether it answers at ?rest_route= and at /wp-json/. */
  query: boolean;
  pretty: boolean;
  /** Two drafts that arrive in the same moment get the same name. */
  sameNames: boolean;
  takesFiles: boolean;
  /** The content of a new post is not kept. */
  dropContent: boolean;
  /** No change of status is carried out, and every one acknowledged. */
  stuck: boolean;
  stop(): Promise<void>;
}

/** The part of WordPress's REST API (6.1) that articles need, in its own words; checked against a real one by the same suite. */
export function startWordPressFake(): WordPressFake {
  const posts: FakePost[] = [];
  const media: FakeMedia[] = [];
  let ids = 0;
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => answer(request) });
  const origin = server.url.origin;

  const shown = (post: FakePost, edit: boolean): Record<string, unknown> => ({
    ...post,
    link: post.status === "publish" ? `${origin}/${post.slug}/` : `${origin}/?p=${post.id}`,
    title: { rendered: post.title, ...(edit ? { raw: post.title } : {}) },
    content: { rendered: post.content, ...(edit ? { raw: post.content } : {}) },
  });
  const shownMedia = ({ id, slug, mime, alt_text, path }: FakeMedia): Record<string, unknown> => ({
    id,
    slug,
    mime_type: mime,
    alt_text,
    source_url: `${origin}${path}`,
  });

  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const file = media.find(({ path }) => path === url.pathname);
    if (file) return new Response(file.bytes.slice(), { headers: { "content-type": file.mime } });
    const query = fake.query ? url.searchParams.get("rest_route") : null;
    const pretty = fake.pretty && url.pathname.startsWith("/wp-json/") ? url.pathname.slice("/wp-json".length) : null;
    const route = query ?? pretty;
    if (route === null)
      return new Response("<!doctype html><title>A theme</title>", { headers: { "content-type": "text/html" } });
    const [, kind = "", id] = /^\/wp\/v2\/(types|users\/me|posts|pages|media)(?:\/(\d+))?\/?$/.exec(route) ?? [];
    if (kind === "types") return Response.json({ post: { name: "Posts" } });
    const known = accepts(request.headers.get("authorization"));
    if (known === "wrong")
      return failure(401, "incorrect_password", "The provided password is an invalid application password.");
    if (kind === "users/me")
      return known === "nobody"
        ? failure(401, "rest_not_logged_in", "You are not currently logged in.")
        : Response.json({
            name: "admin",
            capabilities: { read: true, ...(fake.mayPublish && { publish_posts: true }) },
          });
    if (kind === "media") return answerMedia(request, url, known, id);
    if (kind !== "posts" && kind !== "pages") return failure(404, "rest_no_route", "No route was found.");
    return answerPosts(request, url, known, kind, id);
  };

  const answerPosts = async (
    request: Request,
    url: URL,
    known: string,
    type: string,
    id: string | undefined,
  ): Promise<Response> => {
    const edit = url.searchParams.get("context") === "edit";
    const status = url.searchParams.get("status") ?? "publish";
    if (known === "nobody" && (edit || status !== "publish" || request.method !== "GET"))
      return failure(401, "rest_forbidden_context", "Sorry, you are not allowed to edit posts in this post type.");
    if (id === undefined && request.method === "GET") {
      const slug = url.searchParams.get("slug");
      const fits = (post: FakePost): boolean =>
        post.type === type &&
        (slug === null || slug.split(",").includes(post.slug)) &&
        (status === "any" ? post.status !== "trash" : post.status === status);
      return Response.json(posts.filter(fits).map((post) => shown(post, edit)));
    }
    if (id === undefined) {
      const post: FakePost = {
        id: (ids += 1),
        type,
        status: "draft",
        slug: "",
        title: "",
        content: "",
        date_gmt: "",
        featured_media: 0,
        categories: [],
      };
      posts.push(post);
      change(post, Sent.parse(await request.json()));
      return Response.json(shown(post, true), { status: 201 });
    }
    const post = posts.find((one) => one.type === type && one.id === Number(id));
    if (!post) return failure(404, "rest_post_invalid_id", "Invalid post ID.");
    if (request.method === "DELETE") post.status = "trash";
    if (request.method === "POST") {
      const sent = Sent.parse(await request.json());
      if (!fake.mayPublish && sent.status !== "draft")
        return failure(403, "rest_cannot_publish", "Sorry, you are not allowed to publish posts in this post type.");
      if (!fake.stuck) change(post, sent);
    }
    return Response.json(shown(post, edit || request.method !== "GET"));
  };

  const change = (post: FakePost, { status, ...sent }: Sent): void => {
    Object.assign(post, sent, fake.dropContent ? { content: "" } : {});
    if (status === undefined) return;
    const now = new Date().toISOString().slice(0, 19);
    if (status === "publish" && post.status !== "publish") post.date_gmt = sent.date_gmt ?? now;
    // What is due within a minute does not wait.
    const soon = new Date(Date.now() + 60_000).toISOString().slice(0, 19);
    post.status = status === "future" && post.date_gmt <= soon ? "publish" : status;
    if (status === "draft" && (sent.slug === undefined || fake.sameNames)) return;
    // Also those that are no more than drafts count as taken.
    const others = posts.filter((one) => one !== post && one.type === post.type && one.status !== "trash");
    const taken = new Set(others.map(({ slug }) => slug));
    const wanted = post.slug;
    for (let nth = 2; taken.has(post.slug); nth += 1) post.slug = `${wanted}-${nth}`;
  };

  const answerMedia = async (request: Request, url: URL, known: string, id: string | undefined): Promise<Response> => {
    const one = media.find((some) => some.id === Number(id));
    if (request.method === "GET" && one) return Response.json(shownMedia(one));
    if (request.method === "GET") {
      const slug = url.searchParams.get("slug");
      return Response.json(media.filter((some) => slug === null || some.slug === slug).map(shownMedia));
    }
    if (known === "nobody")
      return failure(401, "rest_cannot_create", "Sorry, you are not allowed to create posts as this user.");
    if (one) {
      one.alt_text = Sent.parse(await request.json()).alt_text ?? one.alt_text;
      return Response.json(shownMedia(one));
    }
    const name = /filename="([^"]+)"/.exec(request.headers.get("content-disposition") ?? "")?.[1];
    if (name === undefined)
      return failure(400, "rest_upload_no_content_disposition", "No Content-Disposition supplied.");
    const mime = request.headers.get("content-type") ?? "";
    if (!fake.takesFiles)
      return failure(500, "rest_upload_sideload_error", "Sorry, you are not allowed to upload this file type.");
    const made: FakeMedia = {
      id: (ids += 1),
      slug: url.searchParams.get("slug") ?? name.replace(/\.\w+$/, ""),
      path: `/wp-content/uploads/2026/11/${media.length}-${name}`,
      mime,
      alt_text: "",
      bytes: await request.bytes(),
    };
    media.push(made);
    return Response.json(shownMedia(made), { status: 201 });
  };

  const fake: WordPressFake = {
    url: origin,
    username: USERNAME,
    password: PASSWORD,
    posts: () => posts,
    media: () => media,
    mayPublish: true,
    query: true,
    pretty: true,
    sameNames: false,
    takesFiles: true,
    dropContent: false,
    stuck: false,
    stop: () => server.stop(true),
  };
  return fake;
}

function accepts(header: string | null): "nobody" | "wrong" | "user" {
  if (header === null) return "nobody";
  const [name, ...rest] = atob(header.replace(/^Basic /, "")).split(":");
  return name === USERNAME && rest.join(":").replaceAll(" ", "") === PASSWORD.replaceAll(" ", "") ? "user" : "wrong";
}

function failure(status: number, code: string, message: string): Response {
  return Response.json({ code, message, data: { status } }, { status });
}
