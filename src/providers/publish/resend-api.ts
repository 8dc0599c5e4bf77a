import { z } from "zod";
import { type FailureKind, ProviderFailure } from "../failure.ts";
import type { Access } from "../provider.ts";
import { type Api, createApi } from "./api-call.ts";

export const RESEND_ORIGIN = "https://api.resend.com";

export const Sent = z.looseObject({ id: z.string() });
const Listed = z.looseObject({
  id: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  created_at: z.string(),
});
export const Mails = z.looseObject({ has_more: z.boolean().default(false), data: z.array(Listed) });
export const Mail = z.looseObject({
  id: z.string(),
  text: z.string().nullish(),
  last_event: z.string(),
  scheduled_at: z.string().nullish(),
  tags: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish(),
});
export type Mail = z.infer<typeof Mail>;
const Problem = z.looseObject({ name: z.string(), message: z.string().default("") });

/** By the names of https://resend.com/docs/api-reference/errors; the others follow from their status. */
const KINDS: Readonly<Record<string, FailureKind>> = {
  missing_api_key: "unauthorised",
  restricted_api_key: "unauthorised",
  invalid_api_key: "unauthorised",
  invalid_access: "unauthorised",
  daily_quota_exceeded: "quota",
  monthly_quota_exceeded: "quota",
  rate_limit_exceeded: "rate_limited",
  // Another request with the key is under way: the same one again, in a moment, gives its answer.
  concurrent_idempotent_requests: "rate_limited",
  // The key came before with other words: that attempt got through.
  invalid_idempotent_request: "uncertain",
  security_error: "rejected",
};

/** Requests of Resend; its SDK takes no other fetch than the global one, which would pass by the guarded network. */
export function openResend(access: Access): Api {
  return createApi(access, {
    name: "Resend",
    headers: () => ({ authorization: `Bearer ${access.secret("api_key")}`, "user-agent": "ohmymkt" }),
    explain({ json, headers }) {
      const parsed = Problem.safeParse(json);
      if (!parsed.success) return undefined;
      const { name, message } = parsed.data;
      const kind = KINDS[name];
      const hint = kind === "rate_limited" && !headers.has("retry-after") ? 5000 : undefined;
      return { kind, message: `${name}: ${message}`, retryAfterMs: hint };
    },
  });
}

/** Resend writes "2024-08-05 11:52:01.858+00"; receipts hold ISO 8601. */
export function instant(text: string | null | undefined): { scheduled_for?: string } {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? {} : { scheduled_for: new Date(at).toISOString() };
}

/** Whether the key is right and made for sending only. */
export function restricted(error: unknown): boolean {
  return error instanceof ProviderFailure && error.message.includes("restricted_api_key");
}
