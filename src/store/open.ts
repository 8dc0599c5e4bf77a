import { AsyncLocalStorage } from "node:async_hooks";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { OhmymktError } from "../errors.ts";
import { connect, type Connection } from "./local/database.ts";
import { asStorageError } from "./local/failures.ts";
import { Files } from "./local/files.ts";
import { randomBase32 } from "./local/random.ts";
import { runUnit } from "./local/transaction.ts";
import { openProjectFile, type ProjectFile } from "./project-file.ts";
import type { Cause, Store, Transaction, TransactionOptions } from "./store.ts";

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
      const frame = { root: this.#root, open: true };
      try {
        // The same connection serves both kinds: transactions of one store run one after the other.
        if (this.#options.durable) sql.script(`PRAGMA synchronous = ${survives === "power" ? "FULL" : "NORMAL"}`);
        return await inside.run(frame, () => runUnit({ ...this.#options, sql, files: this.#files, cause }, work));
      } finally {
        frame.open = false;
      }
    });
  }

  async file(path: string): Promise<ProjectFile> {
    return openProjectFile(dirname(this.#root), path);
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

  #refuseNested(): void {
    const frame = inside.getStore();
    if (frame?.open !== true || frame.root !== this.#root) return;
    throw new OhmymktError(
      "internal",
      "a transaction was started inside a transaction on the same project; it would wait for itself",
      {
        hint: "use the outer transaction's own documents, tasks and ledger",
      },
    );
  }
}
