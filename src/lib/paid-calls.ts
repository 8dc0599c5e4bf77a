import { z } from "zod";
import { OhmymktError } from "../errors.ts";
import { JsonObject } from "./json.ts";
import { Money } from "./plans.ts";

/** From → to. `started` has its operation stored; `unknown` may have been paid for, and counts as if it was. */
export const PAID_CALL_TRANSITIONS = {
  reserved: ["started", "done", "released", "unknown"],
  started: ["done", "failed", "unknown"],
  unknown: ["done", "released"],
  done: [],
  failed: [],
  released: [],
} as const satisfies Record<string, readonly string[]>;
export type PaidCallState = keyof typeof PAID_CALL_TRANSITIONS;
export const PAID_CALL_STATES = ["reserved", "started", "unknown", "done", "failed", "released"] as const;

/** States whose estimate counts against the budget; only what certainly cost nothing is `released`. */
export const COUNTED_STATES = [
  "reserved",
  "started",
  "unknown",
  "done",
  "failed",
] as const satisfies readonly PaidCallState[];

/** One call that costs money, from its reservation on. Times are ISO 8601. */
export const PaidCall = z.strictObject({
  id: z.string(),
  state: z.enum(PAID_CALL_STATES),
  /** The plan whose budget it counts against. */
  plan: z.string().min(1),
  category: z.enum(["image", "video"]),
  provider: z.string().min(1),
  model: z.string().min(1),
  summary: z.string(),
  /** Everything that is needed to repeat or resume it; no keys. */
  request: JsonObject,
  request_hash: z.string(),
  estimate: Money,
  approval: z.string().min(1),
  /** The provider's handle of the running work, stored before it is asked about for the first time. */
  operation: JsonObject.optional(),
  /** Path of the file, relative to the project, and its SHA-256. */
  file: z.strictObject({ path: z.string(), hash: z.string() }).optional(),
  problem: z.string().optional(),
  owner: z.strictObject({ pid: z.int(), boot: z.string().min(1) }),
  requested_by: z.string().min(1),
  created_at: z.string(),
  updated_at: z.string(),
});
export type PaidCall = z.infer<typeof PaidCall>;

/** What a caller says of a call; the store adds the rest. */
export const NewPaidCall = PaidCall.pick({
  plan: true,
  category: true,
  provider: true,
  model: true,
  summary: true,
  request: true,
  estimate: true,
  approval: true,
  owner: true,
  requested_by: true,
});
export type NewPaidCall = z.infer<typeof NewPaidCall>;

/** Refuses a transition that the table does not have. */
export function assertPaidCallTransition(id: string, from: PaidCallState, to: PaidCallState): void {
  const allowed: readonly string[] = PAID_CALL_TRANSITIONS[from];
  if (allowed.includes(to)) return;
  throw new OhmymktError("invalid_transition", `paid call ${id} is ${from} and cannot become ${to}`);
}
