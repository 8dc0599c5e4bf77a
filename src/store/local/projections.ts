import type { Revision } from "../store.ts";
import type { Context } from "./context.ts";
import type { Files, Found, Staged } from "./files.ts";
import { appendLedger } from "./ledger.ts";
import type { Sql } from "./sql.ts";

/** A governed file as the database knows it; `pending` means that the file itself must still be replaced. */
export interface FileRow {
  path: string;
  kind: "document" | "artifact";
  hash: string;
  revision: number;
  state: "applied" | "pending";
  base_hash: string | null;
  origin: Revision<unknown>["origin"];
}

export function fileRow(sql: Sql, path: string): FileRow | undefined {
  return sql.get<FileRow>(`SELECT * FROM document WHERE path = ?`, path);
}

export function saveRow(sql: Sql, row: FileRow): void {
  sql.run(
    `INSERT INTO document(path, kind, hash, revision, state, base_hash, origin) VALUES(?,?,?,?,?,?,?)
     ON CONFLICT(path) DO UPDATE SET kind = excluded.kind, hash = excluded.hash, revision = excluded.revision,
       state = excluded.state, base_hash = excluded.base_hash, origin = excluded.origin`,
    row.path,
    row.kind,
    row.hash,
    row.revision,
    row.state,
    row.base_hash,
    row.origin,
  );
}

export function keepContent(sql: Sql, hash: string, content: Uint8Array): void {
  sql.run(`INSERT INTO blob(hash, content) VALUES(?,?) ON CONFLICT(hash) DO NOTHING`, hash, content);
}

/** The kept bytes of a hash; the schema's foreign key guarantees those of every row. */
export function keptContent(sql: Sql, hash: string): Uint8Array {
  const row = sql.get<{ content: Uint8Array }>(`SELECT content FROM blob WHERE hash = ?`, hash);
  if (row === undefined) throw new Error(`no content is kept for ${hash}`);
  return row.content;
}

/** What a reader in this transaction must see: its own pending write, else the file. */
export function present({ sql, files }: Context, path: string, row = fileRow(sql, path)): Found {
  if (row?.state !== "pending") return files.look(path);
  return { kind: "file", bytes: keptContent(sql, row.hash), hash: row.hash };
}

/**
 * Records new content as pending; the file follows after the commit.
 * `base` is the hash of the content that was looked at and kept: whatever else the file holds by then is somebody's edit.
 */
export function enqueue(
  { sql }: Context,
  next: {
    path: string;
    kind: FileRow["kind"];
    hash: string;
    content: Uint8Array;
    origin: FileRow["origin"];
    base: string | undefined;
  },
): FileRow {
  const { content, base, ...rest } = next;
  const old = fileRow(sql, next.path);
  keepContent(sql, next.hash, content);
  const row: FileRow = {
    ...rest,
    revision: (old?.revision ?? 0) + 1,
    state: "pending",
    base_hash: old?.state === "pending" ? old.base_hash : (base ?? null),
  };
  saveRow(sql, row);
  return row;
}

export function pendingRows(sql: Sql): FileRow[] {
  return sql.all<FileRow>(`SELECT * FROM document WHERE state = 'pending' ORDER BY path`);
}

/**
 * Keeps what a person saved between our commit and our rename, so that replacing it loses nothing.
 * True when something was kept: commit that before `applyPending` replaces the files.
 */
export function keepSuperseded(context: Context): boolean {
  const { sql, files } = context;
  let kept = false;
  for (const row of pendingRows(sql)) {
    const found = files.look(row.path);
    if (found.kind !== "file" || found.hash === row.hash || found.hash === row.base_hash) continue;
    keepContent(sql, found.hash, found.bytes);
    saveRow(sql, { ...row, base_hash: found.hash });
    appendLedger(context, {
      kind: `${row.kind}.superseded`,
      subject: row.path,
      reason: "changed outside the tools while a write was under way; the write won and this content was kept",
      before: found.hash,
      after: row.hash,
    });
    kept = true;
  }
  return kept;
}

/** Brings every pending file to its recorded content; `staged` saves writing what waits in place already. */
export function applyPending(sql: Sql, files: Files, staged: ReadonlyMap<string, Staged>): void {
  const rows = pendingRows(sql);
  const due = rows.filter((row) => hashOf(files.look(row.path)) !== row.hash);
  files.publish(due.map((row) => staged.get(stagedKey(row)) ?? files.stage(row.path, keptContent(sql, row.hash))));
  for (const row of rows) sql.run(`UPDATE document SET state = 'applied', base_hash = NULL WHERE path = ?`, row.path);
}

/** Names staged content by place and hash, because another process may have moved the path on since it was staged. */
export function stagedKey({ path, hash }: FileRow): string {
  return `${hash} ${path}`;
}

function hashOf(found: Found): string | null {
  return found.kind === "file" ? found.hash : null;
}
