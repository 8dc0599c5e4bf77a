import { createHash, createHmac } from "node:crypto";
import { json, listOf, memberOf, startFake, textOf } from "./fake-platform.ts";
import { type PublishServer, RETRY_AFTER_MS } from "./subject.ts";

const KEYS = {
  X_API_KEY: "apikey-1234567890",
  X_API_SECRET: "apisecret/1234+567890=",
  X_ACCESS_TOKEN: "4711-accesstoken1234",
  X_ACCESS_SECRET: "accesssecret-98765432",
};
const TOKEN = "oauth2-user-token-abcdef";
const USER = { id: "4711", username: "acme_co", name: "Acme" };

interface Upload {
  size: number;
  parts: Map<number, Uint8Array>;
  bytes?: Uint8Array;
  alt?: string;
}
interface Stored {
  id: string;
  text: string;
  at: number;
  media: Upload[];
}

const problem = (status: number, title: string, detail: string, type = "about:blank"): Response =>
  json({ title, detail, type, status }, status);

/** X API v2 as https://docs.x.com describes it: signed requests, chunked upload, t.co links, refused duplicates. */
export async function startFakeX(
  over: { oauth2?: boolean; processing?: number; older?: string; goneStatus?: number } = {},
): Promise<PublishServer> {
  const posts: Stored[] = [];
  const uploads = new Map<string, Upload>();
  let ids = 1_000;
  if (over.older !== undefined) posts.push({ id: "900", text: over.older, at: Date.now() - 3_600_000, media: [] });
  let working = over.processing ?? 0;

  const given = ({ id, text, media, at }: Stored): unknown => {
    const urls = [...text.matchAll(/https?:\/\/[^\s]+/g)].map(([expanded_url], nth) => ({
      url: `https://t.co/${id}${nth}`,
      expanded_url,
    }));
    let shown = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").trim();
    for (const { url, expanded_url } of urls) shown = shown.replace(expanded_url.replaceAll("&", "&amp;"), url);
    const own = `https://t.co/m${id}`;
    if (media.length > 0) {
      shown = `${shown} ${own}`;
      urls.push({ url: own, expanded_url: `https://x.com/${USER.username}/status/${id}/photo/1` });
    }
    return {
      id,
      text: shown,
      created_at: new Date(at).toISOString(),
      ...(urls.length > 0 ? { entities: { urls } } : {}),
    };
  };

  const upload = async (request: Request, url: URL): Promise<Response> => {
    const [, , , , id = "", step] = url.pathname.split("/");
    const status = (): unknown => ({
      data: {
        id: url.searchParams.get("media_id") ?? id,
        ...(working > 0 ? { processing_info: { state: "in_progress", check_after_secs: 0.01 } } : {}),
      },
    });
    if (request.method === "GET") {
      working -= 1;
      return json(status());
    }
    if (id === "initialize") {
      const body: unknown = await request.json();
      ids += 1;
      uploads.set(String(ids), { size: Number(memberOf(body, "total_bytes")), parts: new Map() });
      return json({ data: { id: String(ids), media_key: `3_${ids}`, expires_after_secs: 86_400 } });
    }
    const file = uploads.get(id);
    if (!file) return problem(404, "Not Found Error", "no such media");
    if (step === "append") {
      const form = await request.formData();
      const part = form.get("media");
      if (!(part instanceof Blob)) return problem(400, "Invalid Request", "media is missing");
      file.parts.set(Number(form.get("segment_index")), new Uint8Array(await part.arrayBuffer()));
      return json({ data: { expires_at: 1 } });
    }
    file.bytes = Buffer.concat([...file.parts].toSorted(([a], [b]) => a - b).map(([, bytes]) => bytes));
    if (file.bytes.byteLength !== file.size) return problem(400, "Invalid Request", "the segments are not whole");
    return json(status());
  };

  const create = async (request: Request): Promise<Response> => {
    const body: unknown = await request.json();
    const text = textOf(body, "text");
    const media = listOf(body, "media", "media_ids").map((id) => uploads.get(String(id)));
    if (!media.every((one) => one?.bytes !== undefined))
      return problem(400, "Invalid Request", "Your media IDs are invalid.");
    if (posts.some((post) => post.text === text))
      return problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.");
    ids += 1;
    const post = { id: String(ids), text, at: Date.now(), media: media.filter((one) => one !== undefined) };
    posts.push(post);
    return json({ data: given(post) }, 201);
  };

  const answer = async (request: Request, url: URL): Promise<Response> => {
    const allowed = over.oauth2 ? request.headers.get("authorization") === `Bearer ${TOKEN}` : signed(request, url);
    if (!allowed) return problem(401, "Unauthorized", "Unauthorized");
    const [, , area, id] = url.pathname.split("/");
    if (url.pathname === "/2/users/me") return json({ data: USER });
    if (url.pathname === "/2/media/metadata") {
      const body: unknown = await request.json();
      const file = uploads.get(textOf(body, "id"));
      if (file) file.alt = textOf(body, "metadata", "alt_text", "text");
      return json({ data: { id } });
    }
    if (area === "media") return upload(request, url);
    if (url.pathname === `/2/users/${USER.id}/tweets`) {
      const since = Date.parse(url.searchParams.get("start_time") ?? "");
      const data = posts
        .filter(({ at }) => at >= since)
        .toReversed()
        .map(given);
      return json(data.length > 0 ? { data, meta: { result_count: data.length } } : { meta: { result_count: 0 } });
    }
    if (url.pathname === "/2/tweets" && request.method === "POST") return create(request);
    const nth = posts.findIndex((post) => post.id === id);
    const post = posts[nth];
    if (request.method === "DELETE") {
      if (!post && over.goneStatus !== undefined) return problem(over.goneStatus, "Not Found Error", "no such post");
      if (post) posts.splice(nth, 1);
      return json({ data: { deleted: post !== undefined } });
    }
    if (post) return json({ data: given(post) });
    const type = "https://api.twitter.com/2/problems/resource-not-found";
    return json({ errors: [{ title: "Not Found Error", detail: `Could not find tweet with id: [${id}].`, type }] });
  };

  return startFake({
    setting: { options: { handle: USER.username } },
    env: over.oauth2 ? { X_OAUTH2_TOKEN: TOKEN } : KEYS,
    hosts: ["api.x.com"],
    answer,
    published: () =>
      posts.map(({ id, text, media }) => ({
        id,
        text,
        media: media.map(({ bytes = new Uint8Array(), alt }) => ({
          hash: createHash("sha256").update(bytes).digest("hex"),
          alt,
        })),
      })),
    faults: {
      publishes: ({ method, path }) => method === "POST" && path === "/2/tweets",
      answers: {
        rate_limited: () => ({
          status: 429,
          headers: { "x-rate-limit-reset": String(Math.floor((Date.now() + RETRY_AFTER_MS) / 1000)) },
          body: JSON.stringify({
            title: "Too Many Requests",
            detail: "Too Many Requests",
            type: "about:blank",
            status: 429,
          }),
        }),
        quota: () => ({
          status: 403,
          body: JSON.stringify({
            title: "SpendCapReached",
            detail: "Your enrolled account has reached its billing cycle spend cap.",
            type: "https://api.x.com/2/problems/credits",
          }),
        }),
        reject: ({ headers }) => ({
          status: 400,
          body: JSON.stringify({ title: "Invalid Request", detail: `no: ${headers["authorization"]}` }),
        }),
      },
    },
  });
}

/** Checks OAuth 1.0a with HMAC-SHA1 by RFC 5849 §3.4. */
function signed(request: Request, url: URL): boolean {
  const header = request.headers.get("authorization") ?? "";
  const given = new Map(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, decodeURIComponent(value)]),
  );
  const signature = given.get("oauth_signature");
  given.delete("oauth_signature");
  const pairs = [...given, ...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).toSorted();
  const base = [request.method, `https://api.x.com${url.pathname}`, pairs.join("&")].map(encode).join("&");
  const key = `${encode(KEYS.X_API_SECRET)}&${encode(KEYS.X_ACCESS_SECRET)}`;
  return (
    given.get("oauth_consumer_key") === KEYS.X_API_KEY &&
    given.get("oauth_token") === KEYS.X_ACCESS_TOKEN &&
    Math.abs(Number(given.get("oauth_timestamp")) - Date.now() / 1000) < 300 &&
    signature === createHmac("sha1", key).update(base).digest("base64")
  );
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
