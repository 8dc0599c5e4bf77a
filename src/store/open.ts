import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers/promises";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { OhmymktError } from "../errors.ts";
import { checkpoint, connect, type Connection } from "./local/database.ts";
import { asStorageError } from "./local/failures.ts";
import { Files } from "./local/files.ts";
import { saveMedia } from "./local/media.ts";
import { randomBase32 } from "./local/random.ts";
import { runUnit, whileLocked } from "./local/transaction.ts";
import { openProjectFile, type ProjectFile } from "./project-file.ts";
import { readProjectText, updateProjectText } from "./project-text.ts";
import type { Cause, SavedMedia, Store, Transaction, TransactionOptions } from "./store.ts";

export interface StoreOptions {
  /** The project directory; the state lives in `.ohmymkt` below it. */
  directory: string;
  now?: (() => Date) | undefined;
  randomId?: (() => string) | undefined;
  /** `off` skips every flush to the disk; for tests only. */
  sync?: "full" | "off" | undefined;
  /** How long a transaction waits for another process, in milliseconds; 30 000 by default. */
  busyTimeoutMs?: number | undefined;
}

/** The embedded store of one project. Touches nothing before its first transaction. */
export function openStore(options: StoreOptions): Store {
  return new LocalStore(options);
}

/** The transaction that the running code is inside of. */
const inside = new AsyncLocalStorage<{ root: string; open: boolean }>();

class LocalStore implements Store {
  readonly #root: string;
  readonly #options: { now: () => Date; randomId: () => string; durable: boolean; busyTimeoutMs: number };
  readonly #files: Files;
  #connection: Connection | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor({
    directory,
    now = () => new Date(),
    randomId = randomBase32,
    sync = "full",
    busyTimeoutMs = 30_000,
  }: StoreOptions) {
    this.#root = join(resolve(directory), ".ohmymkt");
    const durable = sync === "full";
    this.#options = { now, randomId, durable, busyTimeoutMs };
    this.#files = new Files(this.#root, durable);
  }

  async exists(): Promise<boolean> {
    return existsSync(this.#root);
  }

  async transaction<T>(
    cause: Cause,
    work: (tx: Transaction) => Promise<T>,
    { survives = "power" }: TransactionOptions = {},
  ): Promise<T> {
    this.#refuseNested();
    return this.#inTurn(async () => {
      if (this.#closed) throw new OhmymktError("internal", "the store is closed", { hint: "open it again" });
      const { sql } = await this.#connect();
      // The host's event loop turns between two transactions, however many a call makes.
      await setImmediate();
      const frame = { root: this.#root, open: true };
      try {
        // The same connection serves both kinds: transactions of one store run one after the other.
        if (this.#options.durable) sql.script(`PRAGMA synchronous = ${survives === "power" ? "FULL" : "NORMAL"}`);
        const done = await inside.run(frame, () => runUnit({ ...this.#options, sql, files: this.#files, cause }, work));
        await checkpoint(sql);
        return done;
      } finally {
        frame.open = false;
      }
    });
  }

  async file(path: string): Promise<ProjectFile> {
    return openProjectFile(dirname(this.#root), path);
  }

  async readText(path: string): Promise<string | undefined> {
    return storing(() => readProjectText(dirname(this.#root), path), `read ${path}`);
  }

  async updateText(path: string, change: (current: string | undefined) => string | undefined): Promise<void> {
    this.#refuseNested("a file was changed");
    return this.#inTurn(async () => {
      if (this.#closed) throw new OhmymktError("internal", "the store is closed", { hint: "open it again" });
      const { sql } = await this.#connect();
      await storing(
        () =>
          whileLocked(sql, this.#options.busyTimeoutMs, () =>
            updateProjectText(dirname(this.#root), path, change, randomBase32()),
          ),
        `write ${path}`,
      );
    });
  }

  async saveMedia(...[folder, name, extension, content]: Parameters<Store["saveMedia"]>): Promise<SavedMedia> {
    this.#refuseNested("a file was saved");
    if (this.#closed) throw new OhmymktError("internal", "the store is closed", { hint: "open it again" });
    return saveMedia(this.#files, { folder, name, extension, content, ...this.#options });
  }

  async close(): Promise<void> {
    this.#refuseNested();
    await this.#inTurn(async () => {
      this.#closed = true;
      this.#connection?.sql.close();
      this.#connection = undefined;
    });
  }

  async #connect(): Promise<Connection> {
    if (this.#connection?.isCurrent() === true) return this.#connection;
    // The file was deleted or replaced under us: writing on into the old one would lose everything.
    this.#connection?.sql.close();
    this.#connection = undefined;
    try {
      this.#files.prepare();
      this.#connection = await connect(this.#root, this.#options);
    } catch (error) {
      throw asStorageError(error, "open .ohmymkt/ohmymkt.db");
    }
    return this.#connection;
  }

  /** One transaction at a time; the queue goes on after a failure. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(run, run);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #refuseNested(what = "a transaction was started"): void {
    const frame = inside.getStore();
    if (frame?.open !== true || frame.root !== this.#root) return;
    throw new OhmymktError("internal", `${what} inside a transaction on the same project, which would wait for it`, {
      hint: "use the outer transaction's own documents, tasks and ledger, and save files before it or after it",
    });
  }
}

/** Runs work on a project's own file; the disk's refusals become `storage`. */
async function storing<T>(work: () => Promise<T>, what: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asStorageError(error, what);
  }
}
