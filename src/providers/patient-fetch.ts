import { failedAnswer } from "./failed-answer.ts";
import { ProviderFailure } from "./failure.ts";
import type { Access } from "./provider.ts";

/** How often a request is repeated at most. */
const REPEATS = 2;
/** Pauses before a repetition where the provider asks for none, ms. */
const PAUSES_MS = [2000, 4000];
/** A provider that asks for more is not waited for, ms. */
const LONGEST_PAUSE_MS = 60_000;

/** What an SDK gets in place of `fetch`. */
export interface PatientFetch {
  fetch: typeof globalThis.fetch;
  /** Whether work that may cost money was accepted: a POST was answered with success. */
  accepted(): boolean;
}

/**
 * The provider's guarded network for an SDK: error answers become `ProviderFailure`s, unless `passes` leaves them to the SDK. A request that was refused
 * for its rate is repeated at most twice, after the pause that the provider asks for; one that only reads also when its answer did not come.
 * What may have been paid for is never repeated.
 */
export function patientFetch(
  access: Access,
  passes: (status: number, text: string) => boolean = () => false,
): PatientFetch {
  let accepted = false;
  const once = async (
    input: string | URL | Request,
    init: RequestInit | undefined,
    method: string,
  ): Promise<Response | ProviderFailure> => {
    let response: Response;
    try {
      response = await access.network.fetch(input, init);
    } catch (error) {
      if (error instanceof ProviderFailure) return error;
      throw error;
    }
    if (response.ok) {
      accepted ||= method === "POST";
      return response;
    }
    // Where the SDK follows redirects itself, each of its steps comes through here again.
    if (init?.redirect === "manual" && response.status >= 300 && response.status < 400) return response;
    const text = await response.text().catch(() => "");
    const { status, headers } = response;
    if (passes(status, text)) return new Response(text, { status, headers });
    const host = new URL(input instanceof Request ? input.url : input).host;
    return failedAnswer(response, text, { host, now: access.now(), redact: access.network.redact });
  };
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const method = (init?.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase();
    for (let repeated = 0; ; repeated += 1) {
      if (access.signal.aborted)
        throw new ProviderFailure("unreachable", "the call was aborted before anything was sent");
      const outcome = await once(input, init, method);
      if (outcome instanceof Response) return outcome;
      const pause = outcome.retryAfterMs ?? PAUSES_MS[repeated] ?? 0;
      if (repeated >= REPEATS || pause > LONGEST_PAUSE_MS || access.signal.aborted || !repeatable(outcome, method))
        throw outcome;
      try {
        await access.sleep(pause);
      } catch {
        // What came before the pause is what is known of the request.
        throw outcome;
      }
    }
  };
  return { fetch: Object.assign(fetch, { preconnect: () => undefined }), accepted: () => accepted };
}

function repeatable({ kind }: ProviderFailure, method: string): boolean {
  if (kind === "rate_limited") return true;
  return method === "GET" && (kind === "unavailable" || kind === "uncertain" || kind === "unreachable");
}
