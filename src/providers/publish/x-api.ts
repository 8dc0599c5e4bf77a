import type { Access } from "../provider.ts";
import { ProviderFailure } from "../failure.ts";
import { type Api, createApi } from "./api-call.ts";
import { explainX } from "./x-errors.ts";

export const X_ORIGIN = "https://api.x.com";

/** Requests as the user: signed by OAuth 1.0a, or with an OAuth 2.0 user token where the setting or the environment has that one. */
export async function openX(access: Access): Promise<Api> {
  const authorize = await authorization(access);
  return createApi(access, {
    name: "X",
    headers: ({ method, url }) => authorize(method, url),
    explain: (answer) => explainX(answer, access.now()),
  });
}

async function authorization(access: Access): Promise<(method: string, url: URL) => Record<string, string>> {
  const first = access.secret("api_key");
  if (first === access.optionalSecret("oauth2_token")) return () => ({ authorization: `Bearer ${first}` });
  const key = { key: first, secret: access.secret("api_secret") };
  const user = { key: access.secret("access_token"), secret: access.secret("access_secret") };
  const { OAuth1Helper } = await import("twitter-api-v2/dist/esm/client-mixins/oauth1.helper.js");
  const oauth = new OAuth1Helper({ consumerKeys: key });
  return (method, url) => {
    try {
      // Bodies are JSON or multipart, and such bodies are no part of the signature (RFC 5849 §3.4.1.3.1).
      return { authorization: oauth.toHeader(oauth.authorize({ method, url: url.href }, user)).Authorization };
    } catch (error) {
      throw new ProviderFailure("rejected", "the request to X could not be signed", { cause: error });
    }
  };
}
