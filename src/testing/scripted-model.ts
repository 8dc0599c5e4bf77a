import { appendFileSync } from "node:fs";
import { z } from "zod";
import { StepSchema, type ScriptStep } from "./script-step.ts";
import { failure, streamed, whole } from "./scripted-wire.ts";

/** A message as the host sent it; `text` is the concatenation of its text parts. */
export interface WireMessage {
  role: string;
  text: string;
  tool_calls?: { id: string; name: string; arguments: string }[];
  tool_call_id?: string;
}

export interface WireTool {
  name: string;
  description: string;
  parameters: unknown;
}

/** One request that reached the model; `at` is epoch milliseconds, `raw` the untouched body. */
export interface RecordedRequest {
  at: number;
  kind: "chat" | "title" | "summary";
  /** The host's session header, when it sends one. */
  session: string | undefined;
  system: string[];
  messages: WireMessage[];
  tools: WireTool[];
  raw: unknown;
}

export interface ScriptedModel extends AsyncDisposable {
  /** Base URL for an OpenAI-compatible provider, ending in `/v1`. */
  readonly url: string;
  readonly port: number;
  requests(): RecordedRequest[];
  /** Forgets the recorded requests. */
  clear(): void;
  stop(): Promise<void>;
}

const Text = z.union([z.string(), z.null(), z.array(z.looseObject({ text: z.string().optional() }))]).optional();
const Body = z.looseObject({
  model: z.string(),
  stream: z.boolean().optional(),
  messages: z.array(
    z.looseObject({
      role: z.string(),
      content: Text,
      tool_call_id: z.string().optional(),
      tool_calls: z
        .array(z.looseObject({ id: z.string(), function: z.looseObject({ name: z.string(), arguments: z.string() }) }))
        .optional(),
    }),
  ),
  tools: z
    .array(
      z.looseObject({
        function: z.looseObject({ name: z.string(), description: z.string().optional(), parameters: z.unknown() }),
      }),
    )
    .optional(),
});
type Body = z.infer<typeof Body>;

/** The marker to put anywhere into a prompt; base64, so it survives nesting in a task tool's prompt. */
export function script(steps: ScriptStep[]): string {
  return `SCRIPT64:${Buffer.from(JSON.stringify(steps)).toString("base64")}`;
}

/**
 * Starts a stateless OpenAI-compatible model on loopback that plays the script found in the last scripted user message:
 * step n answers the request with n assistant messages after it; past the end, and without a script, it says "ok".
 * A script or placeholder that cannot be understood is answered with HTTP 400 and the reason. `journal` is a JSONL path.
 */
export function startScriptedModel(options: { journal?: string } = {}): ScriptedModel {
  let recorded: RecordedRequest[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    routes: {
      "/v1/models": () => Response.json({ object: "list", data: [{ id: "scripted", object: "model" }] }),
      "/v1/chat/completions": {
        POST: async (request) => {
          const raw: unknown = await request.json();
          const parsed = Body.safeParse(raw);
          if (!parsed.success) return failure(400, `not a chat completion request: ${z.prettifyError(parsed.error)}`);
          const record = describe(parsed.data, raw, request.headers);
          recorded.push(record);
          if (options.journal) appendFileSync(options.journal, `${JSON.stringify(record)}\n`);
          return answer(parsed.data, record, request.signal);
        },
      },
    },
    fetch: (request) => failure(404, `no route for ${request.method} ${request.url}`),
  });
  const stop = (): Promise<void> => server.stop(true);
  const port = z.int().parse(server.port);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    requests: () => [...recorded],
    clear: () => {
      recorded = [];
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function describe(body: Body, raw: unknown, headers: Headers): RecordedRequest {
  const messages = body.messages.map((message): WireMessage => ({
    role: message.role,
    text: flatten(message.content),
    ...(message.tool_call_id === undefined ? {} : { tool_call_id: message.tool_call_id }),
    ...(message.tool_calls === undefined
      ? {}
      : { tool_calls: message.tool_calls.map((call) => ({ id: call.id, ...pickFunction(call.function) })) }),
  }));
  const system = messages.filter((message) => message.role === "system").map((message) => message.text);
  const tools = (body.tools ?? []).map(({ function: tool }) => ({
    name: tool.name,
    description: tool.description ?? "",
    parameters: tool.parameters,
  }));
  const session = headers.get("x-session-id") ?? headers.get("x-session-affinity") ?? undefined;
  return { at: Date.now(), kind: kindOf(system), session, system, messages, tools, raw };
}

function pickFunction(call: { name: string; arguments: string }): { name: string; arguments: string } {
  return { name: call.name, arguments: call.arguments };
}

function flatten(content: z.infer<typeof Text>): string {
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? "").join("\n");
}

