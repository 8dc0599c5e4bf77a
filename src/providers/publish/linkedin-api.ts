import { z } from "zod";
import type { Access } from "../provider.ts";
import { type Answer, type Api, createApi, type Explained } from "./api-call.ts";

export const LINKEDIN_ORIGIN = "https://api.linkedin.com";

/** The release of July 2026, current in August 2026 by https://learn.microsoft.com/en-us/linkedin/marketing/versioning; a release is served for at least a year. */
export const LINKEDIN_VERSION = "202607";

const Problem = z.looseObject({
  message: z.string().optional(),
  code: z.string().optional(),
  serviceErrorCode: z.number().optional(),
});

/** Requests of LinkedIn's versioned API with the member's token. */
export function openLinkedIn(access: Access, version: string): Api {
  return createApi(access, {
    name: "LinkedIn",
    headers: () => ({
      authorization: `Bearer ${access.secret("access_token")}`,
      "linkedin-version": version,
      "x-restli-protocol-version": "2.0.0",
    }),
    explain: (answer) => explainLinkedIn(answer, version, access.now()),
  });
}

/** The post that LinkedIn says it has with the same text, where it names it; undefined where it says nothing of that kind. */
export function duplicateOf({ status, text }: Answer): { urn: string | undefined } | undefined {
  if (![400, 409, 422].includes(status) || !/duplicate/i.test(text)) return undefined;
  return { urn: /urn:li:(?:share|ugcPost):\d+/.exec(text)?.[0] };
}

/** LinkedIn's own words for what went wrong; https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling */
export function explainLinkedIn(answer: Answer, version: string, now: number): Explained {
  const parsed = Problem.safeParse(answer.json);
  const { code, message } = parsed.success ? parsed.data : {};
  const words = [code, message].filter((one) => one !== undefined).join(": ");
  if (answer.status === 426 || (code !== undefined && /^(?:NONEXISTENT_VERSION|VERSION_\w+)$/.test(code)))
    return {
      kind: "missing",
      message: `${words}; LinkedIn does not serve version ${version}: set the option version to a release of the last twelve months (YYYYMM)`,
    };
  return {
    message: words === "" ? undefined : words,
    // A day's limit ends at midnight UTC: https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/rate-limits
    retryAfterMs:
      answer.status === 429 && /\bday\b/i.test(words)
        ? Math.ceil((now + 1) / 86_400_000) * 86_400_000 - now
        : undefined,
  };
}
