import { OhmymktError } from "../errors.ts";

/** Who holds a task, and which of its claims that was; a later claim of the same task has a higher number. */
export interface Holder {
  attempt: number;
  agent: string;
}

/** The fencing token of a claim; whoever writes with an older one is refused. */
export function leaseToken({ attempt, agent }: Holder): string {
  return `${attempt}@${agent}`;
}

/** Throws `invalid_arguments` for a text that no claim returned. */
export function parseLeaseToken(token: string): Holder {
  const match = /^([1-9]\d{0,8})@(.+)$/su.exec(token);
  const [attempt, agent] = [match?.[1], match?.[2]];
  if (attempt !== undefined && agent !== undefined) return { attempt: Number(attempt), agent };
  throw new OhmymktError(
    "invalid_arguments",
    `token: expected the token that the claim returned, got ${JSON.stringify(token)}`,
    {
      hint: "claim the task and use the token of that answer",
    },
  );
}

/** Whether a refusal says that a claim is of the past: it expired, or its task was finished, moved, removed or taken by somebody else. */
export function isClaimOver(error: unknown): boolean {
  return error instanceof OhmymktError && ["stale", "not_found", "invalid_transition"].includes(error.code);
}

/** How a failed attempt is repeated: the first pause, which doubles each time, and the longest pause, in milliseconds. */
export interface Backoff {
  baseMs: number;
  maxMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { baseMs: 1000, maxMs: 60_000 };

/** How often an expired lease returns a task whose creator named no number. */
export const DEFAULT_MAX_ATTEMPTS = 3;

/** Milliseconds to wait after this many attempts. */
export function retryDelayMs(attempts: number, { baseMs, maxMs }: Backoff = DEFAULT_BACKOFF): number {
  return Math.min(maxMs, baseMs * 2 ** Math.min(30, Math.max(0, attempts - 1)));
}
