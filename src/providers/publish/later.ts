import { ProviderFailure } from "../failure.ts";

export interface LaterRules {
  platform: string;
  /** The platform holds nothing that is nearer than this, milliseconds. */
  nearestMs: number;
  /** And nothing that is further away. */
  furthestMs?: number;
}

/** The instant to tell the platform, or undefined where it is to appear at once. Throws `unavailable` with the time to wait while the platform would not hold it: the outbox then does. */
export function laterAt(
  at: string | undefined,
  now: number,
  { platform, nearestMs, furthestMs = Infinity }: LaterRules,
): string | undefined {
  if (at === undefined) return undefined;
  const ahead = Date.parse(at) - now;
  if (Number.isNaN(ahead)) throw new ProviderFailure("rejected", `expected an ISO 8601 instant, got ${at}`);
  if (ahead <= 0) return undefined;
  if (ahead >= nearestMs && ahead <= furthestMs) return at;
  const wait = ahead < nearestMs ? ahead : ahead - furthestMs;
  const most = furthestMs === Infinity ? "" : ` and at most ${Math.round(furthestMs / 86_400_000)} days`;
  throw new ProviderFailure(
    "unavailable",
    `${platform} holds posts for at least ${nearestMs / 60_000} minutes${most} only; it is sent in ${Math.ceil(wait / 60_000)} minutes`,
    { retryAfterMs: wait },
  );
}
