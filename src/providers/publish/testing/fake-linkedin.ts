import { createHash } from "node:crypto";
import { json, listOf, startFake, textOf } from "./fake-platform.ts";
import { type PublishServer, RETRY_AFTER_MS } from "./subject.ts";

const TOKEN = "AQX-linkedin-token-1234567890";
const AUTHOR = "urn:li:organization:2414183";
const SERVED = "202607";

interface Stored {
  urn: string;
  commentary: string;
  at: number;
  images: { id: string; alt: string | undefined }[];
}

const refuse = (status: number, code: string, message: string): Response =>
  json({ status, code, message, serviceErrorCode: 100 }, status);

/** What it says of a text that it has, or had: deleted posts count for a day or two, under urns that lead nowhere. */
const duplicate = (urn: string | undefined): Response =>
  json(
    {
      errorDetailType: "com.linkedin.common.error.BadRequest",
      message: `com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate${urn ? ` of ${urn}` : ""}`,
      errorDetails: { inputErrors: [{ description: "Duplicate post is detected", input: {}, code: "DUPLICATE_POST" }] },
      status: 422,
    },
    422,
  );

/** LinkedIn's Posts and Images APIs as learn.microsoft.com describes them; unescaped reserved characters end a post, as there. */
export async function startFakeLinkedIn(
  over: { mayRead?: boolean; older?: string; duplicates?: boolean | "unnamed" } = {},
): Promise<PublishServer> {
  const posts: Stored[] = [];
  const deleted = new Set<string>();
  const images = new Map<string, Uint8Array | undefined>();
  let ids = 7_000;
  const next = (): string => String((ids += 1));
  if (over.older !== undefined)
    posts.push({ urn: "urn:li:share:6900", commentary: over.older, at: Date.now() - 3_600_000, images: [] });

  const create = async (request: Request): Promise<Response> => {
    const body: unknown = await request.json();
    if (textOf(body, "author") !== AUTHOR)
      return refuse(403, "ACCESS_DENIED", "Not enough permissions to access: posts.CREATE");
    const commentary = textOf(body, "commentary");
    const one = textOf(body, "content", "media", "id");
    const sent = one
      ? [{ id: one, alt: textOf(body, "content", "media", "altText") }]
      : listOf(body, "content", "multiImage", "images").map((image) => ({
          id: textOf(image, "id"),
          alt: textOf(image, "altText"),
        }));
    if (!sent.every(({ id }) => images.get(id) !== undefined))
      return refuse(400, "INVALID_VALUE_FOR_FIELD", "media is not uploaded");
    const same = posts.find((post) => post.commentary === commentary)?.urn;
    const known = same ?? (deleted.has(commentary) ? `urn:li:share:${next()}` : undefined);
    if (known && over.duplicates !== false) return duplicate(over.duplicates === "unnamed" ? undefined : known);
    const urn = `urn:li:share:${next()}`;
    posts.push({ urn, commentary, at: Date.now(), images: sent });
    return new Response(null, { status: 201, headers: { "x-restli-id": urn, "x-linkedin-id": urn } });
  };

  const given = ({ urn, commentary, at }: Stored): unknown => ({
    id: urn,
    author: AUTHOR,
    commentary,
    createdAt: at,
    publishedAt: at,
    lifecycleState: "PUBLISHED",
    visibility: "PUBLIC",
  });

  const answer = async (request: Request, url: URL): Promise<Response> => {
    if (request.headers.get("authorization") !== `Bearer ${TOKEN}`)
      return refuse(401, "INVALID_ACCESS_TOKEN", "Invalid access token");
    if (url.pathname.startsWith("/dms-uploads/")) {
      const id = decodeURIComponent(url.pathname.split("/")[2] ?? "");
      images.set(id, new Uint8Array(await request.arrayBuffer()));
      return new Response(null, { status: 201 });
    }
    const version = request.headers.get("linkedin-version");
    if (version === null) return refuse(400, "VERSION_MISSING", "A version must be present. Please specify a version");
    if (version !== SERVED) return refuse(426, "NONEXISTENT_VERSION", `Requested version ${version}01 is not active`);
    if (request.headers.get("x-restli-protocol-version") !== "2.0.0") return refuse(400, "PROTOCOL", "protocol 2.0.0");
    if (url.pathname === "/rest/images") {
      const body: unknown = await request.json();
      if (textOf(body, "initializeUploadRequest", "owner") !== AUTHOR)
        return refuse(403, "ACCESS_DENIED", "Not enough permissions to access: images.ACTION-initializeUpload");
      const image = `urn:li:image:C4E10AQ${next()}`;
      images.set(image, undefined);
      const uploadUrl = `https://www.linkedin.com/dms-uploads/${encodeURIComponent(image)}/uploaded-image/0?ca=vector_feedshare`;
      return json({ value: { uploadUrlExpiresAt: Date.now() + 86_400_000, uploadUrl, image } });
    }
    if (request.method === "POST") return create(request);
    if (request.method === "GET" && over.mayRead === false)
      return refuse(403, "ACCESS_DENIED", "Not enough permissions to access: partnerApiPostsExternal.FINDER-author");
    const urn = decodeURIComponent(url.pathname.slice("/rest/posts/".length));
    if (urn === "") {
      if (request.headers.get("x-restli-method") !== "FINDER")
        return refuse(400, "ILLEGAL_ARGUMENT", "FINDER is missing");
      const elements = posts.toReversed().map(given);
      return json({ paging: { start: 0, count: 100, links: [], total: elements.length }, elements });
    }
    const nth = posts.findIndex((post) => post.urn === urn);
    const post = posts[nth];
    if (!post) return refuse(404, "RESOURCE_NOT_FOUND", "Entity with that id does not exist");
    if (request.method === "GET") return json(given(post));
    posts.splice(nth, 1);
    deleted.add(post.commentary);
    return new Response(null, { status: 204 });
  };

  return startFake({
    setting: { options: { author: AUTHOR } },
    env: { LINKEDIN_ACCESS_TOKEN: TOKEN },
    hosts: ["api.linkedin.com", "www.linkedin.com"],
    answer,
    published: () =>
      posts.map((post) => ({
        id: post.urn,
        text: shown(post.commentary),
        media: post.images.map(({ id, alt }) => ({
          hash: createHash("sha256")
            .update(images.get(id) ?? "")
            .digest("hex"),
          alt,
        })),
      })),
    faults: {
      publishes: ({ method, path }) => method === "POST" && path === "/rest/posts",
      cannot: {
        quota: "LinkedIn has no quota that a person can raise: its day's limit is a 429 that ends at midnight UTC",
      },
      answers: {
        rate_limited: () => ({
          status: 429,
          headers: { "retry-after": String(RETRY_AFTER_MS / 1000) },
          body: JSON.stringify({
            status: 429,
            code: "TOO_MANY_REQUESTS",
            message: "Resource level throttle limit is reached",
          }),
        }),
        reject: ({ headers }) => ({
          status: 422,
          body: JSON.stringify({
            status: 422,
            code: "UNPROCESSABLE_ENTITY",
            message: `no: ${headers["authorization"]}`,
          }),
        }),
      },
    },
  });
}

/** What readers see of little text, read by its grammar: an unescaped reserved character ends the post. */
function shown(little: string): string {
  let text = "";
  let rest = little;
  while (rest !== "") {
    const hashtag = /^\{hashtag\|\\#\|([\p{L}\p{N}]+)\}/u.exec(rest);
    if (hashtag) {
      text += `#${hashtag[1]}`;
      rest = rest.slice(hashtag[0].length);
    } else if (rest[0] === "\\" && "\\|{}@[]()<>#*_~".includes(rest[1] ?? "x")) {
      text += rest[1];
      rest = rest.slice(2);
    } else if ("\\|{}@[]()<>#*_~".includes(rest[0] ?? "")) break;
    else {
      text += rest[0];
      rest = rest.slice(1);
    }
  }
  return text;
}
