import { z } from "zod";
import type { Answer, Explained } from "./api-call.ts";

/** X's problem (RFC 9457) with what its older endpoints put in a list; https://docs.x.com/x-api/fundamentals/response-codes-and-errors */
const Problem = z.looseObject({
  title: z.string().optional(),
  detail: z.string().optional(),
  type: z.string().optional(),
  reason: z.string().optional(),
  errors: z.array(z.looseObject({ message: z.string().optional(), detail: z.string().optional() })).optional(),
});

/** Caps of money or of a month: a person has to act. */
const CAPPED = /SpendCapReached|UsageCapExceeded|usage-capped|CreditsDepleted|credits? (?:are )?depleted|monthly/i;
const DUPLICATE = /duplicate content|status is a duplicate/i;

/** Whether X refuses the text because the account has posted it already. */
export function isDuplicate(answer: Answer): boolean {
  return answer.status === 403 && DUPLICATE.test(answer.text);
}

/** X's own words for what went wrong. */
export function explainX(answer: Answer, now: number): Explained {
  const parsed = Problem.safeParse(answer.json);
  if (!parsed.success) return {};
  const { title, detail, type, reason, errors } = parsed.data;
  const words = [title, detail ?? errors?.[0]?.detail ?? errors?.[0]?.message, reason].filter(
    (one) => one !== undefined,
  );
  const capped = [402, 403, 429].includes(answer.status) && CAPPED.test([...words, type].join(" "));
  return {
    message: words.length > 0 ? [...new Set(words)].join(": ") : undefined,
    kind: capped ? "quota" : isDuplicate(answer) ? "rejected" : undefined,
    retryAfterMs: answer.status === 429 ? untilReset(answer.headers, now) : undefined,
  };
}

/** The day's window where that is used up, else the ordinary one of 15 minutes; both are epoch seconds. */
function untilReset(headers: Headers, now: number): number | undefined {
  const day = ["x-user-limit-24hour", "x-app-limit-24hour"].find((name) => headers.get(`${name}-remaining`) === "0");
  const reset = Number(headers.get(day ? `${day}-reset` : "x-rate-limit-reset") ?? Number.NaN);
  return Number.isFinite(reset) ? Math.max(0, reset * 1000 - now) : undefined;
}
