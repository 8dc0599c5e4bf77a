import type { ContentClass, Payload, PayloadMedia, Receipt } from "../../lib/outbox.ts";
import type { JsonObject } from "../../lib/json.ts";
import type { Access, ProviderSpec } from "../provider.ts";

/** A file of the project that a payload may carry. */
export interface MediaFile extends PayloadMedia {
  width?: number;
  height?: number;
  /** Made by a generator, by the manifest. */
  ai?: boolean;
}

/** What is to be published, before any platform's rules. */
export interface Draft {
  /** Markdown where the platform shows rich text, else plain text. */
  text: string;
  title?: string;
  media: readonly MediaFile[];
  /** One mail address each, for adapters with an audience. */
  audience: readonly string[];
  /** ISO 8601 UTC instant. */
  at?: string;
  class: ContentClass;
}

export interface Composed {
  /** One per destination: a post has one, a mailing one per recipient. */
  payloads: Payload[];
  /** What a person should know before saying yes. */
  warnings: string[];
  /** What makes it impossible; each says expected, got and what to do. Nothing is sent while there is one. */
  problems: string[];
}

/** How an adapter keeps a delivery from happening twice. */
export type ExactlyOnce =
  /** The platform drops a second request with the same key. */
  | "idempotency_key"
  /** We choose the id, so a second request writes the same thing. */
  | "deterministic_id"
  /** A draft is made first and found again by its name; only publishing it shows anything. */
  | "two_steps"
  /** What is there is looked up before anything is repeated. */
  | "read_back"
  /** Nothing can be looked up: an uncertain delivery waits for a person. */
  | "none";

/** How far an adapter is believed when it finds nothing. */
export interface ReadBack {
  possible: boolean;
  /** Milliseconds after the last attempt before "not there" is believed; 0 where a late arrival would do no harm. */
  settleMs: number;
}

/** A platform that content can be published to; one file, one factory, one line in the registry. */
export interface PublishAdapter<Options = unknown> {
  spec: ProviderSpec<Options>;
  exactlyOnce: ExactlyOnce;
  readBack: ReadBack;
  /** What taking back means there; `none` where it is impossible (mail). */
  retracts: "deletes" | "unpublishes" | "none";
  /** Whether the platform itself holds what is to appear later; otherwise our outbox does. */
  schedules: boolean;
  /** How far ahead the platform holds it, milliseconds; without bounds where nothing is said. Until then our outbox does. */
  holdsForMs?: number;
  /** Needs at least one mail address. */
  audience: boolean;
  /** Whose account this is, from the settings alone: never a key. */
  account(setting: { options: Options; url: URL | undefined }): string;
  /** Renders exactly what will be sent; pure. */
  compose(draft: Draft, setting: { options: Options; url: URL | undefined }): Composed;
  open(access: Access<Options>): PublishChannel;
}

/** A payload on its way out. */
export interface Delivery {
  /** Outbox id and key; both stable over every attempt. */
  id: string;
  key: string;
  payload: Payload;
  /** When the row was made, epoch ms. */
  createdAt: number;
  /** When the last attempt began, epoch ms; undefined before the first. */
  startedAt: number | undefined;
  /** What earlier attempts noted down. */
  progress: JsonObject | undefined;
}

export interface SendTools {
  /** The bytes of a file of the payload, checked against its hash. */
  read(media: PayloadMedia): Promise<Uint8Array>;
  /** Stores what the next attempt must know, durably, before the next step. */
  note(progress: JsonObject): Promise<void>;
}

/** An opened account. Every method throws `ProviderFailure` only. */
export interface PublishChannel {
  /** The cheapest authenticated call; what the platform calls the account. */
  check(): Promise<{ account: string }>;
  /** Publishes, or resumes publishing. Throws `uncertain` when it may have happened. */
  send(delivery: Delivery, tools: SendTools): Promise<Receipt>;
  /** Looks the delivery up where the public would see it (or where it waits for its time). Undefined: it is not there. Throws when that cannot be told. */
  find(delivery: Delivery, receipt?: Receipt): Promise<Receipt | undefined>;
  /** Takes it back; what is gone already counts as taken back. */
  retract(delivery: Delivery, receipt: Receipt): Promise<void>;
}
