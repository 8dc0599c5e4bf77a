import { sha256 } from "../../lib/canonical.ts";
import { OhmymktError } from "../../errors.ts";
import type { Artifacts } from "../store.ts";
import { corrupt } from "./codec.ts";
import type { Context } from "./context.ts";
import { appendLedger } from "./ledger.ts";
import { checkPath } from "./paths.ts";
import { enqueue, fileRow, keepContent, present } from "./projections.ts";
import { prefixEnd } from "./where.ts";

export function createArtifacts(context: Context): Artifacts {
  return {
    read: async (path) => read(context, checkPath(path)),
    write: async (path, content) => write(context, checkPath(path), content),
    exists: async (path) => present(context, checkPath(path)).kind === "file",
    list: async (folder) => list(context, checkPath(folder)),
  };
}

function read(context: Context, path: string): string | undefined {
  const found = present(context, path);
  if (found.kind === "absent") return undefined;
  if (found.kind === "blocked") throw corrupt(path, "repair", "", found.problem);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(found.bytes);
  } catch (error) {
    throw corrupt(path, "repair", "", "expected UTF-8 text, got other bytes", error);
  }
}

function write(context: Context, path: string, content: string): { path: string; hash: string } {
  const row = fileRow(context.sql, path);
  if (row?.kind === "document") {
    throw new OhmymktError(
      "invalid_arguments",
      `.ohmymkt/${path} is a governed document; expected the path of a report, notepad or other text`,
      {
        hint: "change it with the tool that owns it",
      },
    );
  }
  const found = present(context, path, row);
  if (found.kind === "blocked") throw corrupt(path, "repair", "", found.problem);
  if (found.kind === "file" && found.hash !== row?.hash) {
    keepContent(context.sql, found.hash, found.bytes);
    appendLedger(context, {
      kind: row === undefined ? "artifact.imported" : "artifact.hand_edit",
      subject: path,
      reason: row === undefined ? "found without a record of it" : "changed outside the tools",
      before: row?.hash,
      after: found.hash,
    });
  }
  const before = found.kind === "file" ? found.hash : undefined;
  const bytes = new TextEncoder().encode(content);
  const hash = sha256(bytes);
  enqueue(context, { path, kind: "artifact", hash, content: bytes, origin: "ours", base: before });
  appendLedger(context, { kind: "artifact.write", subject: path, before, after: hash });
  return { path, hash };
}

/** Paths of every file below a folder, sorted. */
function list({ sql, files }: Context, folder: string): string[] {
  const below = (path: string): string[] =>
    files.names(path).flatMap(({ name, isFolder }) => (isFolder ? below(`${path}/${name}`) : [`${path}/${name}`]));
  const prefix = `${folder}/`;
  const pending = sql.all<{ path: string }>(
    `SELECT path FROM document WHERE state = 'pending' AND path >= ? AND path < ?`,
    prefix,
    prefixEnd(prefix),
  );
  return [...new Set([...below(folder), ...pending.map(({ path }) => path)])].toSorted((a, b) => (a < b ? -1 : 1));
}
