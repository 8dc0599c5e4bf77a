import { mp4, png } from "./media-files.ts";
import type { WireCall } from "./wire-world.ts";

/** How a provider's server behaves; a test changes it between calls. */
export interface WireState {
  /** The file that it made. */
  file: Uint8Array;
  /** How often it says that the work goes on before it is done. */
  working: number;
  /** Taken in turn instead of the usual answer to the request that costs money. */
  first: ((call: WireCall) => Response | Promise<Response>)[];
  /** Taken in turn instead of the usual answer to a question or a download. */
  later: ((call: WireCall) => Response | Promise<Response>)[];
}

export interface Wire {
  category: "image" | "video";
  id: string;
  variable: string;
  setting?: { url?: string; options?: Record<string, string> };
  /** Whether this request is the one that costs money. */
  paid(call: WireCall): boolean;
  /** Whether it shows the key in the provider's way. */
  authorised(call: WireCall, key: string): boolean;
  /** The answers in the provider's own format. */
  serve(call: WireCall, state: WireState): Response;
  unauthorised(said: string): Response;
  /** The money is used up. */
  quota(): Response;
  refusedContent(): Response;
}

export const KEY = "key-3f9a8c1d5e7b";

export function wireState(category: "image" | "video"): WireState {
  return { file: category === "image" ? png() : mp4(), working: 1, first: [], later: [] };
}

/** One server for any wire: the key first, then what the test put in line, then the provider's format. */
export function answerAs(wire: Wire, state: WireState, key = KEY): (call: WireCall) => Response | Promise<Response> {
  return (call) => {
    const paid = wire.paid(call);
    const special = (paid ? state.first : state.later).shift();
    if (special) return special(call);
    const cdn = /fal\.media$|replicate\.delivery$|^storage\./.test(call.host);
    if (!cdn && !wire.authorised(call, key)) return wire.unauthorised(`Incorrect API key provided: ${key}`);
    return wire.serve(call, state);
  };
}

const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  Response.json(value, { status, headers });
const file = (state: WireState): Response => new Response(state.file, { headers: { "content-type": "text/plain" } });
const missing = (): Response => json({ detail: "not found" }, 404);
const base64 = (state: WireState): string => Buffer.from(state.file).toString("base64");
const bearer = (call: WireCall, key: string): boolean => call.headers.get("authorization") === `Bearer ${key}`;
const working = (state: WireState): boolean => state.working > 0 && (state.working -= 1) >= 0;

const openaiErrors = {
  unauthorised: (said: string) =>
    json({ error: { message: said, type: "invalid_request_error", code: "invalid_api_key" } }, 401),
  quota: () =>
    json(
      { error: { message: "You exceeded your current quota", type: "insufficient_quota", code: "insufficient_quota" } },
      429,
    ),
  refusedContent: () =>
    json(
      {
        error: {
          message: "Your request was rejected by the safety system",
          type: "image_generation_user_error",
          code: "moderation_blocked",
        },
      },
      400,
    ),
};

