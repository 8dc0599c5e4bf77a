import type { Collection, Document } from "../../lib/documents.ts";
import { sha256 } from "../../lib/canonical.ts";
import { OhmymktError } from "../../errors.ts";
import type { Documents, Revision, Unreadable } from "../store.ts";
import { corrupt, decode, encode } from "./codec.ts";
import type { Context } from "./context.ts";
import type { Found } from "./files.ts";
import { history, lastGood } from "./history.ts";
import { appendLedger } from "./ledger.ts";
import { checkPath } from "./paths.ts";
import { enqueue, fileRow, type FileRow, keepContent, present, saveRow } from "./projections.ts";
import { prefixEnd } from "./where.ts";

export function createDocuments(context: Context): Documents {
  const revision = <T>(document: Document<T>) => readRevision(context, document);
  return {
    read: async (document) => (await revision(document))?.value,
    revision,
    write: (document, value, note) => write(context, document, value, note),
    list: (collection) => list(context, collection),
    history: async (path) => history(context.sql, checkPath(path)),
    restore: (document, hash) => restore(context, document, hash),
  };
}

async function readRevision<T>(context: Context, document: Document<T>): Promise<Revision<T> | undefined> {
  const path = checkPath(document.path);
  const row = fileRow(context.sql, path);
  const found = present(context, path, row);
  const advice = row === undefined ? "repair" : "restore";
  if (found.kind === "blocked") throw corrupt(path, advice, "", found.problem);
  if (found.kind === "absent") {
    if (row === undefined) return undefined;
    throw corrupt(path, advice, "", "was removed outside the tools");
  }
  const value = await decode(document, found.bytes, advice);
  return revisionOf(document, value, row?.hash === found.hash ? row : adopt(context, path, found, row));
}

/** Takes valid content that no tool wrote into the records, marked as such. */
function adopt(context: Context, path: string, found: Found & { kind: "file" }, old: FileRow | undefined): FileRow {
  const row: FileRow = {
    path,
    kind: "document",
    hash: found.hash,
    revision: (old?.revision ?? 0) + 1,
    state: "applied",
    base_hash: null,
    origin: old === undefined ? "imported" : "hand_edited",
  };
  keepContent(context.sql, found.hash, found.bytes);
  saveRow(context.sql, row);
  appendLedger(context, {
    kind: old === undefined ? "document.imported" : "document.hand_edit",
    subject: path,
    reason: old === undefined ? "found without a record of it" : "changed outside the tools",
    before: old?.hash,
    after: found.hash,
  });
  return row;
}

async function write<T>(
  context: Context,
  document: Document<T>,
  value: T,
  note: { reason?: string; evidence?: unknown } = {},
): Promise<Revision<T>> {
  const before = await readRevision(context, document);
  const content = await encode(document, value);
  const kept = await decodeOwn(document, content);
  const hash = sha256(content);
  const row = enqueue(context, {
    path: document.path,
    kind: "document",
    hash,
    content,
    origin: "ours",
    base: before?.hash,
  });
  appendLedger(context, {
    kind: "document.write",
    subject: document.path,
    reason: note.reason,
    evidence: note.evidence,
    before: before?.hash,
    after: hash,
  });
  return revisionOf(document, kept, row);
}

/** Reads our own bytes back, so that nothing is ever written that could not be read. */
async function decodeOwn<T>(document: Document<T>, content: Uint8Array): Promise<T> {
  try {
    return await decode(document, content, "repair");
  } catch (error) {
    if (!(error instanceof OhmymktError) || error.code === "internal") throw error;
    throw new OhmymktError("invalid_arguments", `this ${document.name} would not be readable: ${error.message}`, {
      hint: "correct the named member; the file was left as it is",
      cause: error,
    });
  }
}

async function list<T>(
  context: Context,
  collection: Collection<T>,
): Promise<{ readable: Revision<T>[]; unreadable: Unreadable[] }> {
  const readable: Revision<T>[] = [];
  const unreadable: Unreadable[] = [];
  for (const id of memberIds(context, collection)) {
    try {
      const revision = await readRevision(context, collection.at(id));
      if (revision !== undefined) readable.push({ ...revision, id });
    } catch (error) {
      if (!(error instanceof OhmymktError) || !UNREADABLE.has(error.code)) throw error;
      unreadable.push({ id, path: `${collection.folder}/${id}${collection.extension}`, error });
    }
  }
  return { readable, unreadable };
}

const UNREADABLE: ReadonlySet<string> = new Set([
  "corrupt_document",
  "newer_version",
  "invalid_id",
  "invalid_arguments",
]);

function memberIds<T>({ sql, files }: Context, { folder, extension }: Collection<T>): string[] {
  const prefix = `${folder}/`;
  const known = sql.all<{ path: string }>(
    `SELECT path FROM document WHERE kind = 'document' AND path >= ? AND path < ?`,
    prefix,
    prefixEnd(prefix),
  );
  const names = [...files.names(folder).map(({ name }) => name), ...known.map(({ path }) => path.slice(prefix.length))];
  const ids = names
    .filter((name) => name.endsWith(extension) && !name.includes("/"))
    .map((name) => name.slice(0, -extension.length));
  return [...new Set(ids)].toSorted((a, b) => (a < b ? -1 : 1));
}

async function restore<T>(context: Context, document: Document<T>, hash: string | undefined): Promise<Revision<T>> {
  const path = checkPath(document.path);
  const found = present(context, path);
  if (found.kind === "blocked") throw corrupt(path, "repair", "", `${found.problem}; move it away, then restore`);
  const now = found.kind === "file" ? found.hash : undefined;
  if (found.kind === "file") await keepUnrecorded(context, document, found);
  const good = await lastGood(context.sql, document, { hash, not: now });
  const row = enqueue(context, {
    path,
    kind: "document",
    hash: good.hash,
    content: good.content,
    origin: good.origin,
    base: now,
  });
  appendLedger(context, {
    kind: "document.restore",
    subject: path,
    evidence: { origin: good.origin, from: good.seq },
    before: now,
    after: good.hash,
  });
  return revisionOf(document, good.value, row);
}

/** A restore loses nothing: what the file holds now becomes part of its history, readable or not. */
async function keepUnrecorded<T>(
  context: Context,
  document: Document<T>,
  found: Found & { kind: "file" },
): Promise<void> {
  const row = fileRow(context.sql, document.path);
  if (row?.hash === found.hash) return;
  try {
    await readRevision(context, document);
  } catch (error) {
    if (!(error instanceof OhmymktError)) throw error;
    keepContent(context.sql, found.hash, found.bytes);
    appendLedger(context, {
      kind: "document.unreadable",
      subject: document.path,
      reason: error.message,
      before: row?.hash,
      after: found.hash,
    });
  }
}

function revisionOf<T>(document: Document<T>, value: T, row: FileRow): Revision<T> {
  const name = document.path.slice(document.path.lastIndexOf("/") + 1);
  return {
    id: name.replace(/\.(json|md)$/, ""),
    path: document.path,
    value,
    hash: row.hash,
    revision: row.revision,
    origin: row.origin,
  };
}
