import { z } from "zod";
import type { FailureKind } from "../failure.ts";
import type { Access } from "../provider.ts";
import { type Answer, createApi, type Explained, failureFrom, shaped, type Step } from "./api-call.ts";

const ENDPOINT = new URL("https://api.buffer.com");

/** Fields of a post that this project reads; https://developers.buffer.com/types/Post.md */
const POST = "id text status createdAt dueAt externalLink channelId error { message }";

/** The requests to Buffer, each in full; https://developers.buffer.com/reference.html */
export const BUFFER_REQUESTS = {
  channel:
    "query Channel($id: ChannelId!) { channel(input: { id: $id }) { id name service organizationId isDisconnected isLocked } }",
  create: `mutation CreatePost($input: CreatePostInput!) { createPost(input: $input) { __typename ... on PostActionSuccess { post { ${POST} } } ... on MutationError { message } } }`,
  post: `query Post($id: PostId!) { post(input: { id: $id }) { ${POST} } }`,
  posts: `query Posts($input: PostsInput!, $after: String) { posts(first: 50, after: $after, input: $input) { edges { node { ${POST} } } pageInfo { hasNextPage endCursor } } }`,
  remove:
    "mutation DeletePost($id: PostId!) { deletePost(input: { id: $id }) { __typename ... on DeletePostSuccess { id } ... on MutationError { message } } }",
} as const;

export const BufferPost = z.looseObject({
  id: z.string(),
  text: z.string().default(""),
  status: z.string(),
  createdAt: z.string(),
  dueAt: z.string().nullish(),
  externalLink: z.string().nullish(),
  error: z.looseObject({ message: z.string().nullish() }).nullish(),
});
export type BufferPost = z.infer<typeof BufferPost>;

const GraphError = z.looseObject({
  message: z.string().default(""),
  extensions: z
    .looseObject({ code: z.string().optional(), window: z.string().optional(), retryAfter: z.number().optional() })
    .optional(),
});
type GraphError = z.infer<typeof GraphError>;
const Errors = z.looseObject({ errors: z.array(GraphError).min(1) });
const Refusal = z.looseObject({ __typename: z.string().regex(/Error$/), message: z.string().default("") });

/** Codes in the `errors` list; https://developers.buffer.com/guides/error-handling.md */
const BY_CODE: Readonly<Record<string, FailureKind>> = {
  UNAUTHENTICATED: "unauthorised",
  UNAUTHORIZED: "unauthorised",
  FORBIDDEN: "unauthorised",
  NOT_FOUND: "missing",
  RATE_LIMIT_EXCEEDED: "rate_limited",
};
const UNSURE = new Set(["UNEXPECTED", "INTERNAL_SERVER_ERROR"]);

/** Members of a mutation's payload that say no. */
const BY_TYPE: Readonly<Record<string, FailureKind>> = {
  InvalidInputError: "rejected",
  LimitReachedError: "quota",
  UnauthorizedError: "unauthorised",
  NotFoundError: "missing",
  UnexpectedError: "uncertain",
  RestProxyError: "rejected",
};

export type BufferCall = <T>(
  query: keyof typeof BUFFER_REQUESTS,
  variables: unknown,
  data: z.ZodType<T>,
  step: Step,
) => Promise<T>;

/** Requests of Buffer's GraphQL endpoint, where an error mostly comes with status 200. */
export function openBuffer(access: Access): BufferCall {
  const rules = { name: "Buffer", explain: explainBuffer };
  const api = createApi(access, {
    ...rules,
    headers: () => ({ authorization: `Bearer ${access.secret("api_key")}`, "user-agent": "ohmymkt" }),
  });
  return async (name, variables, data, step) => {
    const answer = await api({
      method: "POST",
      url: ENDPOINT,
      step,
      json: { query: BUFFER_REQUESTS[name], variables },
    });
    if (refusalOf(answer)) throw failureFrom(access, rules, answer, step);
    return shaped(z.looseObject({ data }), answer, "Buffer", step).data;
  };
}

function refusalOf({
  json,
}: Answer): { kind: "list"; error: GraphError } | { kind: "member"; type: string; message: string } | undefined {
  const listed = Errors.safeParse(json);
  const [error] = listed.success ? listed.data.errors : [];
  if (error) return { kind: "list", error };
  const data = z.looseObject({ data: z.record(z.string(), z.unknown()) }).safeParse(json);
  const members = data.success ? Object.values(data.data.data) : [];
  for (const member of members) {
    const refusal = Refusal.safeParse(member);
    if (!refusal.success) continue;
    const { __typename: type, message } = refusal.data;
    return { kind: "member", type, message };
  }
  return undefined;
}

function explainBuffer(answer: Answer, step: Step): Explained | undefined {
  const refusal = refusalOf(answer);
  if (!refusal) return undefined;
  if (refusal.kind === "member")
    return { kind: BY_TYPE[refusal.type] ?? "rejected", message: `${refusal.type}: ${refusal.message}` };
  const { message, extensions } = refusal.error;
  const code = extensions?.code ?? "";
  const lost: FailureKind = step === "publish" || step === "retract" ? "uncertain" : "unavailable";
  const byStatus = answer.status >= 400 ? undefined : "rejected";
  // The window of 30 days is the plan's quota; the others pass by themselves.
  const spent = code === "RATE_LIMIT_EXCEEDED" && extensions?.window === "30d";
  return {
    kind: spent ? "quota" : UNSURE.has(code) ? lost : (BY_CODE[code] ?? byStatus),
    message: [code, message].filter(Boolean).join(": "),
    retryAfterMs:
      answer.headers.has("retry-after") || extensions?.retryAfter === undefined
        ? undefined
        : extensions.retryAfter * 1000,
  };
}