function kindOf(system: string[]): RecordedRequest["kind"] {
  if (system.some((text) => text.includes("You are a title generator"))) return "title";
  return system.some((text) => text.includes("context summarization agent")) ? "summary" : "chat";
}

async function answer(body: Body, { kind, messages }: RecordedRequest, signal: AbortSignal): Promise<Response> {
  let step: ScriptStep;
  try {
    step = kind === "chat" ? nextStep(messages) : { text: "ok" };
  } catch (error) {
    return failure(400, error instanceof Error ? error.message : String(error));
  }
  if (step.delay_ms) await delay(step.delay_ms, signal);
  if (step.status) return failure(step.status, `scripted failure ${step.status}`);
  return body.stream ? streamed(body.model, step) : Response.json(whole(body.model, step));
}

function nextStep(messages: WireMessage[]): ScriptStep {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    const steps = message?.role === "user" ? findScript(message.text) : undefined;
    if (!steps) continue;
    const done = messages.slice(index + 1).filter((later) => later.role === "assistant").length;
    return fill(steps[done] ?? { text: "ok" }, messages);
  }
  return { text: "ok" };
}

/** The first script in a text, or undefined; throws when the marker is there but the JSON behind it is not a script. */
function findScript(text: string): ScriptStep[] | undefined {
  const marker = /SCRIPT64:([A-Za-z0-9+/]+={0,2})|SCRIPT:\s*(?=\[)/.exec(text);
  if (!marker) return undefined;
  const json = marker[1]
    ? Buffer.from(marker[1], "base64").toString()
    : leadingArray(text.slice(marker.index + marker[0].length));
  try {
    return z.array(StepSchema).parse(JSON.parse(json));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`expected SCRIPT to be a JSON array of steps, got ${json.slice(0, 200)}: ${reason}`, {
      cause: error,
    });
  }
}

function leadingArray(text: string): string {
  let depth = 0;
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]]/g)) {
    if (token[0] === "[") depth++;
    if (token[0] === "]") depth--;
    if (depth === 0) return text.slice(0, token.index + 1);
  }
  return text;
}

/** Replaces `{{last}}` and `{{match:regex}}` in the step's text and in every string of its arguments. */
function fill(step: ScriptStep, messages: WireMessage[]): ScriptStep {
  const results = messages.filter((message) => message.role === "tool").map((message) => message.text);
  const replace = (text: string): string =>
    text.replace(/\{\{last\}\}|\{\{match:(.+?)\}\}(?!\})/gs, (_, pattern: string | undefined) =>
      lookUp(results, pattern),
    );
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return replace(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return StepSchema.parse(walk(step));
}

function lookUp(results: string[], pattern: string | undefined): string {
  const newest = results.at(-1);
  if (newest === undefined) throw new Error("expected a tool result to fill a placeholder from, got none so far");
  if (pattern === undefined) return newest;
  const regex = new RegExp(pattern);
  for (const result of results.toReversed()) {
    const found = regex.exec(result);
    if (found) return found[1] ?? found[0];
  }
  throw new Error(`expected /${pattern}/ to match a tool result, newest was: ${newest.slice(0, 500)}`);
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = (): void => {
    clearTimeout(timer);
    resolve();
  };
  signal.addEventListener("abort", stop, { once: true });
  return promise;
}
