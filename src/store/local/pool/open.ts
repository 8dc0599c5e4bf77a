import { Database } from "bun:sqlite";
import { dirname, resolve } from "node:path";
import { existsSync } from "node:fs";
import { OhmymktError } from "../../../errors.ts";
import { APPLICATION_ID as PROJECT_ID, journalMode } from "../database.ts";
import { asStorageError } from "../failures.ts";
import { SCHEMA_STEPS } from "../schema.ts";
import { Sql } from "../sql.ts";
import { type Gate, kernelGate, OPEN_GATE } from "./gate.ts";
import { POOL_SCHEMA } from "./schema.ts";
import { SQLITE_WAIT_MS, Turns } from "./turns.ts";

/** Marks a database that holds a task pool and nothing else ("ohmt"). */
export const POOL_ID = 0x6f686d74;
const POOL_STEPS: readonly string[] = [POOL_SCHEMA];

/** Small pages, because a commit writes every page that it touches whole: a claim touches three. Tasks of several kilobytes pay a little for it. */
const PAGE_BYTES = 1024;
/** From here on a commit copies the log itself; usually `Turns` has done so before. */
const CHECKPOINT_PAGES = 16_000;
const CACHE_KIB = 16_000;

/** An open pool database; `close` leaves statements of others alone. */
export interface PoolDatabase {
  database: Database;
  sql: Sql;
  turns: Turns;
  close(): void;
}

export interface PoolDatabaseOptions {
  path: string;
  /** Flush every commit to the disk, to survive a power loss as well. */
  durable: boolean;
  busyTimeoutMs: number;
  /** Take turns with other processes where the platform can; true by default. */
  fair?: boolean | undefined;
}

/** Opens a task database, making it when there is none; a project's own database is taken as it is. Throws `storage`, `corrupt_document` or `newer_version`. */
export function openPool({ path, durable, busyTimeoutMs, fair = true }: PoolDatabaseOptions): PoolDatabase {
  const inMemory = path === ":memory:" || path === "";
  if (!inMemory && !existsSync(dirname(resolve(path)))) {
    throw new OhmymktError("storage", `dbPath: expected a file in an existing folder, got ${JSON.stringify(path)}`, {
      hint: "create the folder first",
    });
  }
  let gate: Gate | undefined;
  let database: Database | undefined;
  try {
    gate = inMemory ? OPEN_GATE : fair ? kernelGate(`${path}-gate`) : undefined;
    database = new Database(path, { readwrite: true, create: true, strict: true });
    const sql = new Sql(database);
    const turns = new Turns(sql, gate, busyTimeoutMs);
    sql.script(`PRAGMA busy_timeout = ${gate === undefined ? SQLITE_WAIT_MS.ungated : SQLITE_WAIT_MS.gated}`);
    turns.single(() => configure(sql, durable));
    turns.all(() => prepareTables(sql, path));
    return { database, sql, turns, close: closer(database, sql, gate) };
  } catch (error) {
    database?.close();
    gate?.close();
    throw asStorageError(error, `open ${path}`);
  }
}

function closer(database: Database, sql: Sql, gate: Gate | undefined): () => void {
  return () => {
    sql.finalize();
    database.close(false);
    gate?.close();
  };
}

function configure(sql: Sql, durable: boolean): void {
  sql.script("PRAGMA foreign_keys = ON");
  sql.script(`PRAGMA synchronous = ${durable ? "FULL" : "NORMAL"}`);
  // Has an effect on a new file only.
  sql.script(`PRAGMA page_size = ${PAGE_BYTES}`);
  const { version } = sql.get<{ version: string }>("SELECT sqlite_version() AS version") ?? { version: "0" };
  sql.get(`PRAGMA journal_mode = ${journalMode(version)}`);
  sql.script(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA cache_size = -${CACHE_KIB}`);
}

function prepareTables(sql: Sql, path: string): void {
  const id = sql.get<{ application_id: number }>("PRAGMA application_id")?.application_id ?? 0;
  const version = sql.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
  const steps = id === PROJECT_ID ? SCHEMA_STEPS : POOL_STEPS;
  const isEmpty = id === 0 && version === 0 && sql.get("SELECT 1 FROM sqlite_schema LIMIT 1") === undefined;
  if (!isEmpty && id !== PROJECT_ID && id !== POOL_ID) {
    throw new OhmymktError(
      "corrupt_document",
      `${path} is a database of another program; expected a task pool or a new file`,
      {
        hint: "nothing was changed: give dbPath another file name",
      },
    );
  }
  if (version > steps.length) {
    throw new OhmymktError(
      "newer_version",
      `${path} has schema version ${version}; this ohmymkt knows up to ${steps.length}`,
      { hint: "update ohmymkt; the database was left as it is" },
    );
  }
  if (version === steps.length) return;
  for (const step of steps.slice(version)) sql.script(step);
  if (isEmpty) sql.script(`PRAGMA application_id = ${POOL_ID}`);
  sql.script(`PRAGMA user_version = ${steps.length}`);
}
