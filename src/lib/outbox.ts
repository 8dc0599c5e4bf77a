import { z } from "zod";
import { OhmymktError } from "../errors.ts";
import { hashValue } from "./canonical.ts";
import { JsonObject } from "./json.ts";

/** From → to. What is `unknown` leaves it by read-back or by a person only; what was held or cancelled while a platform kept it for its time is `sent` when the platform was faster. */
export const OUTBOX_TRANSITIONS = {
  draft: ["approved", "cancelled"],
  approved: ["scheduled", "sending", "held", "cancelled"],
  scheduled: ["sending", "held", "cancelled"],
  sending: ["sent", "scheduled", "unknown", "retryable", "rejected", "quota_paused"],
  unknown: ["sent", "scheduled", "retryable"],
  retryable: ["sending", "held", "cancelled"],
  quota_paused: ["approved", "held", "cancelled"],
  held: ["approved", "cancelled", "sent"],
  sent: ["retracting"],
  retracting: ["retracted", "retract_failed"],
  retract_failed: ["retracting"],
  retracted: [],
  rejected: [],
  cancelled: ["sent"],
} as const satisfies Record<string, readonly string[]>;
export type OutboxState = keyof typeof OUTBOX_TRANSITIONS;
export const OUTBOX_STATES = [
  "draft",
  "approved",
  "scheduled",
  "sending",
  "sent",
  "unknown",
  "retryable",
  "rejected",
  "quota_paused",
  "held",
  "cancelled",
  "retracting",
  "retracted",
  "retract_failed",
] as const satisfies readonly OutboxState[];

/** States in which a row certainly has not been sent, and nothing of it is on its way. */
export const UNSENT_STATES: ReadonlySet<OutboxState> = new Set([
  "draft",
  "approved",
  "scheduled",
  "held",
  "retryable",
  "quota_paused",
]);

/** States that something or somebody still has to move. */
export const OPEN_STATES = [
  "approved",
  "scheduled",
  "sending",
  "unknown",
  "retryable",
  "quota_paused",
  "held",
  "retracting",
  "retract_failed",
] as const satisfies readonly OutboxState[];

/** What a P0 or a rollback holds back. */
export const HOLDABLE_STATES = [
  "approved",
  "scheduled",
  "retryable",
  "quota_paused",
] as const satisfies readonly OutboxState[];

/** `notice` is a corrective message that may go out during a P0. */
export const CONTENT_CLASSES = ["content", "notice"] as const;
export type ContentClass = (typeof CONTENT_CLASSES)[number];

/** A file that goes with a payload; `path` is relative to the project, and only bytes with this SHA-256 are sent. */
export const PayloadMedia = z.strictObject({
  path: z.string(),
  hash: z.string(),
  mime: z.string(),
  /** Bytes. */
  size: z.int(),
  alt: z.string().optional(),
});
export type PayloadMedia = z.infer<typeof PayloadMedia>;

/** Exactly what one destination will receive, as its adapter composed it; its hash is what a person approves. */
export const Payload = z.strictObject({
  text: z.string(),
  title: z.string().optional(),
  html: z.string().optional(),
  media: z.array(PayloadMedia).default([]),
  /** The one recipient of a message. */
  to: z.string().optional(),
  /** ISO 8601 instant at which it is to appear; absent means at once. */
  at: z.string().optional(),
  /** What the adapter adds for the wire (facets, headers, slug …); it never holds content of its own. */
  wire: JsonObject.default({}),
});
export type Payload = z.infer<typeof Payload>;

/** What the platform said of a delivery, and the SHA-256 of what was read back from it (absent where nothing can be read back). */
export const Receipt = z.strictObject({
  remote_id: z.string(),
  url: z.string().optional(),
  remote_hash: z.string().optional(),
  /** What the adapter needs to find or retract it. */
  remote: JsonObject.optional(),
  /** ISO 8601; the platform itself will show it then. */
  scheduled_for: z.string().optional(),
  /** Delivered as a draft that a person publishes on the platform. */
  draft: z.boolean().optional(),
});
export type Receipt = z.infer<typeof Receipt>;

/** The process that sends a row: a row in `sending` whose owner is gone is `unknown`. */
export const OutboxOwner = z.strictObject({ pid: z.int(), boot: z.string().min(1) });
export type OutboxOwner = z.infer<typeof OutboxOwner>;

/** Why the last attempt did not end in `sent`, or what was not seen of a retraction; the kinds are those of src/providers/failure.ts. */
export const OutboxProblem = z.strictObject({ kind: z.string(), message: z.string(), status: z.int().optional() });
export type OutboxProblem = z.infer<typeof OutboxProblem>;

