import { z } from "zod";
import { sha256 } from "../../../lib/canonical.ts";
import type { Receipt } from "../../../lib/outbox.ts";
import type { PublishAdapter, ReadBack } from "../../../providers/publish/adapter.ts";
import { ProviderFailure, type FailureKind } from "../../../providers/failure.ts";

/** What happens to the next request: a failure before or after the work is done, or the process's end there. */
export type Fault = { kind: FailureKind; done: boolean; retryAfterMs?: number } | { crash: "before" | "after" };

/** A platform in memory that does as a test says, and what the public sees of it. */
export interface Paper {
  adapter: PublishAdapter;
  posts: Map<string, { text: string; scheduled_for?: string }>;
  /** Requests that published, in order. */
  sends: string[];
  faults: Fault[];
  /** What looking things up throws, if anything. */
  blind: ProviderFailure | undefined;
  /** Posts that nobody sees yet, by key. */
  late: Set<string>;
}

const Options = z.strictObject({ name: z.string().default("demo"), tone: z.string().optional() });

/** Thrown where a process would have died: nothing after it runs. */
export class Killed extends Error {}

export function paperPlatform(
  over: Partial<Pick<PublishAdapter, "schedules" | "holdsForMs" | "retracts" | "audience" | "exactlyOnce">> & {
    readBack?: ReadBack;
    id?: string;
    keyed?: boolean;
  } = {},
): Paper {
  const paper: Paper = {
    posts: new Map(),
    sends: [],
    faults: [],
    blind: undefined,
    late: new Set(),
    adapter: {
      spec: {
        id: over.id ?? "paper",
        title: "Paper",
        category: "publish",
        secrets: [{ use: "api_key", names: ["PAPER_KEY"] }],
        hosts: [],
        options: Options,
        setup: "Make a key",
      },
      exactlyOnce: over.exactlyOnce ?? "read_back",
      readBack: over.readBack ?? { possible: true, settleMs: 0 },
      retracts: over.retracts ?? "deletes",
      schedules: over.schedules ?? false,
      ...(over.holdsForMs === undefined ? {} : { holdsForMs: over.holdsForMs }),
      audience: over.audience ?? false,
      account: () => "demo",
      compose: ({ text, title, media, at, audience }) => ({
        payloads: (over.audience ? audience : [undefined]).map((to) => ({
          text,
          media: media.map(({ path, hash, mime, size, alt }) => ({ path, hash, mime, size, ...(alt ? { alt } : {}) })),
          wire: {},
          ...(title ? { title } : {}),
          ...(to ? { to } : {}),
          ...(at ? { at } : {}),
        })),
        warnings: [],
        problems: text.length > 280 ? [`expected at most 280 characters, got ${text.length}`] : [],
      }),
      open: (access) => ({
        async check() {
          access.secret("api_key");
          return { account: "demo" };
        },
        async send({ key, payload }) {
          access.secret("api_key");
          const fault = paper.faults.shift();
          if (fault && "crash" in fault && fault.crash === "before") throw new Killed();
          if (fault && "kind" in fault && !fault.done) throw failure(fault);
          const id = over.keyed === false ? `${key}-${paper.sends.length}` : key;
          paper.sends.push(key);
          paper.posts.set(id, {
            text: payload.text,
            ...(payload.at && over.schedules ? { scheduled_for: payload.at } : {}),
          });
          if (fault && "crash" in fault) throw new Killed();
          if (fault) throw failure(fault);
          return { remote_id: id, ...(payload.at && over.schedules ? { scheduled_for: payload.at } : {}) };
        },
        async find({ key }, receipt): Promise<Receipt | undefined> {
          if (paper.blind) throw paper.blind;
          const found = [...paper.posts].find(([id]) => (receipt ? id === receipt.remote_id : id.startsWith(key)));
          if (!found || paper.late.has(key)) return undefined;
          const [id, post] = found;
          return { remote_id: id, url: `paper://${id.slice(0, 8)}`, remote_hash: sha256(post.text), ...timeOf(post) };
        },
        async retract(_delivery, { remote_id }) {
          const fault = paper.faults.shift();
          if (fault && "kind" in fault && !fault.done) throw failure(fault);
          paper.posts.delete(remote_id);
        },
      }),
    },
  };
  return paper;
}

function timeOf({ scheduled_for }: { scheduled_for?: string }): { scheduled_for?: string } {
  return scheduled_for ? { scheduled_for } : {};
}

function failure({ kind, retryAfterMs }: { kind: FailureKind; retryAfterMs?: number }): ProviderFailure {
  return new ProviderFailure(kind, `paper says ${kind}`, { retryAfterMs });
}
