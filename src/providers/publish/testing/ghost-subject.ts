import token from "@tryghost/admin-api/lib/token.js";
import { z } from "zod";
import type { Payload } from "../../../lib/outbox.ts";
import type { Draft } from "../adapter.ts";
import { htmlToText } from "../cms/html-text.ts";
import { GHOST } from "../ghost.ts";
import { readPictures } from "./article-pictures.ts";
import { behindFaults } from "./http-server.ts";
import { makePng, pictureFile } from "./pictures.ts";
import type { AdapterSubject, Published, PublishServer } from "./subject.ts";

const Posts = z.object({
  posts: z.array(
    z.object({
      id: z.string(),
      html: z.string().nullable(),
      feature_image: z.string().nullable(),
      feature_image_alt: z.string().nullable(),
    }),
  ),
});

const PICTURES = [makePng(40, 30), makePng(20, 20, { grey: 0x20 })] as const;
const draft: Draft = {
  title: "Réservations: “open” & <free>",
  text: "Read **this** and [that](https://example.com/?a=1&b=2).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
  media: [],
  audience: [],
  class: "content",
};
const withPictures: Draft = {
  ...draft,
  media: [pictureFile(PICTURES[0]), pictureFile(PICTURES[1], { path: ".ohmymkt/assets/b & c.png", alt: "Second" })],
};
const titled = (length: number): Draft => ({ ...draft, title: "𝒕".repeat(length) });
const described = (length: number): Draft => ({
  ...draft,
  media: [pictureFile(PICTURES[0], { alt: "x".repeat(length) })],
});

/** A Ghost, fake or real, without posts, behind the faults of the suite; `close` ends the faults and calls `stop`. */
export async function serveGhost(
  ghost: { url: string; key: string },
  stop?: () => Promise<void>,
): Promise<PublishServer> {
  const pictures = readPictures();
  const ask = async (method: string, path: string): Promise<Response> =>
    fetch(`${ghost.url}/ghost/api/admin/${path}`, {
      method,
      headers: { authorization: `Ghost ${token(ghost.key, "/admin/")}` },
    });
  const list = async (filter: string): Promise<z.infer<typeof Posts>["posts"]> =>
    Posts.parse(
      await (await ask("GET", `posts/?limit=100&formats=html&order=created_at+asc,id+asc&filter=${filter}`)).json(),
    ).posts;
  const shown = async (filter: string): Promise<Published[]> =>
    Promise.all(
      (await list(filter)).map(async ({ id, html, feature_image, feature_image_alt }) => ({
        id,
        text: htmlToText(html ?? ""),
        media: [
          ...(feature_image === null ? [] : [await pictures.at(feature_image, feature_image_alt ?? undefined)]),
          ...(await pictures.of(html ?? "")),
        ],
      })),
    );
  for (const { id } of await list("status:[draft,published,scheduled]")) await ask("DELETE", `posts/${id}/`);
  const said = (status: number, type: string, message: string, headers: Record<string, string> = {}) => ({
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ errors: [{ message, context: null, type }] }),
  });
  const proxy = await behindFaults(ghost.url, {
    publishes: ({ method, body }) =>
      method === "PUT" && /"status":"(?:published|scheduled)"/.test(Buffer.from(body).toString()),
    answers: {
      rate_limited: () => said(429, "TooManyRequestsError", "Slow down", { "retry-after": "7" }),
      unavailable: () => said(503, "MaintenanceError", "Site is in maintenance"),
      quota: () => said(403, "HostLimitError", "Your plan has 5 posts"),
      unauthorised: () => said(401, "UnauthorizedError", "Unknown Admin API Key"),
      reject: ({ headers }) => said(422, "ValidationError", `no ${headers["authorization"]} ${ghost.key}`),
    },
  });
  return {
    setting: { url: proxy.url, options: {} },
    env: { GHOST_ADMIN_API_KEY: ghost.key },
    published: () => shown("status:published"),
    scheduled: () => shown("status:scheduled"),
    inject: proxy.inject,
    requests: proxy.requests,
    async close() {
      await proxy.close();
      await stop?.();
    },
  };
}

/** Ghost as the conformance suite wants to know it. */
export function ghostSubject(
  name: string,
  start: () => Promise<PublishServer>,
  patienceMs?: number,
): AdapterSubject<z.infer<(typeof GHOST)["spec"]["options"]>> {
  return {
    name,
    adapter: GHOST,
    start,
    draft,
    limits: [
      { name: "title", at: titled(255), over: titled(256), limit: 255, got: 256 },
      { name: "alt text of the picture above", at: described(191), over: described(192), limit: 191, got: 192 },
    ],
    media: { draft: withPictures, alt: true },
    files: PICTURES,
    shown: ({ html }: Payload) => htmlToText(html ?? ""),
    ...(patienceMs === undefined ? {} : { patienceMs }),
  };
}
