import { z } from "zod";
import { patientFetch } from "./patient-fetch.ts";
import { ProviderFailure } from "./failure.ts";
import type { Access, ProviderSpec } from "./provider.ts";

/** What the generators of one company share. */
interface Service extends Pick<ProviderSpec, "title" | "secrets" | "hosts" | "setup"> {
  /** The cheapest authenticated call; costs nothing. */
  check(access: Access): Promise<{ account: string }>;
}

/** Veo's files are answered by redirects to storage.googleapis.com. */
export const GOOGLE = {
  title: "Google Gemini API",
  secrets: [{ use: "api_key", names: ["GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"] }],
  hosts: ["generativelanguage.googleapis.com", "storage.googleapis.com"],
  setup: "a key from aistudio.google.com/apikey, of a project with billing",
  async check(access) {
    await ask(access, `${GOOGLE_API}/models?pageSize=1`, { "x-goog-api-key": access.secret("api_key") });
    return { account: "Google (key accepted)" };
  },
} satisfies Service;
export const GOOGLE_API = "https://generativelanguage.googleapis.com/v1beta";

export const REPLICATE = {
  title: "Replicate",
  secrets: [{ use: "api_key", names: ["REPLICATE_API_TOKEN", "REPLICATE_API_KEY"] }],
  hosts: ["api.replicate.com", "replicate.delivery", "*.replicate.delivery"],
  setup: "a token from replicate.com/account/api-tokens",
  async check(access) {
    const answer = await ask(access, `${REPLICATE_API}/account`, bearer(access));
    const { username } = z.object({ username: z.string() }).catch({ username: "key accepted" }).parse(answer);
    return { account: `Replicate (${username})` };
  },
} satisfies Service;
export const REPLICATE_API = "https://api.replicate.com/v1";

export const FAL = {
  title: "fal",
  secrets: [{ use: "api_key", names: ["FAL_KEY", "FAL_API_KEY"] }],
  hosts: ["fal.run", "queue.fal.run", "api.fal.ai", "fal.media", "*.fal.media"],
  setup: "a key from fal.ai/dashboard/keys",
  async check(access) {
    const authorization = `Key ${access.secret("api_key")}`;
    // Prices are told to accounts only, and for nothing.
    await ask(access, "https://api.fal.ai/v1/models/pricing?endpoint_id=fal-ai/flux/dev", { authorization });
    return { account: "fal (key accepted)" };
  },
} satisfies Service;

/** The list of models, which every server with this interface has. */
export async function checkModels(access: Access, base: string): Promise<{ account: string }> {
  await ask(access, `${base}/models`, access.optionalSecret("api_key") === undefined ? {} : bearer(access));
  return { account: `${new URL(base).host} (key accepted)` };
}

function bearer(access: Access): Record<string, string> {
  return { authorization: `Bearer ${access.secret("api_key")}` };
}

async function ask(access: Access, url: string, headers: Record<string, string>): Promise<unknown> {
  const response = await patientFetch(access).fetch(url, { headers });
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof ProviderFailure) throw error;
    throw new ProviderFailure("unavailable", `${new URL(url).host} answered with something else than JSON`);
  }
}
