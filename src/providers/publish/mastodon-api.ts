import { z } from "zod";
import type { Access } from "../provider.ts";
import { type Api, createApi } from "./api-call.ts";

export const Account = z.looseObject({ id: z.string(), username: z.string() });
export const Status = z.looseObject({
  id: z.string(),
  url: z.string().nullish(),
  content: z.string(),
  created_at: z.string(),
});
export type Status = z.infer<typeof Status>;
export const Scheduled = z.looseObject({
  id: z.string(),
  scheduled_at: z.string(),
  params: z.looseObject({ text: z.string() }),
});
export type Scheduled = z.infer<typeof Scheduled>;
export const Media = z.looseObject({ id: z.string(), url: z.string().nullish() });
const Said = z.looseObject({ error: z.string() });

/** Requests of a server with the account's token. */
export function openMastodon(access: Access): Api {
  return createApi(access, {
    name: "Mastodon",
    headers: () => ({ authorization: `Bearer ${access.secret("access_token")}` }),
    // Servers that are like it word their errors in other ways.
    isOwn: (json) => typeof json === "object" && json !== null,
    explain({ json, status, headers }) {
      const said = Said.safeParse(json);
      // An ISO instant; https://docs.joinmastodon.org/api/rate-limits/
      const reset = status === 429 ? Date.parse(headers.get("x-ratelimit-reset") ?? "") : Number.NaN;
      return {
        message: said.success ? said.data.error : undefined,
        retryAfterMs: headers.has("retry-after") || Number.isNaN(reset) ? undefined : Math.max(0, reset - access.now()),
      };
    },
  });
}
