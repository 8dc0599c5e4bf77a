import { z } from "zod";
import type { Payload } from "../../../lib/outbox.ts";
import type { Draft } from "../adapter.ts";
import { htmlToText } from "../cms/html-text.ts";
import { WORDPRESS } from "../wordpress.ts";
import { readPictures } from "./article-pictures.ts";
import { behindFaults } from "./http-server.ts";
import { makePng, pictureFile } from "./pictures.ts";
import type { AdapterSubject, Published, PublishServer } from "./subject.ts";

const Posts = z.array(z.object({ id: z.int(), content: z.object({ raw: z.string() }), featured_media: z.int() }));
const Media = z.object({ source_url: z.string(), alt_text: z.string() });

const PICTURES = [makePng(40, 30), makePng(20, 20, { grey: 0x20 })] as const;
const NO_QUOTA = "WordPress counts no posts; what a hoster limits it answers with 402 or 429";
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
const titled = (bytes: number): Draft => ({ ...draft, title: "t".repeat(bytes) });

interface WordPress {
  url: string;
  username: string;
  password: string;
}

/** A WordPress, fake or real, without posts, behind the faults of the suite; `close` ends the faults and calls `stop`. */
export async function serveWordPress(site: WordPress, stop?: () => Promise<void>): Promise<PublishServer> {
  const authorization = `Basic ${btoa(`${site.username}:${site.password}`)}`;
  const pictures = readPictures();
  const ask = (route: string, method = "GET"): Promise<Response> =>
    fetch(`${site.url}/?rest_route=/wp/v2/${route}`, { method, headers: { authorization } });
  const list = async (status: string): Promise<z.infer<typeof Posts>> =>
    Posts.parse(await (await ask(`posts&context=edit&per_page=100&orderby=id&order=asc&status=${status}`)).json());
  const media = new Map<number, Promise<z.infer<typeof Media>>>();
  const medium = (id: number): Promise<z.infer<typeof Media>> => {
    const read = media.get(id) ?? ask(`media/${id}`).then(async (answer) => Media.parse(await answer.json()));
    media.set(id, read);
    return read;
  };
  const shown = async (status: string): Promise<Published[]> =>
    Promise.all(
      (await list(status)).map(async ({ id, content, featured_media }) => {
        const top = featured_media === 0 ? undefined : await medium(featured_media);
        return {
          id: String(id),
          text: htmlToText(content.raw),
          media: [
            ...(top ? [await pictures.at(top.source_url, top.alt_text)] : []),
            ...(await pictures.of(content.raw)),
          ],
        };
      }),
    );
  for (const { id } of await list("any")) await ask(`posts/${id}&force=true`, "DELETE");
  const said = (status: number, code: string, message: string, headers: Record<string, string> = {}) => ({
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ code, message, data: { status } }),
  });
  const proxy = await behindFaults(site.url, {
    publishes: ({ method, path, body }) =>
      method === "POST" &&
      decodeURIComponent(path).includes("wp/v2/posts/") &&
      /"status":"(?:publish|future)"/.test(Buffer.from(body).toString()),
    answers: {
      rate_limited: () => said(429, "too_many_requests", "Slow down", { "retry-after": "7" }),
      unauthorised: () => said(401, "incorrect_password", "The provided password is an invalid application password."),
      reject: ({ headers }) => said(400, "rest_invalid_param", `no ${headers["authorization"]} ${site.password}`),
    },
    cannot: { quota: NO_QUOTA },
  });
  return {
    setting: { url: proxy.url, options: { username: site.username } },
    env: { WORDPRESS_APPLICATION_PASSWORD: site.password },
    published: () => shown("publish"),
    scheduled: () => shown("future"),
    inject: proxy.inject,
    requests: proxy.requests,
    async close() {
      await proxy.close();
      await stop?.();
    },
  };
}

/** WordPress as the conformance suite wants to know it. */
export function wordpressSubject(
  name: string,
  start: () => Promise<PublishServer>,
  patienceMs?: number,
): AdapterSubject<z.infer<(typeof WORDPRESS)["spec"]["options"]>> {
  return {
    name,
    adapter: WORDPRESS,
    start,
    draft,
    limits: [{ name: "title", at: titled(65_535), over: titled(65_536), limit: 65_535, got: 65_536 }],
    media: { draft: withPictures, alt: true },
    files: PICTURES,
    shown: ({ html }: Payload) => htmlToText(html ?? ""),
    cannot: { quota: NO_QUOTA },
    ...(patienceMs === undefined ? {} : { patienceMs }),
  };
}
