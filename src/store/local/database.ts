import { Database } from "bun:sqlite";
import { existsSync, linkSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { OhmymktError } from "../../errors.ts";
import { corruptDatabase, errorCode } from "./failures.ts";
import { BLOCKING_WAIT_MS, whenFree } from "./lock.ts";
import { SCHEMA_STEPS } from "./schema.ts";
import { Sql } from "./sql.ts";

/** Older engines can lose commits when a write-ahead log is reset while another process writes (sqlite.org, "WAL-reset bug"). */
const SAFE_WAL_VERSION = [3, 51, 3] as const;

/** Marks the file as ours in its header ("ohmk"), so that another program's database is never changed. */
export const APPLICATION_ID = 0x6f686d6b;

/** Pages kept in memory at most, taken only as they are used: imports that go day by day touch every series again and again. */
const CACHE_KIB = 16_384;

/** Pages in the write-ahead log from which on they are moved into the database; the engine's own figure. */
const CHECKPOINT_PAGES = 1000;

/** One open connection and the file it belongs to. */
export interface Connection {
  sql: Sql;
  /** Whether the file at the path is still the one that was opened. */
  isCurrent(): boolean;
}

/** Opens `.ohmymkt/ohmymkt.db`, making it when there is none. Throws `corrupt_document`, `newer_version` or `busy`. */
export async function connect(root: string, options: { durable: boolean; busyTimeoutMs: number }): Promise<Connection> {
  const path = join(root, "ohmymkt.db");
  ensureFile(root, path);
  const { ino, dev, size } = statSync(path);
  if (size === 0) throw corruptDatabase(undefined, "is empty");
  const sql = new Sql(new Database(path, { readwrite: true, create: false, strict: true }));
  try {
    sql.script(`PRAGMA busy_timeout = ${BLOCKING_WAIT_MS}`);
    await whenFree(options.busyTimeoutMs, () => refuseForeign(sql));
    await whenFree(options.busyTimeoutMs, () => configure(sql, options.durable));
    await whenFree(options.busyTimeoutMs, () => migrate(sql));
  } catch (error) {
    sql.close();
    throw error;
  }
  const isCurrent = (): boolean => {
    const now = statSync(path, { throwIfNoEntry: false });
    return now !== undefined && now.ino === ino && now.dev === dev;
  };
  return { sql, isCurrent };
}

/** Builds a new database aside and links it into place whole, so that an empty or half-made file is always damage. */
function ensureFile(root: string, path: string): void {
  const orphan = existsSync(`${path}-wal`);
  if (existsSync(path)) return;
  if (orphan) throw corruptDatabase(undefined, "is missing, but its log ohmymkt.db-wal is there");
  const fresh = join(root, ".tmp", `new-${process.pid}-${crypto.randomUUID()}.db`);
  const sql = new Sql(new Database(fresh, { readwrite: true, create: true, strict: true }));
  try {
    sql.script(`PRAGMA synchronous = FULL; PRAGMA application_id = ${APPLICATION_ID}`);
    migrate(sql);
  } finally {
    sql.close();
  }
  try {
    linkSync(fresh, path);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return;
    // File systems without hard links: two first openings at the same moment are the only risk left.
    if (existsSync(path)) return;
    renameSync(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
}

function refuseForeign(sql: Sql): void {
  const id = sql.get<{ application_id: number }>("PRAGMA application_id")?.application_id;
  if (id !== APPLICATION_ID) throw corruptDatabase(undefined, "is a database of another program");
}

function configure(sql: Sql, durable: boolean): void {
  sql.script("PRAGMA foreign_keys = ON");
  sql.script(`PRAGMA synchronous = ${durable ? "FULL" : "OFF"}`);
  sql.script(`PRAGMA cache_size = -${CACHE_KIB}`);
  const { version } = sql.get<{ version: string }>("SELECT sqlite_version() AS version") ?? { version: "0" };
  sql.get(`PRAGMA journal_mode = ${journalMode(version)}`);
  sql.script("PRAGMA wal_autocheckpoint = 0");
}

/**
 * Moves a long write-ahead log into the database, in a turn of its own: as a part of a large commit it would double the time that everybody
 * else in this process waits. What keeps it from that keeps nobody's work from being stored, so it is left to the next one.
 */
export async function checkpoint(sql: Sql): Promise<void> {
  try {
    const log = sql.get<{ log: number; checkpointed: number }>("PRAGMA wal_checkpoint(NOOP)");
    if (log === undefined || log.log - log.checkpointed < CHECKPOINT_PAGES) return;
    await setImmediate();
    sql.get("PRAGMA wal_checkpoint(PASSIVE)");
  } catch (error) {
    if (!errorCode(error).startsWith("SQLITE_")) throw error;
  }
}

/** The journal that is safe for several processes on this engine. */
export function journalMode(engineVersion: string): "WAL" | "DELETE" {
  const parts = engineVersion.split(".").map(Number);
  for (const [index, least] of SAFE_WAL_VERSION.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least ? "WAL" : "DELETE";
  }
  return "WAL";
}

function migrate(sql: Sql): void {
  if (schemaVersion(sql) === SCHEMA_STEPS.length) return;
  sql.script("BEGIN IMMEDIATE");
  try {
    const version = schemaVersion(sql);
    if (version > SCHEMA_STEPS.length) {
      throw new OhmymktError(
        "newer_version",
        `.ohmymkt/ohmymkt.db has schema version ${version}; this ohmymkt knows up to ${SCHEMA_STEPS.length}`,
        {
          hint: "update ohmymkt; the database was left as it is",
        },
      );
    }
    for (const step of SCHEMA_STEPS.slice(version)) sql.script(step);
    sql.script(`PRAGMA user_version = ${SCHEMA_STEPS.length}`);
    sql.script("COMMIT");
  } catch (error) {
    if (sql.inTransaction) sql.script("ROLLBACK");
    throw error;
  }
}

function schemaVersion(sql: Sql): number {
  return sql.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
}