/** One delivery to one destination. Times are ISO 8601. */
export const OutboxItem = z.strictObject({
  id: z.string(),
  /** Deliveries that were composed and approved together. */
  batch: z.string().min(1),
  /** Never twice in the outbox: see `outboxKey`. */
  key: z.string(),
  state: z.enum(OUTBOX_STATES),
  platform: z.string().min(1),
  /** Whose account, as the settings name it; never a key. */
  account: z.string().min(1),
  class: z.enum(CONTENT_CLASSES),
  plan: z.string().optional(),
  campaign: z.string().optional(),
  asset: z.string().optional(),
  payload: Payload,
  payload_hash: z.string(),
  warnings: z.array(z.string()),
  /** Hash of the provider setting that it was composed for. */
  setting_hash: z.string().min(1),
  requested_by: z.string().min(1),
  approval: z.string().optional(),
  /** Not sent before. */
  not_before: z.string().optional(),
  attempts: z.int().nonnegative(),
  owner: OutboxOwner.optional(),
  /** When the last attempt began. */
  started_at: z.string().optional(),
  /** What an adapter of several steps has done so far. */
  progress: JsonObject.optional(),
  receipt: Receipt.optional(),
  problem: OutboxProblem.optional(),
  sent_at: z.string().optional(),
  retracted_at: z.string().optional(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type OutboxItem = z.infer<typeof OutboxItem>;

/** What a caller says of a delivery; the store adds the rest. */
export const NewOutboxItem = OutboxItem.pick({
  batch: true,
  platform: true,
  account: true,
  class: true,
  plan: true,
  campaign: true,
  asset: true,
  payload: true,
  warnings: true,
  setting_hash: true,
  requested_by: true,
  not_before: true,
}).extend({
  /** How many rows of the same content ended without being public, so that it may be sent anew; part of the key. */
  repeat: z.int().positive().optional(),
});
export type NewOutboxItem = z.infer<typeof NewOutboxItem>;

/** What a transition may write beside the state; null removes. */
export type OutboxChange = {
  [
    Member in
      | "approval"
      | "not_before"
      | "owner"
      | "started_at"
      | "progress"
      | "receipt"
      | "problem"
      | "sent_at"
      | "retracted_at"
  ]?: OutboxItem[Member] | null | undefined;
} & { attempts?: number };

/** Whether the platform itself keeps it until its time. */
export function isOnPlatform({ receipt }: Pick<OutboxItem, "receipt">): boolean {
  return receipt?.scheduled_for !== undefined;
}

/** Refuses a row that lacks what its state rests on: an approval before anything may leave, a new one after it was held, an owner while it is being sent, and a receipt where a platform was faster than a hold. */
export function assertOutboxGrounds(before: OutboxItem, after: OutboxItem): void {
  const missing = missingGround(before, after);
  if (missing === undefined) return;
  throw new OhmymktError("invalid_arguments", `${after.id} cannot become ${after.state} without ${missing}`, {
    hint: "give it with the transition; nothing was changed",
  });
}

const UNAPPROVED: readonly OutboxState[] = ["draft", "cancelled"];

function missingGround(before: OutboxItem, after: OutboxItem): string | undefined {
  if (after.approval === undefined && !UNAPPROVED.includes(after.state)) return "an approval";
  if (before.state === "held" && after.state === "approved" && after.approval === before.approval)
    return "a new approval: it was held since the last one";
  if (after.state === "sent" && (before.state === "held" || before.state === "cancelled") && !after.receipt)
    return "the receipt of what the platform shows";
  return after.state === "sending" && after.owner === undefined ? "the process that sends it (owner)" : undefined;
}

/** The same content for the same plan, asset, account, recipient and slot has one key, and so one row: that is what suppresses duplicates. The slot is the instant asked for. */
export function outboxKey(
  item: Pick<NewOutboxItem, "platform" | "account" | "payload" | "plan" | "asset" | "not_before" | "repeat">,
): string {
  const { at, to, wire: _, ...content } = item.payload;
  return hashValue({
    plan: item.plan ?? null,
    asset: item.asset ?? null,
    channel: item.platform,
    account: item.account,
    // Two spellings of one mailbox are one recipient.
    to: to?.toLowerCase() ?? null,
    content: hashValue({ ...content, media: content.media.map(({ hash, alt }) => ({ hash, alt: alt ?? null })) }),
    slot: at ?? item.not_before ?? null,
    ...(item.repeat ? { repeat: item.repeat } : {}),
  });
}

/** Refuses a transition that the table does not have. */
export function assertOutboxTransition(id: string, from: OutboxState, to: OutboxState): void {
  const allowed: readonly string[] = OUTBOX_TRANSITIONS[from];
  if (allowed.includes(to)) return;
  throw new OhmymktError("invalid_transition", `${id} is ${from} and cannot become ${to}`, {
    hint: allowed.length > 0 ? `from ${from} it may become ${allowed.join(", ")}` : `${from} is final; compose it anew`,
  });
}
