import { createHash } from "node:crypto";
import { json, listOf, startFake, textOf } from "./fake-platform.ts";
import { type PublishServer, type Published, RETRY_AFTER_MS } from "./subject.ts";

const TOKEN = "mastodon-token_1234567890";
const ACCOUNT = { id: "108", username: "acme", acct: "acme" };
const LIMIT = 500;

interface Stored {
  id: string;
  text: string;
  at: number;
  media: string[];
  due?: string;
}
export interface FakeMastodon extends PublishServer {
  /** The time of everything that waits has come. */
  appear(): void;
  /** An hour passes for the server's memory of keys. */
  forgetKeys(): void;
  /** So many newer posts of the same account, or ones that wait until `due`. */
  fill(count: number, due?: string): void;
}

const refuse = (status: number, error: string, headers?: Record<string, string>): Response =>
  json({ error }, status, headers);

/** A server of Mastodon 4 as docs.joinmastodon.org describes it: keys that last, media that takes a while, posts as HTML. */
export async function startFakeMastodon(over: { looks?: number } = {}): Promise<FakeMastodon> {
  const statuses: Stored[] = [];
  const waiting: Stored[] = [];
  const keys = new Map<string, string>();
  const media = new Map<string, { hash: string; alt: string | undefined; looks: number }>();
  let ids = 1_000;
  const next = (): string => String((ids += 1));

  const status = ({ id, text, at, media: files }: Stored): unknown => ({
    id,
    uri: `https://mastodon.example/users/acme/statuses/${id}`,
    url: `https://mastodon.example/@acme/${id}`,
    content: htmlOf(text),
    created_at: new Date(at).toISOString(),
    visibility: "public",
    account: ACCOUNT,
    media_attachments: files.map((file) => ({ id: file, description: media.get(file)?.alt ?? null })),
  });
  const scheduled = ({ id, text, due }: Stored): unknown => ({
    id,
    scheduled_at: due,
    params: { text, media_ids: null, scheduled_at: null },
    media_attachments: [],
  });

  const create = async (request: Request): Promise<Response> => {
    const body: unknown = await request.json();
    const due = textOf(body, "scheduled_at");
    // What is due within five minutes is published at once, and no error.
    const later = Date.parse(due) > Date.now() + 300_000;
    const key = request.headers.get("idempotency-key");
    const earlier = keys.get(key ?? "");
    if (earlier !== undefined)
      return later ? one(waiting, earlier, "GET", scheduled) : one(statuses, earlier, "GET", status);
    const text = textOf(body, "status").trim();
    const files = listOf(body, "media_ids").map(String);
    if ([...text].length > LIMIT && !text.includes("http"))
      return refuse(422, `Validation failed: Text character limit of ${LIMIT} exceeded`);
    if (files.some((id) => (media.get(id)?.looks ?? 1) > 0))
      return refuse(422, "Cannot attach files that have not finished processing. Try again in a moment!");
    const stored = { id: next(), text, at: Date.now(), media: files, ...(later ? { due } : {}) };
    (later ? waiting : statuses).push(stored);
    if (key !== null) keys.set(key, stored.id);
    return json(later ? scheduled(stored) : status(stored));
  };

  const one = (list: Stored[], id: string, method: string, shape: (one: Stored) => unknown): Response => {
    const nth = list.findIndex((entry) => entry.id === id);
    const found = list[nth];
    if (!found) return refuse(404, "Record not found");
    if (method === "DELETE") list.splice(nth, 1);
    return json(method === "DELETE" && list === waiting ? {} : shape(found));
  };

  const answer = async (request: Request, url: URL): Promise<Response> => {
    if (request.headers.get("authorization") !== `Bearer ${TOKEN}`) return refuse(401, "The access token is invalid");
    const [, , , area, id = ""] = url.pathname.split("/");
    if (url.pathname === "/api/v1/accounts/verify_credentials") return json(ACCOUNT);
    if (url.pathname === "/api/v2/media") {
      const form = await request.formData();
      const file = form.get("file");
      if (!(file instanceof Blob)) return refuse(422, "Validation failed: File can't be blank");
      const made = next();
      const alt = form.get("description");
      media.set(made, {
        hash: createHash("sha256")
          .update(new Uint8Array(await file.arrayBuffer()))
          .digest("hex"),
        alt: typeof alt === "string" ? alt : undefined,
        looks: over.looks ?? 0,
      });
      return over.looks
        ? json({ id: made, url: null }, 202)
        : json({ id: made, url: "https://files.mastodon.example/1" });
    }
    if (area === "media") {
      const file = media.get(id);
      if (!file) return refuse(404, "Record not found");
      file.looks -= 1;
      return file.looks > 0 ? json({ id, url: null }, 206) : json({ id, url: "https://files.mastodon.example/1" });
    }
    if (url.pathname === `/api/v1/accounts/${ACCOUNT.id}/statuses`) return json(newest(statuses, url).map(status));
    if (area === "scheduled_statuses")
      return id === "" ? json(newest(waiting, url).map(scheduled)) : one(waiting, id, request.method, scheduled);
    if (request.method === "POST") return create(request);
    return one(statuses, id, request.method, status);
  };

  const newest = (list: readonly Stored[], { searchParams }: URL): Stored[] =>
    list
      .filter(({ id }) => Number(id) < Number(searchParams.get("max_id") ?? Infinity))
      .toReversed()
      .slice(0, Math.min(40, Number(searchParams.get("limit") ?? 20)));

  const shown = (list: Stored[]): Published[] =>
    list.map(({ id, text, media: files }) => ({
      id,
      text,
      media: files.map((file) => ({ hash: media.get(file)?.hash ?? "", alt: media.get(file)?.alt })),
    }));

  const server = await startFake({
    setting: { options: {} },
    env: { MASTODON_ACCESS_TOKEN: TOKEN },
    hosts: ["mastodon.example"],
    answer,
    published: () => shown(statuses),
    scheduled: () => shown(waiting),
    faults: {
      publishes: ({ method, path }) => method === "POST" && path === "/api/v1/statuses",
      cannot: { quota: "Mastodon knows rate limits only" },
      answers: {
        rate_limited: () => ({
          status: 429,
          headers: { "x-ratelimit-reset": new Date(Date.now() + RETRY_AFTER_MS).toISOString() },
          body: JSON.stringify({ error: "Too many requests" }),
        }),
        unauthorised: () => ({ status: 401, body: JSON.stringify({ error: "The access token was revoked" }) }),
        reject: ({ headers }) => ({
          status: 422,
          body: JSON.stringify({ error: `Validation failed: ${headers["authorization"]}` }),
        }),
      },
    },
  });
  return {
    ...server,
    setting: { url: "https://mastodon.example", options: {} },
    appear() {
      for (const { due, ...entry } of waiting.splice(0))
        statuses.push({ ...entry, id: next(), at: Date.parse(due ?? "") });
    },
    forgetKeys: () => keys.clear(),
    fill(count, due) {
      for (let nth = 0; nth < count; nth += 1) {
        const filler = { id: next(), text: `filler ${nth}`, at: Date.now(), media: [] };
        if (due === undefined) statuses.push(filler);
        else waiting.push({ ...filler, due });
      }
    },
  };
}

/** As Mastodon formats plain text: paragraphs, shortened links, mentions without their server. */
function htmlOf(text: string): string {
  const safe = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  const linked = safe
    .replace(
      /https:\/\/(\S{1,30})(\S*)/g,
      (link, seen: string, rest: string) =>
        `<a href="${link}" rel="nofollow"><span class="invisible">https://</span><span class="ellipsis">${seen}</span><span class="invisible">${rest}</span></a>`,
    )
    .replace(
      /@(\w+)@\w+(?:[.-]+\w+)*/g,
      '<span class="h-card"><a href="https://other.example/@$1">@<span>$1</span></a></span>',
    )
    .replace(
      /(^|\s)#(\w+)/g,
      '$1<a href="https://mastodon.example/tags/$2" class="mention hashtag">#<span>$2</span></a>',
    );
  return linked
    .split("\n\n")
    .map((paragraph) => `<p>${paragraph.replaceAll("\n", "<br />")}</p>`)
    .join("");
}