const google = {
  variable: "GEMINI_API_KEY",
  authorised: (call: WireCall, key: string) => call.headers.get("x-goog-api-key") === key,
  unauthorised: (said: string) =>
    json(
      { error: { code: 400, message: said, status: "INVALID_ARGUMENT", details: [{ reason: "API_KEY_INVALID" }] } },
      400,
    ),
  quota: () =>
    json(
      {
        error: {
          code: 429,
          message: "You exceeded your current quota",
          status: "RESOURCE_EXHAUSTED",
          details: [{ violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel" }] }, { retryDelay: "34s" }],
        },
      },
      429,
    ),
  refusedContent: () => json({ error: { code: 400, message: "blocked by policy", status: "INVALID_ARGUMENT" } }, 400),
};

const replicate = {
  variable: "REPLICATE_API_TOKEN",
  authorised: bearer,
  paid: (call: WireCall) => call.method === "POST",
  unauthorised: (said: string) => json({ title: "Unauthenticated", detail: said, status: 401 }, 401),
  quota: () =>
    json({ title: "Insufficient credit", detail: "You have insufficient credit to run this model.", status: 402 }, 402),
  refusedContent: () => json({ title: "Input validation failed", detail: "NSFW content", status: 422 }, 422),
  serve(call: WireCall, state: WireState, output: string | string[]): Response {
    const get = "https://api.replicate.com/v1/predictions/p1";
    const prediction = (status: string, more: object = {}) => ({
      id: "p1",
      status,
      urls: { get },
      error: null,
      ...more,
    });
    if (call.host === "replicate.delivery") return file(state);
    if (call.path === "/v1/account") return json({ username: "somebody" });
    if (call.method === "POST") return json(prediction("starting"), 201);
    if (call.path !== "/v1/predictions/p1") return missing();
    return json(working(state) ? prediction("processing") : prediction("succeeded", { output }));
  },
};

const fal = {
  variable: "FAL_KEY",
  authorised: (call: WireCall, key: string) => call.headers.get("authorization") === `Key ${key}`,
  paid: (call: WireCall) => call.method === "POST",
  unauthorised: (said: string) => json({ detail: said }, 401),
  quota: () => json({ detail: "User is locked. Reason: Exhausted balance. Top up your balance." }, 403),
  refusedContent: () =>
    json(
      {
        detail: [
          { loc: ["body", "prompt"], msg: "The content could not be processed", type: "content_policy_violation" },
        ],
      },
      422,
    ),
};

/** Every generator as its server speaks: addresses, bodies, keys and errors. */
export const WIRES: readonly Wire[] = [
  {
    category: "image",
    id: "openai",
    variable: "OPENAI_API_KEY",
    authorised: bearer,
    paid: (call) => call.method === "POST",
    serve(call, state) {
      if (call.host !== "api.openai.com") return missing();
      if (call.path === "/v1/models") return json({ data: [] });
      if (call.path !== "/v1/images/generations") return missing();
      return json({
        created: 1,
        data: [{ b64_json: base64(state) }],
        usage: { input_tokens: 9, output_tokens: 9, total_tokens: 18 },
      });
    },
    ...openaiErrors,
  },
  {
    category: "image",
    id: "openai-compatible",
    variable: "OPENAI_COMPATIBLE_API_KEY",
    setting: { url: "https://images.example.com/v1/", options: { model: "local/flux" } },
    authorised: bearer,
    paid: (call) => call.method === "POST",
    serve(call, state) {
      if (call.host !== "images.example.com") return missing();
      if (call.path === "/v1/models") return json({ data: [] });
      if (call.path === "/files/one.png") return file(state);
      if (call.path !== "/v1/images/generations") return missing();
      return json({ data: [{ url: "https://images.example.com/files/one.png" }] });
    },
    ...openaiErrors,
  },
  {
    category: "image",
    id: "google",
    ...google,
    paid: (call) => call.method === "POST",
    serve(call, state) {
      if (call.host !== "generativelanguage.googleapis.com") return missing();
      if (call.path.startsWith("/v1beta/models?")) return json({ models: [] });
      if (call.path !== "/v1beta/models/gemini-2.5-flash-image:generateContent") return missing();
      const parts = [{ text: "Here it is." }, { inlineData: { mimeType: "image/png", data: base64(state) } }];
      return json({
        candidates: [{ content: { role: "model", parts }, finishReason: "STOP", index: 0 }],
        usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1290, totalTokenCount: 1295 },
      });
    },
  },
  {
    category: "image",
    id: "replicate",
    ...replicate,
    serve: (call, state) => replicate.serve(call, state, ["https://replicate.delivery/xezq/out.png"]),
  },
  {
    category: "image",
    id: "fal",
    ...fal,
    serve(call, state) {
      if (call.host === "v3.fal.media") return file(state);
      if (call.host === "api.fal.ai") return json({ prices: [] });
      if (call.host !== "fal.run" || call.path !== "/fal-ai/flux/dev") return missing();
      const image = { url: "https://v3.fal.media/files/one.png", width: 8, height: 8, content_type: "image/png" };
      return json({ images: [image], timings: { inference: 1 }, seed: 7, has_nsfw_concepts: [false], prompt: "" });
    },
  },
  {
    category: "video",
    id: "google",
    ...google,
    paid: (call) => call.method === "POST",
    serve(call, state) {
      const operation = "models/veo-3.1-fast-generate-preview/operations/op1";
      const video = { uri: "https://generativelanguage.googleapis.com/v1beta/files/f1:download?alt=media" };
      if (call.host === "storage.googleapis.com")
        return call.headers.has("x-goog-api-key") ? json({}, 418) : file(state);
      if (call.host !== "generativelanguage.googleapis.com") return missing();
      if (call.path.startsWith("/v1beta/models?")) return json({ models: [] });
      if (call.path === "/v1beta/models/veo-3.1-fast-generate-preview:predictLongRunning")
        return json({ name: operation });
      if (call.path.startsWith("/v1beta/files/f1:download")) return file(state);
      if (call.path !== `/v1beta/${operation}`) return missing();
      if (working(state)) return json({ name: operation });
      return json({
        name: operation,
        done: true,
        response: { generateVideoResponse: { generatedSamples: [{ video }] } },
      });
    },
  },
  {
    category: "video",
    id: "replicate",
    ...replicate,
    serve: (call, state) => replicate.serve(call, state, "https://replicate.delivery/xezq/out.mp4"),
  },
  {
    category: "video",
    id: "fal",
    ...fal,
    serve(call, state) {
      const request = "/fal-ai/kling-video/requests/r1";
      if (call.host === "v3b.fal.media") return file(state);
      if (call.host === "api.fal.ai") return json({ prices: [] });
      if (call.host !== "queue.fal.run") return missing();
      if (call.method === "POST") return json({ request_id: "r1", response_url: `https://queue.fal.run${request}` });
      if (call.path !== request) return missing();
      if (working(state)) return json({ detail: "Request is still in progress" }, 400);
      return json({ video: { url: "https://v3b.fal.media/files/out.mp4", content_type: "video/mp4" }, seed: 3 });
    },
  },
];
