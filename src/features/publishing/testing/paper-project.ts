import { DEFAULT_CONFIG, type Config } from "../../../config.ts";
import type { OutboxItem } from "../../../lib/outbox.ts";
import { PROVIDER_SET, PROVIDERS_DOCUMENT } from "../../../lib/providers.ts";
import type { World } from "../../../providers/world.ts";
import { openStore } from "../../../store/open.ts";
import type { Store, Transaction } from "../../../store/store.ts";
import { testWorld } from "../../../testing/provider-world.ts";
import { makeWorkspace } from "../../../testing/temp-workspace.ts";
import { markApproved } from "../approve.ts";
import { compose, type PublishRequest } from "../compose.ts";
import type { PublishDesk } from "../desk.ts";
import { Killed, type Paper } from "./paper.ts";

export const MINUTE = 60_000;

/** A project in which corrective notices may go out, with a clock that the test turns and as many processes as it likes. */
export interface PaperProject {
  directory: string;
  now: number;
  config: Config["publishing"];
  /** Process numbers that run. */
  alive: Set<number>;
  env: Record<string, string>;
  store: Store;
  /** The desk of a process; the same number is the same process. */
  desk(pid?: number, over?: Omit<Partial<PublishDesk>, "world"> & { world?: Partial<World> }): PublishDesk;
  look<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  row(id: string): Promise<OutboxItem>;
  configure(options: Record<string, string>): Promise<void>;
  compose(request?: Partial<PublishRequest>, batch?: string): Promise<OutboxItem[]>;
  /** Rows that a person has approved. */
  approved(request?: Partial<PublishRequest>): Promise<OutboxItem>;
  dispose(): Promise<void>;
}

export async function paperProject(paper: Paper, others: readonly Paper[] = []): Promise<PaperProject> {
  const workspace = makeWorkspace();
  let approvals = 0;
  let batches = 0;
  const project: PaperProject = {
    directory: workspace.directory,
    now: Date.parse("2026-12-01T09:00:00.000Z"),
    config: DEFAULT_CONFIG.publishing,
    alive: new Set([1]),
    env: { PAPER_KEY: "secret-paper-key" },
    store: openStore({ directory: workspace.directory, sync: "off", now: () => new Date(project.now) }),
    desk: (pid = 1, { world, ...over } = {}) => ({
      store: project.store,
      world: {
        ...testWorld(),
        env: project.env,
        now: () => project.now,
        sleep: async () => undefined,
        owner: { pid, boot: `boot-${pid}` },
        isAlive: (one) => project.alive.has(one),
        ...world,
      },
      config: { ...DEFAULT_CONFIG, publishing: project.config },
      actor: { host: "opencode" },
      tool: "ohmymkt_publish",
      signal: new AbortController().signal,
      newId: (prefix) => `${prefix}-${(approvals += 1)}`,
      adapters: Object.fromEntries([paper, ...others].map(({ adapter }) => [adapter.spec.id, async () => adapter])),
      ...over,
    }),
    look: (work) => project.store.transaction({ actor: { host: "library" }, tool: "test" }, work),
    async row(id) {
      const item = await project.look((tx) => tx.outbox.get(id));
      if (!item) throw new Error(`${id} is gone`);
      return item;
    },
    async configure(options) {
      const setting = { api_key_env: "PAPER_KEY", options };
      const ids = [paper, ...others].map(({ adapter }) => adapter.spec.id);
      await project.look(async (tx) => {
        await tx.documents.write(PROVIDERS_DOCUMENT, {
          schema_version: 1,
          use: {},
          image: {},
          video: {},
          video_template: {},
          publish: Object.fromEntries(ids.map((id) => [id, setting])),
        });
        for (const id of ids) await tx.ledger.append({ kind: PROVIDER_SET, subject: `publish/${id}`, after: setting });
      });
    },
    compose: (request = {}, batch = `batch-${(batches += 1)}`) =>
      compose(
        project.desk(),
        { platform: paper.adapter.spec.id, content: "The price is 9", class: "notice", ...request },
        batch,
      ),
    async approved(request) {
      const drafts = await project.compose(request);
      const [item] = await project.look((tx) => markApproved(tx, drafts, `apr-${(approvals += 1)}`));
      if (!item) throw new Error("nothing was composed");
      return item;
    },
    async dispose() {
      await project.store.close();
      workspace.dispose();
    },
  };
  await project.configure({});
  return project;
}

/** A store whose process ends before its transaction number `last`, counted from 0: that one and all later ones never happen. */
export function dying(store: Store, last: number): Store {
  let number = 0;
  return {
    ...store,
    transaction: async (cause, work, options) => {
      if (number >= last) throw new Killed();
      number += 1;
      return store.transaction(cause, work, options);
    },
  };
}

/** A gate that work waits at until a test opens it; `reached` resolves once something waits. */
export function gate(): { pass(): Promise<void>; reached: Promise<void>; open(): void } {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: opened.resolve,
    async pass() {
      reached.resolve();
      await opened.promise;
    },
  };
}

/** Puts something before a method of the platform's channel. */
export function before(paper: Paper, method: "send" | "find" | "retract", work: () => Promise<void>): void {
  const { open } = paper.adapter;
  paper.adapter.open = (access) => {
    const channel = open(access);
    return {
      ...channel,
      [method]: async (...args: [never, never]) => {
        await work();
        return channel[method](...args);
      },
    };
  };
}
