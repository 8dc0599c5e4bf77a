import { OhmymktError } from "../../../errors.ts";
import { asStorageError, isBusy } from "../failures.ts";
import type { Sql } from "../sql.ts";
import type { Gate } from "./gate.ts";

/** Milliseconds that SQLite itself waits for a lock: long behind a gate, where waiters are few; short where they have to be mixed by chance. */
export const SQLITE_WAIT_MS = { gated: 1000, ungated: 5 } as const;

const LONGEST_PAUSE_MS = 8;

/** Rows that one process writes, about, between two copies of the log into the file; a long log makes every read slower. */
const CHECKPOINT_EVERY = 1000;

/** Runs writes one process at a time; none of them surfaces a busy database before `timeoutMs`. */
export class Turns {
  readonly #sql: Sql;
  readonly #gate: Gate | undefined;
  readonly #timeoutMs: number;
  #rows = 0;

  constructor(sql: Sql, gate: Gate | undefined, timeoutMs: number) {
    this.#sql = sql;
    this.#gate = gate;
    this.#timeoutMs = timeoutMs;
  }

  /** A write of one statement, which is atomic by itself. Throws `busy` after the timeout. */
  single<T>(write: () => T, rows = 1): T {
    this.#checkpoint(rows);
    this.#gate?.enter();
    try {
      return write();
    } catch (error) {
      if (!isBusy(error)) throw asStorageError(error, "write the tasks");
    } finally {
      this.#gate?.leave();
    }
    return this.#again(write);
  }

  /** Outside of the turn, because it waits for the disk and nobody needs to wait with it. */
  #checkpoint(rows: number): void {
    const due = this.#rows >= CHECKPOINT_EVERY;
    this.#rows = due ? rows : this.#rows + rows;
    if (!due) return;
    this.#sql.get("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /** Several statements, all or none, that write about so many rows. */
  all<T>(work: () => T, rows = 1): T {
    return this.single(() => {
      this.#sql.run("BEGIN IMMEDIATE");
      try {
        const result = work();
        this.#sql.run("COMMIT");
        return result;
      } catch (error) {
        if (this.#sql.inTransaction) this.#sql.run("ROLLBACK");
        throw error;
      }
    }, rows);
  }

  #again<T>(write: () => T): T {
    const deadline = performance.now() + this.#timeoutMs;
    for (;;) {
      Bun.sleepSync(0.5 + Math.random() * LONGEST_PAUSE_MS);
      this.#gate?.enter();
      try {
        return write();
      } catch (error) {
        if (!isBusy(error)) throw asStorageError(error, "write the tasks");
        if (performance.now() >= deadline) throw busy(this.#timeoutMs, error);
      } finally {
        this.#gate?.leave();
      }
    }
  }
}

function busy(timeoutMs: number, cause: unknown): OhmymktError {
  return new OhmymktError(
    "busy",
    `another process held the task database for more than ${timeoutMs} ms; nothing was changed`,
    {
      hint: "repeat the call; if it stays so, look for a process on this database that hangs",
      cause,
    },
  );
}
