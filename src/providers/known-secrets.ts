import type { World } from "./world.ts";

/** Every variable in which some provider finds a secret. It stands here once more so that knowing them needs no provider; a test compares it with theirs. */
export const SECRET_VARIABLES = [
  "BLUESKY_APP_PASSWORD",
  "BUFFER_API_KEY",
  "FAL_API_KEY",
  "FAL_KEY",
  "GEMINI_API_KEY",
  "GHOST_ADMIN_API_KEY",
  "GOOGLE_API_KEY",
  "GOOGLE_GENERATIVE_AI_API_KEY",
  "LINKEDIN_ACCESS_TOKEN",
  "MASTODON_ACCESS_TOKEN",
  "OPENAI_API_KEY",
  "OPENAI_COMPATIBLE_API_KEY",
  "REPLICATE_API_KEY",
  "REPLICATE_API_TOKEN",
  "RESEND_API_KEY",
  "SMTP_PASSWORD",
  "WORDPRESS_APPLICATION_PASSWORD",
  "X_ACCESS_SECRET",
  "X_ACCESS_TOKEN",
  "X_API_KEY",
  "X_API_SECRET",
  "X_OAUTH2_TOKEN",
] as const;

/** Shorter values, such as the password of a server on a desk, would be found in ordinary words. */
const SHORTEST = 8;

/** The values of all providers' keys, as far as they are long enough to be told from words. */
export function knownSecrets({ env }: Pick<World, "env">): string[] {
  return SECRET_VARIABLES.flatMap((name) => env[name]?.trim() ?? []).filter((value) => value.length >= SHORTEST);
}
