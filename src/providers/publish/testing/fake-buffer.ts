import { json, listOf, startFake, memberOf, textOf } from "./fake-platform.ts";
import { type PublishServer, RETRY_AFTER_MS } from "./subject.ts";

const KEY = "buffer-personal-key-123456";
const ORGANIZATION = "5f0000000000000000000001";
export const CHANNELS = ["5f00000000000000000000a1", "5f00000000000000000000b2"] as const;

interface Stored {
  id: string;
  text: string;
  status: "draft" | "scheduled" | "sending" | "sent" | "error";
  createdAt: string;
  dueAt: string | null;
  channelId: string;
}
export interface FakeBuffer extends PublishServer {
  posts: Stored[];
  disconnect(): void;
  /** So many looks at a post find the network still busy with it; then it refuses, where that is said. */
  busy(looks: number, refuses?: boolean): void;
}

const graphError = (status: number, code: string, message: string, extensions: object = {}): Response =>
  json({ data: null, errors: [{ message, extensions: { code, ...extensions } }] }, status);

/** Buffer's GraphQL endpoint, as far as this project asks it, by https://developers.buffer.com: errors with status 200, typed refusals, posts that a network refuses later. */
export async function startFakeBuffer(options: Record<string, unknown> = {}): Promise<FakeBuffer> {
  const posts: Stored[] = [];
  let ids = 0x1000;
  let disconnected = false;
  let network = { looks: 0, refuses: false };

  const given = (post: Stored): unknown => ({
    ...post,
    externalLink: post.status === "sent" ? `https://network.example/${post.channelId}/${post.id}` : null,
    error: post.status === "error" ? { message: "The network says no." } : null,
  });
  const refusal = (__typename: string, message: string): unknown => ({ createPost: { __typename, message } });

  const create = (input: unknown): unknown => {
    const channelId = textOf(input, "channelId");
    if (!CHANNELS.some((one) => one === channelId)) return refusal("NotFoundError", "Channel not found");
    const text = textOf(input, "text");
    if (text.trim() === "") return refusal("InvalidInputError", "Text is required");
    if (textOf(input, "schedulingType") !== "automatic")
      return refusal("InvalidInputError", "schedulingType is required");
    const mode = textOf(input, "mode");
    const dueAt = textOf(input, "dueAt");
    if ((mode === "customScheduled") !== (dueAt !== ""))
      return refusal("InvalidInputError", "dueAt goes with customScheduled");
    if (!["customScheduled", "shareNow", "addToQueue"].includes(mode)) return refusal("InvalidInputError", "mode");
    const draft = memberOf(input, "saveToDraft") === true;
    ids += 1;
    const post: Stored = {
      id: `6f000000000000000000${ids.toString(16)}`,
      text,
      status: draft ? "draft" : mode === "shareNow" ? (network.looks > 0 ? "sending" : "sent") : "scheduled",
      createdAt: new Date().toISOString(),
      dueAt: dueAt === "" ? null : dueAt,
      channelId,
    };
    posts.push(post);
    return {
      createPost: {
        __typename: "PostActionSuccess",
        post: {
          ...post,
          status: draft ? "draft" : post.status === "sent" ? "sending" : post.status,
          externalLink: null,
          error: null,
        },
      },
    };
  };

  const list = (input: unknown, after: string): unknown => {
    if (textOf(input, "organizationId") !== ORGANIZATION)
      return { posts: { edges: [], pageInfo: { hasNextPage: false } } };
    const since = textOf(input, "filter", "createdAt", "start");
    const channels = listOf(input, "filter", "channelIds");
    const found = posts
      .filter(({ createdAt, channelId }) => createdAt >= since && channels.includes(channelId))
      .toReversed();
    const from = after === "" ? 0 : Number(after);
    const edges = found.slice(from, from + 50).map((post) => ({ node: given(post) }));
    return { posts: { edges, pageInfo: { hasNextPage: from + 50 < found.length, endCursor: String(from + 50) } } };
  };

  const answer = async (request: Request): Promise<Response> => {
    if (request.headers.get("authorization") !== `Bearer ${KEY}`)
      return graphError(401, "UNAUTHENTICATED", "An authentication JWT or Access Token is required");
    const body: unknown = await request.json();
    const query = textOf(body, "query");
    const id = textOf(body, "variables", "id");
    const input = memberOf(body, "variables", "input");
    if (query.startsWith("query Channel")) {
      if (!CHANNELS.some((one) => one === id)) return graphError(200, "NOT_FOUND", "Channel not found");
      const channel = {
        id,
        name: `acme-${id.at(-2)}`,
        service: "linkedin",
        organizationId: ORGANIZATION,
        isDisconnected: disconnected,
        isLocked: false,
      };
      return json({ data: { channel } });
    }
    if (query.startsWith("mutation CreatePost")) return json({ data: create(input) });
    if (query.startsWith("query Posts")) return json({ data: list(input, textOf(body, "variables", "after")) });
    const nth = posts.findIndex((post) => post.id === id);
    const post = posts[nth];
    if (!post) return graphError(200, "NOT_FOUND", "Post not found");
    if (query.startsWith("query Post")) {
      const shown = given(post);
      network.looks -= 1;
      if (post.status === "sending" && network.looks <= 0) post.status = network.refuses ? "error" : "sent";
      return json({ data: { post: shown } });
    }
    posts.splice(nth, 1);
    return json({ data: { deletePost: { __typename: "DeletePostSuccess", id } } });
  };

  const shown = (status: Stored["status"]) => () =>
    posts.filter((post) => post.status === status).map(({ id, text }) => ({ id, text, media: [] }));
  const decoder = new TextDecoder();
  const server = await startFake({
    setting: { options: { channel_ids: [...CHANNELS], max_characters: 500, ...options } },
    env: { BUFFER_API_KEY: KEY },
    hosts: ["api.buffer.com"],
    answer,
    published: shown("sent"),
    scheduled: shown("scheduled"),
    faults: {
      publishes: ({ body }) => decoder.decode(body).includes("mutation CreatePost"),
      answers: {
        rate_limited: () => ({
          status: 429,
          headers: { "retry-after": String(RETRY_AFTER_MS / 1000) },
          body: JSON.stringify({
            errors: [
              {
                message: "Too many requests from this client.",
                extensions: { code: "RATE_LIMIT_EXCEEDED", window: "15m" },
              },
            ],
          }),
        }),
        quota: () => ({
          status: 200,
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            data: { createPost: { __typename: "LimitReachedError", message: "You have 10 posts queued already." } },
          }),
        }),
        unauthorised: () => ({
          status: 401,
          body: JSON.stringify({ errors: [{ message: "Not authorized", extensions: { code: "UNAUTHENTICATED" } }] }),
        }),
        reject: ({ headers }) => ({
          status: 200,
          body: JSON.stringify({
            data: { createPost: { __typename: "InvalidInputError", message: `no: ${headers["authorization"]}` } },
          }),
        }),
      },
    },
  });
  return {
    ...server,
    posts,
    disconnect() {
      disconnected = true;
    },
    busy(looks, refuses = false) {
      network = { looks, refuses };
    },
  };
}
