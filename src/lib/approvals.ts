import { z } from "zod";
import { Actor } from "./actor.ts";
import { hashValue } from "./canonical.ts";

/** What needs a person, and the word that the question begins with. */
export const APPROVAL_KINDS = [
  "gate",
  "plan",
  "campaign",
  "incident",
  "spend",
  "publish",
  "retract",
  "provider",
] as const;
export const ApprovalKind = z.enum(APPROVAL_KINDS);
export type ApprovalKind = z.infer<typeof ApprovalKind>;

/** From → to; an approved row is used by exactly one call. */
export const APPROVAL_TRANSITIONS = {
  pending: ["approved", "rejected", "lapsed"],
  approved: ["used", "lapsed"],
  rejected: [],
  used: [],
  lapsed: [],
} as const satisfies Record<string, readonly string[]>;
export type ApprovalStatus = keyof typeof APPROVAL_TRANSITIONS;

/** How a decision was reached: a prompt in the host, on a terminal, `--yes`, or a permission rule of the user. */
export const DECIDED_HOW = ["host_prompt", "cli_prompt", "cli_yes", "user_rule"] as const;
export type DecidedHow = (typeof DECIDED_HOW)[number];

/** A durable question to a person; it counts for exactly the subject whose hash it carries. */
export const Approval = z.strictObject({
  id: z.string(),
  kind: ApprovalKind,
  subject_hash: z.string(),
  summary: z.string(),
  requested_by: Actor,
  requested_at: z.string(),
  status: z.enum(["pending", "approved", "rejected", "used", "lapsed"]),
  decided_at: z.string().optional(),
  decided_how: z.enum(DECIDED_HOW).optional(),
  reason: z.string().optional(),
});
export type Approval = z.infer<typeof Approval>;

/** An approved or pending row that is older than this no longer counts. */
export const APPROVAL_LIFETIME_HOURS = 24;

/** The hash that binds an approval to one kind of act on one subject. */
export function subjectHash(kind: ApprovalKind, subject: unknown): string {
  return hashValue({ kind, subject });
}

/** Whether the row is too old to be answered or used at `now` (epoch ms). */
export function hasLapsed(approval: Approval, now: number): boolean {
  return now - Date.parse(approval.decided_at ?? approval.requested_at) > APPROVAL_LIFETIME_HOURS * 3_600_000;
}
