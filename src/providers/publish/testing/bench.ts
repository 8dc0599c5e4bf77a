import { createHash } from "node:crypto";
import { testWorld } from "../../../testing/provider-world.ts";
import { outboxKey, Payload, Receipt } from "../../../lib/outbox.ts";
import { JsonObject } from "../../../lib/json.ts";
import { openAccess } from "../../access.ts";
import { type FailureKind, ProviderFailure } from "../../failure.ts";
import type { World } from "../../world.ts";
import type { Composed, Delivery, Draft, PublishChannel } from "../adapter.ts";
import { recalled } from "../publish-once.ts";
import type { AdapterSubject, PublishServer } from "./subject.ts";

/** Real servers on a busy machine take seconds. */
export const PATIENCE_MS = 20_000;

/** A payload on its way through one adapter, as the outbox would take it: what is stored goes through JSON. */
export interface Post {
  payload: Payload;
  key: string;
  receipt: Receipt | undefined;
  /** Sends, or resumes; with `over`, as another process whose world differs in that. */
  send(over?: Partial<World>): Promise<Receipt>;
  find(): Promise<Receipt | undefined>;
  retract(): Promise<void>;
  /** Takes it back before its time, as a hold does; it may then be sent anew. */
  recall(): Promise<void>;
}

/** One adapter in front of one fresh server. */
export interface Bench {
  server: PublishServer;
  compose(draft: Draft): Composed;
  /** One for every payload of the draft. Throws when the draft has a problem. */
  posts(draft: Draft): Post[];
  /** The first of them. */
  post(draft: Draft): Post;
  check(env?: Record<string, string>): Promise<{ account: string }>;
  /** From now on an exchange may take so many milliseconds; 20,000 before. */
  giveUpAfter(ms: number): void;
  /** Everything that came out of the adapter: payloads, receipts, accounts, errors. */
  seen: readonly unknown[];
}

export function makeBench<Options>(subject: AdapterSubject<Options>, server: PublishServer): Bench {
  const { adapter } = subject;
  const seen: unknown[] = [];
  const files = new Map((subject.files ?? []).map((bytes) => [sha256(bytes), bytes]));
  let rows = 0;
  let timeoutMs = PATIENCE_MS;

  const watch = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      const value = await work();
      seen.push(value);
      return value;
    } catch (error) {
      seen.push(error);
      throw error;
    }
  };

  const open = (over: Partial<World>): PublishChannel =>
    adapter.open({
      ...openAccess(
        adapter.spec,
        server.setting,
        testWorld({ env: server.env, ...server.world, ...over }),
        new AbortController().signal,
        { timeoutMs },
      ),
      ...(server.files ? { files: server.files } : {}),
    });

  let usual: PublishChannel | undefined;
  const channel = (): PublishChannel => (usual ??= open({}));

  const compose = (draft: Draft): Composed => {
    const composed = adapter.compose(draft, settingOf(subject, server));
    seen.push(composed, adapter.account(settingOf(subject, server)));
    return composed;
  };

  const makePost = (composed: Payload): Post => {
    const payload = Payload.parse(throughJson(composed));
    const key = outboxKey({ platform: adapter.spec.id, account: adapter.account(settingOf(subject, server)), payload });
    rows += 1;
    const id = `out_${rows}`;
    const createdAt = Date.now();
    let startedAt: number | undefined;
    let progress: JsonObject | undefined;
    const delivery = (): Delivery => ({ id, key, payload, createdAt, startedAt, progress });
    const post: Post = {
      payload,
      key,
      receipt: undefined,
      send: (over) =>
        watch(async () => {
          const now = delivery();
          startedAt = Date.now();
          const receipt = await (over ? open(over) : channel()).send(now, {
            read(media) {
              const bytes = files.get(media.hash);
              if (!bytes) throw new Error(`the subject has no file with the hash ${media.hash}`);
              return Promise.resolve(bytes.slice());
            },
            note(next) {
              progress = JsonObject.parse(throughJson(next));
              return Promise.resolve();
            },
          });
          post.receipt = Receipt.parse(throughJson(receipt));
          return post.receipt;
        }),
      find: () => watch(() => channel().find(delivery(), post.receipt)),
      async retract() {
        const { receipt } = post;
        if (!receipt) throw new Error("nothing was sent that could be taken back");
        await watch(() => channel().retract(delivery(), receipt));
      },
      async recall() {
        await post.retract();
        post.receipt = undefined;
        progress = recalled(Date.now());
      },
    };
    return post;
  };

  const posts = (draft: Draft): Post[] => {
    const { payloads, problems } = compose(draft);
    if (problems.length > 0) throw new Error(`the draft cannot be composed: ${problems.join("; ")}`);
    return payloads.map(makePost);
  };

  return {
    server,
    compose,
    posts,
    post(draft) {
      const [first] = posts(draft);
      if (!first) throw new Error("the draft has no payload");
      return first;
    },
    giveUpAfter(ms) {
      timeoutMs = ms;
      usual = undefined;
    },
    check: (env) => watch(() => open(env ? { env } : {}).check()),
    seen,
  };
}

/** What `compose` and `account` get to see of the settings. */
export function settingOf<Options>(
  { adapter }: AdapterSubject<Options>,
  { setting }: PublishServer,
): { options: Options; url: URL | undefined } {
  return {
    options: adapter.spec.options.parse(setting.options),
    url: setting.url === undefined ? undefined : new URL(setting.url),
  };
}

/** The failure that the work ends with; throws when it ends well or with another error. */
export async function failureOf(work: Promise<unknown>): Promise<ProviderFailure> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && outcome.error instanceof ProviderFailure) return outcome.error;
  throw new Error(`expected a ProviderFailure, got ${Bun.inspect(outcome)}`);
}

/** Failures after which the outbox tries again by itself. */
const RETRIED: readonly FailureKind[] = ["unreachable", "unavailable", "rate_limited"];

/** What the outbox does after a send that did not end: look it up where it may have happened, and try again where it did not. */
export async function settle(post: Post): Promise<Receipt> {
  const found = await post.find();
  if (found) return found;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      return await post.send();
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      const there = error.kind === "uncertain" ? await post.find() : undefined;
      if (there) return there;
      if (error.kind !== "uncertain" && !RETRIED.includes(error.kind)) throw error;
    }
  }
  throw new Error("three attempts came to nothing");
}

/** The same draft with other words, so that it is another delivery. */
export function reworded(draft: Draft, words: string): Draft {
  return { ...draft, text: `${draft.text} ${words}` };
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function throughJson(value: unknown): unknown {
  const parsed: unknown = JSON.parse(JSON.stringify(value));
  return parsed;
}
