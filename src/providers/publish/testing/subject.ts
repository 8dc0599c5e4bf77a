import type { Payload } from "../../../lib/outbox.ts";
import type { ProviderSetting } from "../../../lib/providers.ts";
import type { SeenRequest } from "../../../testing/fault-proxy.ts";
import type { AccessFiles } from "../../provider.ts";
import type { World } from "../../world.ts";
import type { Draft, PublishAdapter } from "../adapter.ts";

/** What a server can be told to do to every publishing request until it is told otherwise; `unauthorised` is done to every request. */
export const FAULTS = [
  /** Refused for now, to be tried again in `RETRY_AFTER_MS`. */
  "rate_limited",
  /** HTTP 503, or its like; nothing is done. */
  "unavailable",
  /** The work is done, and the connection breaks before the answer. */
  "crash_after_accept",
  /** The connection breaks before anything is done. */
  "crash_before_accept",
  /** No answer. */
  "hang",
  "quota",
  "unauthorised",
  /** This content is refused for good. A server that can should quote the request's key in its answer. */
  "reject",
] as const;
export type Fault = (typeof FAULTS)[number];

/** How long a `rate_limited` server asks to wait. */
export const RETRY_AFTER_MS = 7000;

/** One thing that the public sees. */
export interface Published {
  id: string;
  text: string;
  media: { /** SHA-256 of the bytes that the server holds, hex. */ hash: string; alt?: string | undefined }[];
}

/** A fake or a real server that speaks the adapter's wire format. */
export interface PublishServer {
  setting: ProviderSetting;
  /** The variables that the adapter reads, with the values that this server accepts. Values of at least 8 characters: each is looked for in everything that comes out. */
  env: Record<string, string>;
  /** For adapters that are files. */
  files?: AccessFiles;
  /** For adapters with pinned hosts: see `worldTo`. */
  world?: Partial<World>;
  /** Everything that the public sees, oldest first. */
  published(): Promise<Published[]>;
  /** What waits on the platform for its time. */
  scheduled?(): Promise<Published[]>;
  /** Undefined ends it. Throws the reason of `cannot` where this server cannot do it. */
  inject(fault: Fault | undefined): void;
  /** Everything that arrived, also what was not answered. */
  requests(): readonly SeenRequest[];
  /** From now on connections are refused. */
  close(): Promise<void>;
}

/** A text or file exactly at a limit, and one over it. */
export interface LimitSample {
  name: string;
  at: Draft;
  over: Draft;
  /** What the problem must name: the limit, and what the draft over it has. */
  limit: number;
  got: number;
  /** Do not send the one at the limit, and why not. */
  unsent?: string;
}

/** An adapter with all that the suite needs to know of it. */
export interface AdapterSubject<Options> {
  name: string;
  adapter: PublishAdapter<Options>;
  /** A fresh, empty server; called for every test. */
  start(): Promise<PublishServer>;
  /** `to` of each payload of a draft, where an adapter without an audience names destinations. */
  destinations?: readonly string[];
  /** A plain draft that the platform takes as it is. */
  draft: Draft;
  limits: readonly LimitSample[];
  /** A draft with one picture of `testing/pictures.ts`, or why there is none. */
  media: { draft: Draft; alt: boolean } | { none: string };
  /** The bytes of every file that a draft here names. */
  files?: readonly Uint8Array[];
  /** What the public sees of a payload; its text where nothing is said. */
  shown?(payload: Payload): string;
  /** Faults that this server cannot do, each with the reason. */
  cannot?: Partial<Record<Fault | "cut_any_request", string>>;
  /** Milliseconds after which a hanging request is given up in the tests; 400 where nothing is said. */
  patienceMs?: number;
}
