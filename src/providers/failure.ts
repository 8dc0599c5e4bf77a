/** What became of a request, by what can be done about it. */
export const FAILURES = {
  missing: "A setting or environment variable is not there, or the setting leads to another server; nothing was done.",
  unauthorised: "The provider does not accept the key, or the key may not do this; nothing was done.",
  quota: "The account has used up what it may do; a person has to act. Nothing was done.",
  rate_limited: "Too many requests for now; nothing was done, and it may be tried again later.",
  unreachable: "No byte of the request reached the provider.",
  unavailable: "The provider answered that it cannot do it now, and did nothing.",
  rejected: "The provider refuses this content or these values; repeating does not help.",
  uncertain: "The request left and no answer settles what became of it.",
} as const;
export type FailureKind = keyof typeof FAILURES;

/** The one error of the provider layer; `message` holds no key and no header. */
export class ProviderFailure extends Error {
  readonly kind: FailureKind;
  /** HTTP or SMTP status, where there was one. */
  readonly status: number | undefined;
  /** How long the provider asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: FailureKind,
    message: string,
    options: { status?: number | undefined; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ProviderFailure";
    this.kind = kind;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}
