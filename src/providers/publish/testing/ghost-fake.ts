import { createHmac } from "node:crypto";
import { z } from "zod";

interface FakePost {
  id: string;
  uuid: string;
  title: string;
  slug: string;
  html: string | null;
  status: string;
  tags: unknown;
  feature_image: string | null;
  feature_image_alt: string | null;
  created_at: string;
  updated_at: string;
  published_at: string | null;
}

const KEY = `6b01bc8b9d34ca582df764f3:${"07f3a1".repeat(10)}beef`;
const Sent = z.object({ posts: z.tuple([z.record(z.string(), z.unknown())]) });

export interface GhostFake {
  url: string;
  /** An admin API key. */
  key: string;
  /** All that there are, drafts included; to look at and to change. */
  posts(): FakePost[];
  /** Somebody works on every post. */
  touch(): void;
  /** Somebody works on every post as soon as it was read. */
  touchAfterRead: boolean;
  /** The body of a new post is not kept. */
  dropHtml: boolean;
  /** No change of status is carried out, and every one acknowledged. */
  stuck: boolean;
  stop(): Promise<void>;
}

/** The part of Ghost's Admin API (6.65) that articles need, in its own words; checked against a real one by the same suite. */
export function startGhostFake(): GhostFake {
  const posts = new Map<string, FakePost>();
  let ids = 0;
  const images = new Map<string, Uint8Array>();
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => answer(request) });
  const origin = server.url.origin;

  const shown = (post: FakePost, formats: string | null): Record<string, unknown> => {
    const { html, ...rest } = post;
    const url = post.status === "published" ? `${origin}/${post.slug}/` : `${origin}/p/${post.uuid}/`;
    return { ...rest, url, ...(formats?.includes("html") ? { html } : {}) };
  };
  const unique = (slug: string): string => {
    const taken = new Set([...posts.values()].map((post) => post.slug));
    for (let nth = 2, name = slug; ; nth += 1, name = `${slug}-${nth - 1}`) if (!taken.has(name)) return name;
  };

  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const image = images.get(url.pathname);
    if (image) return new Response(image.slice());
    const route = /^\/ghost\/api\/admin\/(.*)\/$/.exec(url.pathname)?.[1];
    if (route === undefined) return new Response("<html>not found</html>", { status: 404 });
    if (route === "site") return Response.json({ site: { title: "Fake site", version: "6.65" } });
    if (!accepts(request.headers.get("authorization")))
      return failure(401, "UnauthorizedError", "Unknown Admin API Key", "UNKNOWN_ADMIN_API_KEY");
    if (route === "images/upload") return store(await request.formData());
    const [, name, rest] = /^(posts)(?:\/(.*))?$/.exec(route) ?? [];
    if (name === undefined) return failure(404, "NotFoundError", "Resource not found");
    const formats = url.searchParams.get("formats");
    const give = (post: FakePost, status = 200): Response =>
      Response.json({ posts: [shown(post, formats)] }, { status });
    if (rest === undefined && request.method === "GET") {
      const status = /status:(\w+)/.exec(url.searchParams.get("filter") ?? "")?.[1];
      const some = [...posts.values()].filter((post) => status === undefined || post.status === status);
      return Response.json({ posts: some.map((post) => shown(post, formats)), meta: {} });
    }
    if (rest === undefined) {
      const [sent] = Sent.parse(await request.json()).posts;
      if ([...text(sent["title"])].length > 255)
        return failure(422, "ValidationError", "Validation error, cannot save post.");
      const made = give(add(sent, url.searchParams.get("source") === "html" && !fake.dropHtml), 201);
      if (fake.touchAfterRead) fake.touch();
      return made;
    }
    const bySlug = rest.startsWith("slug/") ? decodeURIComponent(rest.slice("slug/".length)) : undefined;
    const post = bySlug === undefined ? posts.get(rest) : [...posts.values()].find(({ slug }) => slug === bySlug);
    if (!post) return failure(404, "NotFoundError", "Resource not found error, cannot read post.");
    if (request.method === "GET") return give(post);
    if (request.method === "DELETE") {
      posts.delete(post.id);
      return new Response(null, { status: 204 });
    }
    const [change] = Sent.parse(await request.json()).posts;
    if (change["updated_at"] !== post.updated_at)
      return failure(409, "UpdateCollisionError", "Saving failed! Someone else is editing this post.");
    const due = Date.parse(text(change["published_at"]));
    if (change["status"] === "scheduled" && due < Date.now() + 120_000)
      return failure(422, "ValidationError", "Date must be at least 2 minutes in the future.");
    if (!fake.stuck) edit(post, change);
    return give(post);
  };

  const store = (form: FormData | { get(name: string): unknown }): Promise<Response> | Response => {
    const file = form.get("file");
    if (!(file instanceof Blob) || !file.type.startsWith("image/"))
      return failure(415, "UnsupportedMediaTypeError", "Please select a valid image.");
    const path = `/content/images/2026/11/image-${images.size}.png`;
    return file.arrayBuffer().then((bytes) => {
      images.set(path, new Uint8Array(bytes));
      return Response.json({ images: [{ url: `${origin}${path}`, ref: null }] }, { status: 201 });
    });
  };

  const add = (sent: Record<string, unknown>, fromHtml: boolean): FakePost => {
    const now = seconds(Date.now());
    const post: FakePost = {
      id: (ids += 1).toString(16).padStart(24, "a"),
      uuid: crypto.randomUUID(),
      title: text(sent["title"]) || "(Untitled)",
      slug: unique(text(sent["slug"])),
      // Without `source=html` it takes no notice of it.
      html: fromHtml ? text(sent["html"]) : null,
      status: "draft",
      tags: sent["tags"],
      feature_image: text(sent["feature_image"]) || null,
      feature_image_alt: text(sent["feature_image_alt"]) || null,
      created_at: now,
      updated_at: now,
      published_at: null,
    };
    posts.set(post.id, post);
    if (sent["status"] !== undefined) edit(post, sent);
    return post;
  };

  const edit = (post: FakePost, change: Record<string, unknown>): void => {
    const { status } = change;
    if (typeof status === "string" && status !== post.status) {
      post.updated_at = later(post);
      post.status = status;
    }
    if (status === "scheduled") post.published_at = seconds(Date.parse(text(change["published_at"])));
    if (status === "published") post.published_at ??= seconds(Date.now());
  };

  const fake: GhostFake = {
    url: origin,
    key: KEY,
    posts: () => [...posts.values()],
    touch: () => posts.forEach((post) => (post.updated_at = later(post))),
    touchAfterRead: false,
    dropHtml: false,
    stuck: false,
    stop: () => server.stop(true),
  };
  return fake;
}

/** HS256, the key's id in the header, for /admin/, at most five minutes. */
function accepts(header: string | null): boolean {
  const [id, secret = ""] = KEY.split(":");
  const [head = "", body = "", signature] = (/^Ghost (\S+)$/.exec(header ?? "")?.[1] ?? "").split(".");
  const expected = createHmac("sha256", Buffer.from(secret, "hex")).update(`${head}.${body}`).digest("base64url");
  if (signature !== expected) return false;
  const read = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, "base64url").toString());
  const { kid, alg } = read(head);
  const { aud, iat, exp } = read(body);
  const now = Date.now() / 1000;
  return kid === id && alg === "HS256" && aud === "/admin/" && Number(exp) > now && Number(exp) - Number(iat) <= 300;
}

function failure(status: number, type: string, message: string, code: string | null = null): Response {
  return Response.json({ errors: [{ message, context: null, type, code, details: null, help: null }] }, { status });
}

function seconds(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString();
}

/** A clock of whole seconds, which never shows the same time twice here. */
function later(post: FakePost): string {
  return seconds(Math.max(Date.now(), Date.parse(post.updated_at) + 1000));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
