import type { Config } from "../../config.ts";
import type { OutboxChange, OutboxItem, OutboxState } from "../../lib/outbox.ts";
import { ProviderFailure, type FailureKind } from "../../providers/failure.ts";

/** What a failed attempt makes of a row: whether it certainly did not happen decides. */
export const STATE_AFTER: Readonly<Record<FailureKind, OutboxState>> = {
  missing: "retryable",
  unauthorised: "retryable",
  rate_limited: "retryable",
  unreachable: "retryable",
  unavailable: "retryable",
  quota: "quota_paused",
  rejected: "rejected",
  uncertain: "unknown",
};

/** Failures that a change of settings mends, and waiting does not. */
export const MENDED_BY_SETTINGS: ReadonlySet<string> = new Set<FailureKind>(["missing", "unauthorised"]);

/** A failure as the row keeps it; anything that is no failure of the provider may have happened at any moment, and is uncertain. */
export function failureOf(error: unknown): ProviderFailure {
  if (error instanceof ProviderFailure) return error;
  return new ProviderFailure("uncertain", error instanceof Error ? error.message : String(error), { cause: error });
}

/** Failures that the next row of the same account would meet as well. */
export const HALTS: ReadonlySet<string> = new Set<FailureKind>([
  "missing",
  "unauthorised",
  "quota",
  "rate_limited",
  "unreachable",
  "unavailable",
]);

/** Shortest pause that a platform may ask for, and longest one before another try, milliseconds: it may name no time at all, or a year by mistake. */
const PAUSE_MS = { least: 1000, most: 24 * 3_600_000 } as const;

function doubled(seconds: number, attempts: number): number {
  return seconds * 1000 * 2 ** Math.min(attempts - 1, 10);
}

function pause(asked: number | undefined, own: number): number {
  const wanted = asked !== undefined && Number.isFinite(asked) ? Math.max(asked, PAUSE_MS.least) : own;
  return Math.min(wanted, PAUSE_MS.most);
}

/** When a row that was found not to have arrived goes out again: what was interrupted once goes at once, what ends so again and again waits longer and longer. */
export function againFrom(
  { attempts }: Pick<OutboxItem, "attempts">,
  now: number,
  { backoff_seconds }: Config["publishing"],
): string | null {
  if (attempts <= 1) return null;
  return new Date(now + pause(undefined, doubled(backoff_seconds, attempts - 1))).toISOString();
}

/** The change that goes with a failure at `now` (epoch ms). */
export function afterFailure(
  item: Pick<OutboxItem, "attempts">,
  failure: ProviderFailure,
  now: number,
  { backoff_seconds }: Config["publishing"],
): { state: OutboxState; change: OutboxChange } {
  const state = STATE_AFTER[failure.kind];
  const waits = pause(failure.retryAfterMs, doubled(backoff_seconds, item.attempts));
  return {
    state,
    change: {
      owner: null,
      problem: {
        kind: failure.kind,
        message: failure.message.slice(0, 1000),
        ...(failure.status === undefined ? {} : { status: failure.status }),
      },
      not_before: state === "retryable" ? new Date(now + waits).toISOString() : null,
    },
  };
}
